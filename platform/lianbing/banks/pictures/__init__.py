"""Pictures of questions: taken in, made harmless, kept once by what they show."""
