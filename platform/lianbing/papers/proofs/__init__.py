"""The proof sheet of a set of papers: what was asked and what they are, side by side."""
