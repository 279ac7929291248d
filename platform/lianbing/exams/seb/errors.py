"""What keeps a browser out that is not the Safe Exam Browser this exam asks for."""

from lianbing.kernel.errors import N_, DomainError, Kind


class SebRequired(DomainError):
    code = "seb_required"
    kind = Kind.FORBIDDEN
    message = N_(
        "This exam can only be sat in Safe Exam Browser with this exam's own settings. Go back to "
        "the exam's page and open it with the button “Open in Safe Exam Browser”."
    )


class BadSebPolicy(DomainError):
    code = "bad_seb_policy"
    kind = Kind.INVALID
    message = N_("The settings for Safe Exam Browser cannot be stored like this: %(why)s")


class SebNotWanted(DomainError):
    code = "seb_not_wanted"
    kind = Kind.CONFLICT
    message = N_("This exam does not ask for Safe Exam Browser; enter it in any browser.")
