"""What a grant refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class GranteeUnknown(DomainError):
    code = "grantee_unknown"
    message = N_("No organisation, or more than one, has this name or code. Enter its code.")


class GrantDatesWrong(DomainError):
    code = "grant_dates_wrong"
    message = N_("The last day must not lie before today.")


class GrantExists(DomainError):
    code = "grant_exists"
    kind = Kind.CONFLICT
    message = N_("This organisation has that right already. Revoke it first to change its dates.")


class GrantNeedless(DomainError):
    code = "grant_needless"
    message = N_("The bank's own organisation needs no grant.")
