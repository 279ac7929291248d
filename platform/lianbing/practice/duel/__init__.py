"""The duel (双人对战): the same ten questions for two, each playing when they like."""
