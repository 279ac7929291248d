"""What subjects refuse."""

from lianbing.kernel.errors import N_, DomainError, Kind


class UnknownOccupation(DomainError):
    code = "unknown_occupation"
    message = N_(
        "Occupation %(code)s of edition %(edition)s is not known here. "
        "Check the code, or load the occupations first."
    )


class SubjectTaken(DomainError):
    code = "subject_taken"
    kind = Kind.CONFLICT
    message = N_("This subject was added by someone else just now. Reload and try again.")
