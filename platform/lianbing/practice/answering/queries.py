"""What a batch of answers must know, in few statements; and a drill's questions for its page."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, case, select, tuple_
from sqlalchemy.orm import Session, aliased

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.banks.rules import Answer
from lianbing.kernel.ids import QuestionVersionId
from lianbing.practice.models import Drill, DrillItem, PracticeAnswer

_Frozen = aliased(QuestionVersion)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A position of a drill that ``stands`` at one of ``length``, and whether it may be shown."""

    drill_id: int
    owner_id: int
    mode: str
    seed: int
    stands: int
    length: int
    position: int
    question_id: int
    version_id: QuestionVersionId
    point_id: int
    is_drillable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An answer that stands in the record already."""

    answer: Answer
    verdict: str
    change: str
    streak: int


_ITEMS = (
    select(
        Drill.id,
        Drill.person_id,
        Drill.mode,
        Drill.seed,
        Drill.position,
        Drill.length,
        DrillItem.position,
        DrillItem.question_id,
        DrillItem.version_id,
        _Frozen.point_id,
        case((is_drillable() & DrillItem.skipped_at.is_(None), 1), else_=0),
    )
    .join(DrillItem, DrillItem.drill_id == Drill.id)
    .join(_Frozen, _Frozen.id == DrillItem.version_id)
    .join(Question, Question.id == DrillItem.question_id)
    .join(QuestionVersion, is_current())
)
_PLACES = _ITEMS.where(
    tuple_(DrillItem.drill_id, DrillItem.position).in_(bindparam("places", expanding=True))
)


def asked_items(
    session: Session, places: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Asked]:
    """Positions by (drill, position); what does not exist is left out."""
    if not places:
        return {}
    rows = session.connection().execute(_PLACES, {"places": sorted(places)})
    return {(row[0], row[6]): _asked(*row) for row in rows}


def items_of_drill(session: Session, drill_id: int) -> list[Asked]:
    """A drill's positions in order."""
    statement = _ITEMS.where(Drill.id == drill_id).order_by(DrillItem.position)
    return [_asked(*row) for row in session.execute(statement)]


def _asked(
    drill_id: int,
    owner_id: int,
    mode: str,
    seed: int,
    stands: int,
    length: int,
    position: int,
    question_id: int,
    version_id: int,
    point_id: int,
    drillable: int,
) -> Asked:
    return Asked(
        drill_id=drill_id,
        owner_id=owner_id,
        mode=mode,
        seed=seed,
        stands=stands,
        length=length,
        position=position,
        question_id=question_id,
        version_id=QuestionVersionId(version_id),
        point_id=point_id,
        is_drillable=bool(drillable),
    )


def answered_before(
    session: Session, places: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Kept]:
    """The answers recorded at positions that drills have passed."""
    if not places:
        return {}
    rows = session.execute(
        select(
            PracticeAnswer.drill_id,
            PracticeAnswer.position,
            PracticeAnswer.answer,
            PracticeAnswer.verdict,
            PracticeAnswer.book_change,
            PracticeAnswer.book_streak,
        ).where(tuple_(PracticeAnswer.drill_id, PracticeAnswer.position).in_(sorted(places)))
    )
    return {
        (drill_id, position): Kept(answer=answer, verdict=verdict, change=change, streak=streak)
        for drill_id, position, answer, verdict, change, streak in rows
        if drill_id is not None and position is not None
    }
