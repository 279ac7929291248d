"""Question banks: questions, their immutable versions, the bank file format (题库)."""
