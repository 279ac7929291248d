"""The challenge (挑战答题): 45 seconds a question, a wrong answer ends the run."""
