"""The application's signer of mock tokens."""

from flask import current_app

from lianbing.practice.mock.use_cases import MockTokens


def tokens() -> MockTokens:
    """Signs and reads mock tokens under this installation's secret."""
    return MockTokens(current_app.extensions["lianbing_settings"].secret_key)
