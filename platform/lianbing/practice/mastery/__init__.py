"""What a person can do, point by point: an estimate, how sure it is, and what it would earn."""
