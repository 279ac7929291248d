"""Accounts: passwords, one-time codes, sign-in sessions, self-registration."""
