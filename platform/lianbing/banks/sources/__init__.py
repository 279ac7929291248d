"""Laws and standards that age: a new edition brings every question resting on the old to review."""
