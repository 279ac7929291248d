"""What a round of review refuses."""

from collections.abc import Mapping

from lianbing.kernel.errors import N_, DomainError, Kind
from lianbing.kernel.ids import QuestionId


class NothingDecided(DomainError):
    code = "round_nothing_decided"
    message = N_("Nothing is decided yet. Choose “Approve” or “Send back” beside a question.")


class TooManyDecisions(DomainError):
    """``most`` in params."""

    code = "round_too_many"
    message = N_("At most %(most)s questions are decided at once. Decide of fewer.")


class NotRead(DomainError):
    code = "round_not_read"
    kind = Kind.CONFLICT
    message = N_("You have not opened this exam-only question. Read it, then decide.")


class EditedSince(DomainError):
    code = "round_edited_since"
    kind = Kind.CONFLICT
    message = N_("It was edited after you had opened this list. Read it again, then decide.")


class RoundRefused(DomainError):
    """``problems``: what stands in the way, by question; nothing was decided."""

    code = "round_refused"
    kind = Kind.CONFLICT
    message = N_("Nothing was saved yet. See what is marked, then save again.")

    def __init__(self, problems: Mapping[QuestionId, DomainError] | None = None) -> None:
        super().__init__()
        self.problems = dict(problems or {})


class RoundGoneOn(DomainError):
    code = "round_gone_on"
    kind = Kind.CONFLICT
    message = N_(
        "One of these questions was changed since, so they cannot be taken back together. "
        "Open the question that has to change."
    )
