"""Safe Exam Browser (SEB): its config file, and its keys checked at every request of an exam."""
