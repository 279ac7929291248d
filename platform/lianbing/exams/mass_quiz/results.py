"""What a worker is shown after a try: marks at once, keys only when nobody can use them any more.

Everybody draws from one bank, so keys wait until the quiz is final, unless its organiser lets
them be explained after each try. Questions reserved for exams are never explained here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionVersion
from lianbing.banks.rules import QuestionUse
from lianbing.exams.mass_quiz.models import MassQuizTry
from lianbing.exams.mass_quiz.queries import QuizRow
from lianbing.exams.mass_quiz.rules import is_final
from lianbing.exams.mass_quiz.tries import order_of, paper_of
from lianbing.exams.own_result import ItemRow, review_items
from lianbing.exams.scratch import answers_of
from lianbing.grading.rules import AnswerMark, Verdict
from lianbing.subjects.models import AssessmentPoint


@dataclass(frozen=True, kw_only=True, slots=True)
class PointLine:
    """An assessment point of a try: how many of its questions were right."""

    name: str
    right: int
    asked: int


def may_explain(row: QuizRow, now: datetime) -> bool:
    """Whether keys and explanations may be shown by now."""
    return row.plan.explains or is_final(row.closes_at, now)


def list_points(session: Session, one: MassQuizTry) -> list[PointLine]:
    """The points of an ended try, those with something wrong first; nothing of any question."""
    titles = {
        row[0]: row[1]
        for row in session.execute(
            select(QuestionVersion.id, AssessmentPoint.title)
            .join(AssessmentPoint, AssessmentPoint.id == QuestionVersion.point_id)
            .where(QuestionVersion.id.in_([version for version, _marks in one.questions]))
        )
    }
    counted: dict[str, list[bool]] = {}
    for number, (version, _marks) in enumerate(one.questions, start=1):
        verdict = (one.items or {})[str(number)]["verdict"]
        counted.setdefault(titles[version], []).append(verdict == Verdict.RIGHT.value)
    lines = [
        PointLine(name=name, right=sum(marks), asked=len(marks)) for name, marks in counted.items()
    ]
    return sorted(lines, key=lambda line: (line.right == line.asked, line.right - line.asked))


def explain(session: Session, one: MassQuizTry) -> tuple[ItemRow, ...]:
    """The questions of an ended try with keys and explanations, reserved ones left out."""
    marks = {
        int(number): AnswerMark(marks=Decimal(item["marks"]), verdict=Verdict(item["verdict"]))
        for number, item in (one.items or {}).items()
    }
    if not marks:
        return ()
    paper = paper_of(session, one)
    reserved = _reserved(session, [version for version, _marks in one.questions])
    rows = review_items(paper, order_of(paper, one), answers_of(one), marks)
    return tuple(row for row in rows if row.version_id not in reserved)


def _reserved(session: Session, versions: Collection[int]) -> set[int]:
    statement = select(QuestionVersion.id).where(
        QuestionVersion.id.in_(versions), QuestionVersion.use == QuestionUse.EXAM.value
    )
    return set(session.scalars(statement))
