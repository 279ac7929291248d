"""A refused form: its reason shown above it, what was typed kept, the status told."""

from flask import flash
from sqlalchemy.exc import IntegrityError

from lianbing.kernel.errors import DomainError
from lianbing.web.errors import STATUS, find_constraint_error, message_of

REFUSED = (DomainError, IntegrityError)


def refuse(error: DomainError | IntegrityError) -> int:
    """Flash why, and return the HTTP status; a database error nobody mapped goes on its way."""
    refusal = find_constraint_error(error) if isinstance(error, IntegrityError) else error
    if refusal is None:
        raise error
    flash(message_of(refusal), "error")
    return STATUS[refusal.kind]
