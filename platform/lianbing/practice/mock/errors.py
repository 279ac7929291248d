"""Why a mock exam cannot be sat or offered."""

from lianbing.kernel.errors import N_, DomainError, Kind


class NothingToSit(DomainError):
    code = "nothing_to_sit"
    kind = Kind.CONFLICT
    message = N_(
        "This bank has no practice questions for a mock exam. Choose another bank or blueprint."
    )


class MinutesInsane(DomainError):
    code = "minutes_insane"
    message = N_("A mock exam lasts from 10 to 240 minutes. Enter another number.")
