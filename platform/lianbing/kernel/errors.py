"""Domain errors: one class a situation, a stable code, a message that says what to do.

The message is an English msgid with ``%(name)s`` places; ``web/errors.py`` translates it and
maps the kind to an HTTP status. Nothing below a view knows HTTP.
"""

from enum import StrEnum
from typing import ClassVar


def N_(message: str) -> str:
    """Mark a message for translation without translating it here."""
    return message


class Msgid(str):
    """A parameter of a message that is itself a message: translated where the error is shown."""

    params: dict[str, object]

    def __new__(cls, message: str, **params: object) -> "Msgid":
        made = super().__new__(cls, message)
        made.params = params
        return made

    def __str__(self) -> str:
        return str.__str__(self) % self.params if self.params else str.__str__(self)


class Kind(StrEnum):
    """How the world should treat an error."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """A refusal the user can understand; subclasses set ``code``, ``kind`` and ``message``."""

    code: ClassVar[str] = "error"
    kind: ClassVar[Kind] = Kind.INVALID
    message: ClassVar[str] = N_("This cannot be done. Check your input and try again.")

    def __init__(self, **params: object) -> None:
        super().__init__(self.code, params)
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params


class Forbidden(DomainError):
    code = "forbidden"
    kind = Kind.FORBIDDEN
    message = N_(
        "You do not hold the role this needs here. Ask the administrator of your organisation."
    )


class NotFound(DomainError):
    code = "not_found"
    kind = Kind.NOT_FOUND
    message = N_("This does not exist, or is no longer here. Go back and choose again.")
