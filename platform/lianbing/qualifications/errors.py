"""What a passport refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class RecordNotFound(NotFound):
    code = "record_not_found"
    message = N_("There is no such record. Go back to the passport.")


class AlreadyRevoked(DomainError):
    code = "already_revoked"
    kind = Kind.CONFLICT
    message = N_("This record has been revoked already.")


class RevocationReasonWanted(DomainError):
    code = "revocation_reason_wanted"
    kind = Kind.INVALID
    message = N_("Give a reason; the worker reads it on the passport.")
