"""What keeps somebody out, and what an organiser typed wrongly about it."""

from lianbing.kernel.errors import N_, DomainError, Kind


class WrongAccessCode(DomainError):
    code = "wrong_access_code"
    kind = Kind.FORBIDDEN
    message = N_("The access code is not right. Ask the invigilator in the room for it.")


class OutsideNetwork(DomainError):
    code = "outside_network"
    kind = Kind.FORBIDDEN
    message = N_(
        "This exam can only be entered from the exam room's network. Connect to it, or ask the "
        "invigilator."
    )


class BadConduct(DomainError):
    code = "bad_conduct"
    kind = Kind.INVALID
    message = N_("The rules of conduct cannot be stored like this: %(why)s")
