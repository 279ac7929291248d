"""Why somebody cannot take part in a duel."""

from lianbing.kernel.errors import N_, DomainError, Kind


class DuelWithOneself(DomainError):
    code = "duel_with_oneself"
    kind = Kind.CONFLICT
    message = N_("This is your own invitation. Send the link to somebody else.")


class DuelTaken(DomainError):
    code = "duel_taken"
    kind = Kind.CONFLICT
    message = N_("Somebody else has taken up this duel. Ask for an invitation of your own.")


class DuelExpired(DomainError):
    code = "duel_expired"
    kind = Kind.CONFLICT
    message = N_("This duel has expired. Invite again for a new one.")


class BankNotOpen(DomainError):
    code = "duel_bank_not_open"
    kind = Kind.FORBIDDEN
    message = N_(
        "The duel's question bank is not open to you, so you cannot take part. "
        "Invite your colleague to one from a bank of your own."
    )
