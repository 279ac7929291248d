"""What can go wrong around an exam, said so that a candidate or organiser knows what to do."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class ExamNotFound(NotFound):
    code = "exam_not_found"
    message = N_("This exam does not exist. Go back to the list of exams.")


class NotEnrolled(DomainError):
    code = "not_enrolled"
    kind = Kind.FORBIDDEN
    message = N_("You are not on the roster of this exam. Ask the organiser to add you.")


class NotOpenYet(DomainError):
    code = "not_open_yet"
    kind = Kind.CONFLICT
    message = N_("The exam has not opened yet. Come back at the opening time.")


class EntryClosed(DomainError):
    code = "entry_closed"
    kind = Kind.CONFLICT
    message = N_("The exam is over; it can no longer be entered.")


class AlreadyHandedIn(DomainError):
    code = "already_handed_in"
    kind = Kind.CONFLICT
    message = N_("Your script is already handed in; it cannot be changed any more.")


class ExamCancelled(DomainError):
    code = "exam_cancelled"
    kind = Kind.CONFLICT
    message = N_("This exam has been cancelled. The organiser will tell you what comes next.")


class BadToken(DomainError):
    code = "bad_token"
    kind = Kind.FORBIDDEN
    message = N_("This page's pass is not valid. Your answers are kept here; enter the exam again.")


class BadTicket(DomainError):
    code = "bad_ticket"
    kind = Kind.FORBIDDEN
    message = N_("This page has waited too long or you signed out. Open the exam again.")


class SupersededDevice(DomainError):
    code = "superseded_device"
    kind = Kind.CONFLICT
    message = N_("The exam was continued on another device. Hand in there, or enter again here.")


class MalformedSave(DomainError):
    code = "malformed_save"
    kind = Kind.INVALID
    message = N_("The answers could not be read. Reload the page; what you see is kept.")


class BadPlan(DomainError):
    code = "bad_plan"
    kind = Kind.INVALID
    message = N_("The exam cannot be scheduled like this: %(why)s")


class RosterClosed(DomainError):
    code = "roster_closed"
    kind = Kind.CONFLICT
    message = N_("The exam is over, so its roster can no longer be changed.")


class StillRunning(DomainError):
    code = "still_running"
    kind = Kind.CONFLICT
    message = N_("%(open)s candidates may still be answering. Publish after the exam has ended.")


class AlreadyPublished(DomainError):
    code = "already_published"
    kind = Kind.CONFLICT
    message = N_("The results have been published already.")


class ResultListNotFound(NotFound):
    code = "result_list_not_found"
    message = N_("This result list does not exist. Go back to the exam.")
