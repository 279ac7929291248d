"""The measure: scenarios that load the production shape over real HTTP and count what it costs."""
