"""Recording answers: the one way an answer reaches the record and all that learns from it.

Whoever has marked answers (a drill, a batch of many people's drills, a phone that was offline)
brings them here as a batch: few statements, however many answers. What else learns from an
answer (mastery, points) subscribes, and is told of the whole batch in the same transaction.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer
from lianbing.grading.rules import Verdict
from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import PersonId, QuestionId, QuestionVersionId
from lianbing.people.queries import identities_of_many
from lianbing.practice.book_turns import Turn, turn_book
from lianbing.practice.daily.use_cases import learn
from lianbing.practice.mastery.use_cases import AnswerFact
from lianbing.practice.models import Learner, PracticeAnswer
from lianbing.practice.rules import BookChange


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """A marked answer of one person; ``drill_id`` and ``position`` None outside a drill.

    ``answered_at`` is when it was given: for an ``offline`` answer as its device says, within
    bounds, else the time of arrival. Offline answers teach and earn nothing: their keys were
    on the phone.
    """

    person_id: PersonId
    drill_id: int | None
    position: int | None
    question_id: QuestionId
    version_id: QuestionVersionId
    point_id: int
    mode: str
    answer: Answer
    verdict: Verdict
    answered_at: datetime
    offline: bool = False

    @property
    def is_right(self) -> bool:
        """Wholly right: what counts for the wrong book."""
        return self.verdict is Verdict.RIGHT


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """A recorded answer, the identities of its person (the kept one first), what it did.

    ``late``: an answer to the same question that was given after it stands in the record
    already, so what was concluded from that one must be thought over again.
    """

    answered: Answered
    identities: tuple[PersonId, ...]
    change: BookChange
    streak: int
    late: bool


Listener = Callable[[Session, Sequence[Recorded], datetime], None]
"""Told of a batch in its own transaction, in the order the answers were given, with ``now``;
it holds the learners' locks. One batch may hold answers of many people: use few statements."""

_listeners: dict[str, Listener] = {}


def subscribe(name: str, listener: Listener) -> None:
    """Tell ``listener`` of every batch from now on; the same name again replaces."""
    _listeners[name] = listener


_learner = cast(Table, Learner.__table__)
_LOCKED = (
    select(_learner.c.person_id)
    .where(_learner.c.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(_learner.c.person_id)
    .with_for_update()
)


def lock_learners(session: Session, person_ids: Collection[PersonId]) -> None:
    """Hold the learners, in id order, until the transaction ends; new ones are made.

    One change at a time a person: a retry waits here, then finds the first one's row.
    """
    connection, wanted = session.connection(), sorted(set(person_ids))
    found = set(connection.scalars(_LOCKED, {"ids": wanted}))
    if len(found) < len(wanted):
        rows = [{"person_id": person_id} for person_id in wanted if person_id not in found]
        connection.execute(insert_for(session, _learner).on_conflict_do_nothing(), rows)
        connection.scalars(_LOCKED, {"ids": wanted}).all()


_INSERT = insert(cast(Table, PracticeAnswer.__table__))


def record_answers(
    session: Session, answered: Sequence[Answered], *, now: datetime
) -> list[Recorded]:
    """Write the answers, turn the wrong books, tell the listeners; in the order brought.

    The caller holds the lock of every learner in the batch (``lock_learners``).
    """
    in_order = sorted(
        range(len(answered)),
        key=lambda place: (answered[place].answered_at, answered[place].is_right),
    )
    batch = [answered[place] for place in in_order]
    identities = identities_of_many(session, {one.person_id for one in batch})
    turns = [
        Turn(
            identities=identities[one.person_id],
            question_id=one.question_id,
            right=one.is_right,
            at=one.answered_at,
            may_be_late=one.offline,
        )
        for one in batch
    ]
    turned = turn_book(session, turns, now=now)
    recorded = [
        Recorded(
            answered=one,
            identities=turn.identities,
            change=result.change,
            streak=result.streak,
            late=result.late,
        )
        for one, turn, result in zip(batch, turns, turned, strict=True)
    ]
    if recorded:
        session.connection().execute(_INSERT, [_row(one) for one in recorded])
    learn(session, [_fact(one) for one in recorded])
    for listener in _listeners.values():
        listener(session, recorded, now)
    by_place = dict(zip(in_order, recorded, strict=True))
    return [by_place[place] for place in range(len(answered))]


def _fact(recorded: Recorded) -> AnswerFact:
    one = recorded.answered
    return AnswerFact(
        identities=recorded.identities,
        question_id=one.question_id,
        point_id=one.point_id,
        verdict=one.verdict,
        answered_at=one.answered_at,
    )


def _row(recorded: Recorded) -> dict[str, object]:
    one = recorded.answered
    return {
        "person_id": one.person_id,
        "drill_id": one.drill_id,
        "position": one.position,
        "question_id": one.question_id,
        "version_id": one.version_id,
        "mode": one.mode,
        "answer": one.answer,
        "verdict": one.verdict.value,
        "book_change": recorded.change.value,
        "book_streak": recorded.streak,
        "answered_at": one.answered_at,
        "offline": one.offline,
    }
