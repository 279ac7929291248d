"""The proof: an exam under load while what can break is broken, and nothing is lost."""
