"""The application's signer of the tokens of tries."""

from flask import current_app

from lianbing.exams.mass_quiz.trying import QuizTokens


def tokens() -> QuizTokens:
    """Signs and reads tokens of tries under this installation's secret."""
    return QuizTokens(current_app.extensions["lianbing_settings"].secret_key)
