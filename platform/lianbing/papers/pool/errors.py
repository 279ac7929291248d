"""What can go wrong when pairs are declared or item parameters imported."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class PairNotFound(NotFound):
    code = "enemy_pair_not_found"
    message = N_("This pair is no longer declared. Reload the page.")


class PairKnown(DomainError):
    code = "enemy_pair_known"
    kind = Kind.CONFLICT
    message = N_("These two questions are kept apart already.")


class PairOfOne(DomainError):
    code = "enemy_pair_of_one"
    message = N_("Name two different questions.")


class UnknownCodes(DomainError):
    """``codes`` in params."""

    code = "unknown_question_codes"
    message = N_("The bank has no question in use under: %(codes)s. Check the codes.")


class ParametersMisshapen(DomainError):
    """``row``, ``problem`` in params."""

    code = "item_parameters_misshapen"
    message = N_("Nothing was imported. Line %(row)s: %(problem)s")
