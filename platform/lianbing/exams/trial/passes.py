"""The application's signer of trial tokens."""

from flask import current_app

from lianbing.exams.trial.use_cases import TrialTokens


def tokens() -> TrialTokens:
    """Signs and reads trial tokens under this installation's secret."""
    return TrialTokens(current_app.extensions["lianbing_settings"].secret_key)
