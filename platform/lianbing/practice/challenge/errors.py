"""Why a run cannot begin."""

from lianbing.kernel.errors import N_, DomainError, Kind


class NoRunsLeft(DomainError):
    code = "no_runs_left"
    kind = Kind.CONFLICT
    message = N_(
        "You have had all challenges of today. Come back tomorrow, or drill without a clock."
    )
