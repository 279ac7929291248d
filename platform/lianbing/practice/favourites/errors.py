"""Why a note is not taken."""

from lianbing.kernel.errors import N_, DomainError


class NoteTooLong(DomainError):
    code = "note_too_long"
    message = N_("The note is longer than 500 characters. Shorten it and save again.")
