"""What can go wrong around the release of an exam's questions."""

from lianbing.kernel.errors import N_, DomainError, Kind


class PaperNotReleased(DomainError):
    code = "paper_not_released"
    kind = Kind.CONFLICT
    message = N_("The questions are not released yet. Wait here; the page says when they are.")


class ReleasedByClock(DomainError):
    code = "released_by_clock"
    kind = Kind.CONFLICT
    message = N_("This exam's questions are released by the clock, at the opening.")


class SecondPersonNeeded(DomainError):
    code = "second_person_needed"
    kind = Kind.CONFLICT
    message = N_("You have released already. The second release must come from another person.")


class AlreadyReleased(DomainError):
    code = "already_released"
    kind = Kind.CONFLICT
    message = N_("Two persons have released the questions already.")


class ReleaseTooLate(DomainError):
    code = "release_too_late"
    kind = Kind.CONFLICT
    message = N_("The exam is over or cancelled; there is nothing to release.")
