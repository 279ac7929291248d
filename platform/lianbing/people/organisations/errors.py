"""Refusals about the organisation graph."""

from lianbing.kernel.errors import N_, DomainError, Kind


class LinkMakesCycle(DomainError):
    code = "link_makes_cycle"
    kind = Kind.CONFLICT
    message = N_("An organisation cannot stand below itself. Choose another parent.")


class LinkNotAllowed(DomainError):
    code = "link_not_allowed"
    message = N_("This kind of organisation cannot stand below that one. Choose another parent.")


class LinkExists(DomainError):
    code = "link_exists"
    kind = Kind.CONFLICT
    message = N_("It already belongs there. Nothing was changed.")


class UnitIsFixed(DomainError):
    code = "unit_is_fixed"
    message = N_(
        "A department or work team stays in its unit. Make a new one there and move its people."
    )


class LastParent(DomainError):
    code = "last_parent"
    kind = Kind.CONFLICT
    message = N_("This is its only parent. Add the new parent first, then end this one.")


class CodeTaken(DomainError):
    code = "organisation_code_taken"
    kind = Kind.CONFLICT
    message = N_("Another organisation has this code. Choose another.")


class BadDates(DomainError):
    code = "bad_dates"
    message = N_("The end must come after the start. Check the dates.")


class BadFacts(DomainError):
    code = "bad_facts"
    message = N_("Check the facts: the industry must be on the list and the head count a number.")
