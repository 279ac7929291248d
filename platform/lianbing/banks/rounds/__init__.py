"""审题: a reviewer reads a list of drafts and decides of many in one go, and can undo it."""
