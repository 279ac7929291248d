"""What stands before exam-only content."""

from lianbing.kernel.errors import N_, DomainError, Kind


class PurposeNeeded(DomainError):
    """``bank_id`` in params."""

    code = "secrecy_purpose_needed"
    kind = Kind.CONFLICT
    message = N_("This is for exams only. Say first what you open it for.")


class PurposeMisshapen(DomainError):
    code = "secrecy_purpose_misshapen"
    message = N_("Say what you open it for, in 2 to 200 characters.")


class PledgeNeeded(DomainError):
    code = "secrecy_pledge_needed"
    message = N_("Sign the pledge of secrecy first: tick the box below it.")
