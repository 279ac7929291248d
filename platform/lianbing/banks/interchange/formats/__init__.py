"""One module a format: bytes in, drafts out; entries in, bytes out. No database, no request."""
