"""Questions to read again with their answers: the rows of every book a person keeps.

Only for what may be drilled: the key stands beside the question.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lianbing.banks.queries import contents
from lianbing.banks.rules import QuestionContent, QuestionType, SourceNote
from lianbing.kernel.ids import QuestionVersionId
from lianbing.practice.shown import plain_stem, right_answer


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyLine:
    """A question with its right answer, a line an option or blank, and why it is right."""

    stem: str
    is_true_false: bool
    answer: tuple[str, ...]
    explanation: str
    source: SourceNote | None


def study_line(content: QuestionContent) -> StudyLine:
    """The question as a line to study."""
    return StudyLine(
        stem=plain_stem(content),
        is_true_false=content.type is QuestionType.TRUE_FALSE,
        answer=right_answer(content),
        explanation=content.explanation,
        source=content.source,
    )


def study_lines(session: Session, version_ids: Iterable[int]) -> dict[QuestionVersionId, StudyLine]:
    """The lines of several versions."""
    found = contents(session, [QuestionVersionId(one) for one in version_ids])
    return {version_id: study_line(content) for version_id, content in found.items()}
