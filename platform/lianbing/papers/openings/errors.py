"""What can go wrong when a sealed paper is to be opened early."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class PaperSealed(DomainError):
    code = "paper_sealed"
    kind = Kind.CONFLICT
    message = N_(
        "An exam is to be sat on this paper and its questions are sealed. Ask for it to be "
        "opened; a second person has to agree."
    )


class ReasonNeeded(DomainError):
    code = "opening_reason_needed"
    message = N_("Say why the paper has to be opened, in at most 500 characters.")


class OwnRequest(DomainError):
    code = "own_opening_request"
    kind = Kind.CONFLICT
    message = N_("You asked for this yourself. Another person has to agree.")


class OpeningNotFound(NotFound):
    code = "opening_not_found"
    message = N_("This request is no longer open: somebody has agreed, or it has expired.")
