"""What mentoring refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class PairNotFound(DomainError):
    code = "pair_not_found"
    kind = Kind.NOT_FOUND
    message = N_("This pair does not exist, or is not yours.")


class PactMisshapen(DomainError):
    code = "pact_misshapen"
    message = N_(
        "A pact needs a text of at most 2,000 characters and a period of at most three years that "
        "is not over yet."
    )


class PartnerUnknown(DomainError):
    code = "partner_unknown"
    message = N_("Nobody has this name and phone number here. Check both with your partner.")


class PairThere(DomainError):
    code = "pair_there"
    kind = Kind.CONFLICT
    message = N_("There is a pair of you two already, proposed or in force.")


class TooManyPairs(DomainError):
    code = "too_many_pairs"
    kind = Kind.TOO_MANY
    message = N_("One of you has 20 pairs under way. End one first.")


class NotInForce(DomainError):
    code = "pair_not_in_force"
    kind = Kind.CONFLICT
    message = N_("The pair is not in force: nothing is shown or set now.")


class AnsweredAlready(DomainError):
    code = "pact_answered"
    kind = Kind.CONFLICT
    message = N_("This pact was answered or taken back already.")


class DrillMisshapen(DomainError):
    code = "mentoring_drill_misshapen"
    message = N_(
        "Choose a scope or point of the bank your apprentice practises, and a day to come."
    )


class TooManyDrills(DomainError):
    code = "too_many_mentoring_drills"
    kind = Kind.TOO_MANY
    message = N_("At most 50 drills are set in one pair.")


class NoteMisshapen(DomainError):
    code = "note_misshapen"
    message = N_("Write a note of at most 1,000 characters.")
