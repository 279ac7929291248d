"""Release of the questions: by the clock at the opening, or by two persons."""
