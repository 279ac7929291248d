"""What is drilled and examined: occupations with grades, professions, themes (职业、专业、主题)."""
