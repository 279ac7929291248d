"""Today's ten (每日一练): what to ask a person today, and why."""
