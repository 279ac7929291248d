"""Answer in drills by the batch: many people's answers, few statements, one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer
from lianbing.grading.rules import Verdict
from lianbing.kernel.errors import DomainError, NotFound
from lianbing.kernel.ids import PersonId, QuestionId, QuestionVersionId
from lianbing.people.queries import live_sessions
from lianbing.practice.answering.errors import BadDrillToken
from lianbing.practice.answering.kept import KeptVersion, kept_versions
from lianbing.practice.answering.queries import Asked, Kept, answered_before, asked_items
from lianbing.practice.answering.tokens import DrillSeat
from lianbing.practice.errors import NotYetAsked
from lianbing.practice.marking import mark_given
from lianbing.practice.models import Drill, DrillItem
from lianbing.practice.recording import Answered, lock_learners, record_answers
from lianbing.practice.rules import BookChange, DrillMode


@dataclass(frozen=True, kw_only=True, slots=True)
class Brought:
    """One answer as a page sent it, still unchecked."""

    position: int
    answer: object
    rating: str = ""
    gave_up: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Click:
    """What one request brings: answers of one drill, in the drill's order."""

    seat: DrillSeat
    brought: tuple[Brought, ...]
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What became of an answer: its verdict and key, or passed over (no key), or an error."""

    position: int
    answer: Answer = None
    verdict: Verdict | None = None
    change: BookChange = BookChange.NONE
    streak: int = 0
    key: bytes = b""
    error: DomainError | None = None


@dataclass(kw_only=True)
class _Batch:
    """What a batch has read, and what it will write."""

    items: Mapping[tuple[int, int], Asked]
    kept: Mapping[QuestionVersionId, KeptVersion]
    before: Mapping[tuple[int, int], Kept]
    stands: dict[int, int] = field(default_factory=dict)
    marked: dict[tuple[int, int], Answered] = field(default_factory=dict)
    skipped: list[dict[str, object]] = field(default_factory=list)


def answer_many(session: Session, clicks: Sequence[Click]) -> list[list[Told] | DomainError]:
    """Answer each click's questions; BadDrillToken in the place of one no longer signed in.

    As ``use_cases.answer_question``: a position already passed is a retry and changes nothing,
    a question withdrawn meanwhile is passed over, a position further on is refused.
    """
    now = max(click.arrived_at for click in clicks)
    alive = live_sessions(session, {click.seat.session_id for click in clicks}, now=now)
    welcome = [click for click in clicks if click.seat.session_id in alive]
    lock_learners(session, {click.seat.person_id for click in welcome})
    batch = _read(session, welcome)
    decided = {
        id(click): [(at, _decide(batch, click, at)) for at in click.brought] for click in welcome
    }
    recorded = record_answers(session, list(batch.marked.values()), now=now)
    _move(session, batch, now=now)
    told = {
        key: Told(
            position=key[1],
            answer=one.answered.answer,
            verdict=one.answered.verdict,
            change=one.change,
            streak=one.streak,
            key=batch.kept[one.answered.version_id].key,
        )
        for key, one in zip(batch.marked, recorded, strict=True)
    }
    return [
        [_told(batch, told, click, at, error) for at, error in decided[id(click)]]
        if id(click) in decided
        else BadDrillToken()
        for click in clicks
    ]


def _read(session: Session, clicks: Iterable[Click]) -> _Batch:
    places = {(click.seat.drill_id, at.position) for click in clicks for at in click.brought}
    items = {
        key: item
        for key, item in asked_items(session, places).items()
        if not DrillMode(item.mode).has_own_rules
    }
    passed = {key for key, item in items.items() if item.position < item.stands}
    return _Batch(
        items=items,
        kept=kept_versions(session, {item.version_id for item in items.values()}),
        before=answered_before(session, passed),
        stands={item.drill_id: item.stands for item in items.values()},
    )


def _decide(batch: _Batch, click: Click, brought: Brought) -> DomainError | None:
    """Mark one answer, in its turn; the error it meets."""
    key = (click.seat.drill_id, brought.position)
    item = batch.items.get(key)
    if item is None or item.owner_id != click.seat.owner_id:
        return NotFound()
    stands = batch.stands[item.drill_id]
    if brought.position != stands:
        return NotYetAsked() if brought.position > stands else None
    if item.is_drillable:
        kept = batch.kept[item.version_id]
        try:
            answer, verdict = mark_given(
                kept.content,
                brought.answer,
                gave_up=brought.gave_up,
                rating=brought.rating,
                check=kept.check,
            )
        except DomainError as error:
            return error
        batch.marked[key] = _answered(item, answer, verdict, at=click.arrived_at)
    else:
        place = {"of_drill": item.drill_id, "at": item.position, "now": click.arrived_at}
        batch.skipped.append(place)
    batch.stands[item.drill_id] = stands + 1
    return None


def _answered(item: Asked, answer: Answer, verdict: Verdict, *, at: datetime) -> Answered:
    return Answered(
        person_id=PersonId(item.owner_id),
        drill_id=item.drill_id,
        position=item.position,
        question_id=QuestionId(item.question_id),
        version_id=item.version_id,
        point_id=item.point_id,
        mode=item.mode,
        answer=answer,
        verdict=verdict,
        answered_at=at,
    )


_drill, _item = cast(Table, Drill.__table__), cast(Table, DrillItem.__table__)
_MOVED = (
    update(_drill).where(_drill.c.id == bindparam("drill")).values(position=bindparam("stands"))
)
_FINISHED = _MOVED.values(finished_at=bindparam("now"), open_as=None)
_PASSED_OVER = (
    update(_item)
    .where(_item.c.drill_id == bindparam("of_drill"), _item.c.position == bindparam("at"))
    .values(skipped_at=bindparam("now"))
)


def _move(session: Session, batch: _Batch, *, now: datetime) -> None:
    """Each drill to where it stands now; one that is through is finished."""
    lengths = {item.drill_id: (item.stands, item.length) for item in batch.items.values()}
    through: dict[bool, list[dict[str, object]]] = defaultdict(list)
    for drill_id, stands in batch.stands.items():
        before, length = lengths[drill_id]
        if stands != before:
            through[stands > length].append({"drill": drill_id, "stands": stands})
    connection = session.connection()
    if through[False]:
        connection.execute(_MOVED, through[False])
    if through[True]:
        connection.execute(_FINISHED, [{**row, "now": now} for row in through[True]])
    if batch.skipped:
        connection.execute(_PASSED_OVER, batch.skipped)


def _told(
    batch: _Batch,
    told: Mapping[tuple[int, int], Told],
    click: Click,
    brought: Brought,
    error: DomainError | None,
) -> Told:
    if error is not None:
        return Told(position=brought.position, error=error)
    key = (click.seat.drill_id, brought.position)
    if key in told:
        return told[key]
    before, item = batch.before.get(key), batch.items[key]
    if before is None or not item.is_drillable:
        return Told(position=brought.position)
    return Told(
        position=brought.position,
        answer=before.answer,
        verdict=Verdict(before.verdict),
        change=BookChange(before.change),
        streak=before.streak,
        key=batch.kept[item.version_id].key,
    )
