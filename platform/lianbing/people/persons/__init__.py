"""Persons: one lifelong identity each, merged reversibly, with dated memberships."""
