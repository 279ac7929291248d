"""Opening a bank in the browser: whose it is, what it is about, its scopes and points."""
