"""Time spent on study material: only while its page is visible and its reader active."""
