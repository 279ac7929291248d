"""What a reviewer decides of one question in a round, and whether a round may be undone. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from lianbing.banks.review.rules import QuestionState
from lianbing.kernel.ids import QuestionId

QUESTIONS_A_PAGE = 20
MOST_DECISIONS = 100


class Verdict(StrEnum):
    """What became of a question; without one it stays in review."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One question's verdict: of the version ``number`` that was read; ``reason`` to send back."""

    question_id: QuestionId
    number: int
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a question stands; ``current`` is the version in use."""

    newest: int
    current: int
    state: QuestionState
    retired: bool


def stands_as_left(standing: Standing, *, number: int, verdict: Verdict) -> bool:
    """Whether nothing happened to a question since a round decided of its version ``number``."""
    if standing.newest != number or standing.retired:
        return False
    match verdict:
        case Verdict.APPROVE:
            return standing.state is QuestionState.APPROVED and standing.current == number
        case Verdict.REJECT:
            return standing.state is QuestionState.DRAFT
