"""What can go wrong when time is granted, taken or held."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class BadAccommodation(DomainError):
    code = "bad_accommodation"
    kind = Kind.INVALID
    message = N_("The accommodation cannot be stored like this: %(why)s")


class AccommodationNotFound(NotFound):
    code = "accommodation_not_found"
    message = N_("This accommodation does not exist or was taken back already.")


class BadExtension(DomainError):
    code = "bad_extension"
    kind = Kind.INVALID
    message = N_("Give a reason, and between 1 and 720 more minutes.")


class NobodyToExtend(DomainError):
    code = "nobody_to_extend"
    kind = Kind.CONFLICT
    message = N_("Nobody of these is answering or yet to start. Reopen a script that has ended.")


class ExamPaused(DomainError):
    code = "exam_paused"
    kind = Kind.CONFLICT
    message = N_("The exam is paused. It goes on here as soon as it is resumed.")


class NotPaused(DomainError):
    code = "not_paused"
    kind = Kind.CONFLICT
    message = N_("The exam is not paused. Reload the page to see where it stands.")


class NotRunning(DomainError):
    code = "not_running"
    kind = Kind.CONFLICT
    message = N_("The exam is not running, so nothing can be paused.")


class NoBreak(DomainError):
    code = "no_break"
    kind = Kind.CONFLICT
    message = N_("There is no break time left, or this exam is over for you.")
