"""Backups: database and files in one folder with a manifest, keys in another, and the way back."""
