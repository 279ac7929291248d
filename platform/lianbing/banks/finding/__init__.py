"""Finding questions in a large bank, and changing what was found in one go, with a way back."""
