"""What papers refuse, in the trainer's words."""

from lianbing.kernel.errors import N_, DomainError, Kind

SHORT_ANSWERS_WAIT = N_(
    "Short answers are marked by hand, and marking by hand is not there yet. Choose another "
    "type; in practice, short answers can be used."
)


class BlueprintInvalid(DomainError):
    """``problem`` in params: the first thing that is wrong."""

    code = "blueprint_invalid"
    message = N_("The blueprint cannot be saved: %(problem)s")


class BlueprintInfeasible(DomainError):
    """``cell``, ``has``, ``asks`` in params."""

    code = "blueprint_infeasible"
    kind = Kind.CONFLICT
    message = N_(
        "%(cell)s: the bank has %(has)s questions for exams, the blueprint asks for %(asks)s. "
        "Ask for fewer, or add questions to the bank."
    )


class BlueprintJointlyInfeasible(BlueprintInfeasible):
    """Several cells compete: ``cells`` names them."""

    code = "blueprint_jointly_infeasible"
    message = N_(
        "These cells draw on the same questions: %(cells)s. Together they ask for %(asks)s, the "
        "bank has %(has)s that fit. Ask for fewer, or add questions to the bank."
    )


class PaperDrawnMeanwhile(DomainError):
    code = "paper_drawn_meanwhile"
    kind = Kind.CONFLICT
    message = N_("This very paper was drawn just now. Reload the list of papers.")


class PaperTooHeavy(DomainError):
    """``has`` and ``most`` in megabytes, ``pictures`` a count in params."""

    code = "paper_too_heavy"
    kind = Kind.CONFLICT
    message = N_(
        "This paper would weigh %(has)s MB with its %(pictures)s pictures; %(most)s MB is the "
        "most, because every phone fetches it whole before the exam, some over weak networks. "
        "Nothing was frozen. Put smaller pictures into the questions, or ask for fewer of them."
    )


class PaperUnderOtherKey(DomainError):
    code = "paper_under_other_key"
    kind = Kind.UNAVAILABLE
    message = N_(
        "This paper lies sealed under another key than the one in use now. Nothing is lost. Ask "
        "your operator to run “lianbing papers rewrap” with the old key, or to set that key again."
    )


class PaperAltered(DomainError):
    code = "paper_altered"
    kind = Kind.UNAVAILABLE
    message = N_(
        "This paper was changed in the database behind the application and is not opened. Tell "
        "your administrator; a backup holds it as it was."
    )


class ShortAnswerInPaper(DomainError):
    """A paper for a live exam holds only what a machine can mark."""

    code = "short_answer_in_paper"
    message = SHORT_ANSWERS_WAIT
