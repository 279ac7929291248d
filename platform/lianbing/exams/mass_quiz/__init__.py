"""Ranked mass quizzes (安康杯): open for days, some tries a day, boards by person, team, unit."""
