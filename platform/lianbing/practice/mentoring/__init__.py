"""Mentoring (师徒帮教): a pact of two, the apprentice's map shared, drills set, credit for both."""
