"""What an invigilator cannot do, and what to do instead."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class AttemptNotFound(NotFound):
    code = "attempt_not_found"
    message = N_("This candidate has not started, or is not on the roster.")


class ReasonMissing(DomainError):
    code = "reason_missing"
    kind = Kind.INVALID
    message = N_("Give a reason; it is kept with the exam.")


class NotAnswering(DomainError):
    code = "not_answering"
    kind = Kind.CONFLICT
    message = N_("This candidate is not answering any more. Reload the page.")


class NotEnded(DomainError):
    code = "not_ended"
    kind = Kind.CONFLICT
    message = N_("This candidate's exam has not ended. Extend it instead.")


class AlreadyVoid(DomainError):
    code = "already_void"
    kind = Kind.CONFLICT
    message = N_("This attempt is declared void already.")


class NotVoid(DomainError):
    code = "not_void"
    kind = Kind.CONFLICT
    message = N_("This attempt is not void.")


class NothingToDecide(DomainError):
    code = "nothing_to_decide"
    kind = Kind.INVALID
    message = N_("Tick the entries you decide about. Entries that count need no decision.")
