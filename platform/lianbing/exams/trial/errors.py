"""Why a trial sitting cannot be opened, or its report not be read."""

from lianbing.kernel.errors import N_, DomainError, Kind


class TrialOff(DomainError):
    code = "trial_off"
    kind = Kind.CONFLICT
    message = N_("This exam has no trial sitting. Ask the organiser to switch it on.")


class TrialOver(DomainError):
    code = "trial_over"
    kind = Kind.CONFLICT
    message = N_("The trial sitting ended when the exam opened. Enter the exam itself now.")


class BadReport(DomainError):
    code = "bad_report"
    kind = Kind.INVALID
    message = N_("The device report could not be read. Open the trial sitting again.")
