"""What merging offline answers refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class UnknownPracticeDevice(DomainError):
    code = "unknown_practice_device"
    kind = Kind.CONFLICT
    message = N_("This device is not registered for you. Open the practice page again.")


class MalformedEntries(DomainError):
    code = "malformed_entries"
    message = N_("The answers of this device could not be read. Open the practice page again.")
