"""Opening a sealed paper before its release: one person asks, another agrees."""
