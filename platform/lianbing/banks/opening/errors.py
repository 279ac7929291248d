"""What opening a bank refuses."""

from lianbing.kernel.errors import N_, DomainError


class OutlineMisread(DomainError):
    """``line`` in params, from 1: where the typed outline cannot be read."""

    code = "outline_misread"
    message = N_(
        "Line %(line)s of the scopes and points cannot be read. A scope is a letter and a title, "
        "such as: A Electrical basics 30. A point is the letter of the scope above it, two digits "
        "and a title, such as: A01 Ohm's law X. No code may come twice."
    )


class OutlineUneven(DomainError):
    code = "outline_uneven"
    message = N_(
        "The weights of the scopes make %(total)s instead of 100. Correct them, or leave all of "
        "them out: then each scope weighs the same."
    )


class OutlineEmpty(DomainError):
    """``scope`` in params."""

    code = "outline_empty"
    message = N_("Scope %(scope)s holds no point. Write at least one below it.")


class OutlineMissing(DomainError):
    code = "outline_missing"
    message = N_("Type the scopes and points, or take over those of another bank.")


class OccupationUnknown(DomainError):
    code = "bank_occupation_unknown"
    message = N_(
        "No occupation has this name. Write it as the national classification does, such as "
        "Electrician, or leave it empty for a theme of your own."
    )


class GradesNeeded(DomainError):
    code = "bank_grades_needed"
    message = N_("Tick the grades the bank is for.")
