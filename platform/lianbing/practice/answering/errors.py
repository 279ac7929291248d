"""What can go wrong between a drill's page and the server."""

from lianbing.kernel.errors import N_, DomainError, Kind


class BadDrillToken(DomainError):
    code = "drill_token"
    kind = Kind.FORBIDDEN
    message = N_("This page is no longer signed in. Reload it and sign in again.")


class MalformedAnswers(DomainError):
    code = "malformed_answers"
    kind = Kind.INVALID
    message = N_("The answers could not be read. Reload the page and answer again.")
