"""What practice refuses."""

from lianbing.kernel.errors import N_, DomainError, Kind


class NothingToDrill(DomainError):
    code = "nothing_to_drill"
    kind = Kind.CONFLICT
    message = N_("There is no question to practise here yet. Choose another scope or bank.")


class AllAskedToday(NothingToDrill):
    code = "all_asked_today"
    kind = Kind.CONFLICT
    message = N_(
        "You have met every question of this bank today. Come back tomorrow, or practise a scope."
    )


class NothingChosen(DomainError):
    code = "nothing_chosen"
    message = N_("Choose or fill in an answer first, or say that you do not know.")


class AnswerMisshapen(DomainError):
    code = "answer_misshapen"
    message = N_("The answer does not fit the question. Reload the page and answer again.")


class NotYetAsked(DomainError):
    code = "not_yet_asked"
    kind = Kind.CONFLICT
    message = N_("This question comes later in the drill. Answer the ones before it first.")


class NotRatedYet(DomainError):
    """A short answer is judged by its writer, who has to see the model answer first."""

    code = "not_rated_yet"
    message = N_("Compare your answer with the model answer, then say how it went.")
