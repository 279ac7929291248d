"""What can go wrong on the way to paper."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class CannotPrint(DomainError):
    """``characters`` in params: what the fonts do not hold."""

    code = "cannot_print_characters"
    kind = Kind.CONFLICT
    message = N_(
        "The PDF was not made: the fonts have no sign for %(characters)s. Replace these "
        "characters, or take the Word file."
    )


class FormNotFound(NotFound):
    code = "paper_form_not_found"
    message = N_("This paper has no such form. Go back to its forms.")


class TooManyForms(DomainError):
    code = "paper_forms_too_many"
    kind = Kind.CONFLICT
    message = N_("A paper has at most eight forms.")
