"""Access rules, error pages, layout, static files and shared macros: how pages are shown."""
