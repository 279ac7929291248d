"""What a board refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class BoardNotFound(DomainError):
    code = "board_not_found"
    kind = Kind.NOT_FOUND
    message = N_("There is no such board, or it is not open to you. Choose one from the list.")
