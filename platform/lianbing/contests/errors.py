"""What a contest refuses, said so that a worker or an organiser knows what to do."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class ContestNotFound(NotFound):
    code = "contest_not_found"
    message = N_("There is no such contest. Choose one from the list.")


class RegistrationClosed(DomainError):
    code = "registration_closed"
    kind = Kind.CONFLICT
    message = N_("Registration is not open now. The notice says from when until when it is.")


class NotEligible(DomainError):
    code = "not_eligible"
    kind = Kind.FORBIDDEN
    message = N_("Not all conditions are met. The notice shows which, and what you can do.")


class UnitFull(DomainError):
    code = "unit_full"
    kind = Kind.CONFLICT
    message = N_("Your unit has taken all its places. Ask your unit; a withdrawal frees a place.")


class ExamHasOpened(DomainError):
    code = "exam_has_opened"
    kind = Kind.CONFLICT
    message = N_("The exam has opened, so the entry stands. Who does not sit it has no result.")


class BadContestPlan(DomainError):
    code = "bad_contest_plan"
    kind = Kind.INVALID
    message = N_("The contest cannot be set up like this: %(why)s.")


class WrongState(DomainError):
    code = "contest_wrong_state"
    kind = Kind.CONFLICT
    message = N_("The contest is no longer in a state that allows this. Reload the page.")


class ReasonWanted(DomainError):
    code = "reason_wanted"
    kind = Kind.INVALID
    message = N_("Give a reason; those registered read it.")
