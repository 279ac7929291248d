"""Training (培训): study material for assessment points, time spent on it, classes."""
