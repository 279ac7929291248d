"""What a report or its answer refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class ReportMisshapen(DomainError):
    code = "report_misshapen"
    message = N_("Choose what is wrong, and say more in at most 500 characters.")


class ReportedAlready(DomainError):
    code = "reported_already"
    kind = Kind.CONFLICT
    message = N_("You have reported this question already. The answer will stand on your page.")


class TooManyReports(DomainError):
    code = "too_many_reports"
    kind = Kind.TOO_MANY
    message = N_("That is enough reports for today. Go on tomorrow.")


class AnswerNeeded(DomainError):
    code = "report_answer_needed"
    message = N_("Say why it is not an error, in at most 500 characters.")


class AnsweredAlready(DomainError):
    code = "report_answered_already"
    kind = Kind.CONFLICT
    message = N_("Somebody has answered this report already.")
