"""What a trainer sends to offer a blueprint."""

from flask import request


def read_minutes() -> int | None:
    """The minutes typed; None when the offer is taken back, 0 for what is no number."""
    if "withdraw" in request.form:
        return None
    return request.form.get("minutes", 0, type=int)
