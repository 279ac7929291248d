"""The answer journal on both databases: idempotent, honest about what counts, never lossy."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, save

from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.closing import close_batch
from lianbing.exams.folding import counted_answers
from lianbing.exams.journal import Entry, Save, store
from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.exams.rules import Standing
from lianbing.exams.sitting import hand_in
from lianbing.grading.models import Script
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now


def stored(session: Session, seat: Seat) -> list[tuple[int, int, object, str]]:
    session.rollback()
    rows = session.scalars(
        select(AnswerEntry)
        .where(AnswerEntry.attempt_id == seat.attempt_id)
        .order_by(AnswerEntry.device, AnswerEntry.seq)
    )
    return [(row.device, row.seq, json.loads(row.answer), row.standing) for row in rows]


def test_retry_of_the_same_entries_is_harmless(session: Session) -> None:
    seat = enter(make_exam_world(session))
    first = save(seat, [(1, 1, "A"), (2, 2, "B")])
    again = save(seat, [(1, 1, "A"), (2, 2, "B"), (3, 1, "C")])
    assert first.standings == {1: Standing.COUNTED, 2: Standing.COUNTED}
    assert again.standings == {1: Standing.COUNTED, 2: Standing.COUNTED, 3: Standing.COUNTED}
    assert [row[1] for row in stored(session, seat)] == [1, 2, 3]
    assert counted_answers(session, seat.attempt_id) == {1: "C", 2: "B"}


def test_same_key_with_other_content_is_refused_and_the_first_stays(session: Session) -> None:
    seat = enter(make_exam_world(session))
    save(seat, [(1, 1, "A")])
    assert save(seat, [(1, 1, "B"), (2, 3, "C")]).standings == {1: None, 2: Standing.COUNTED}
    assert save(seat, [(1, 2, "A")]).standings == {1: None}
    assert counted_answers(session, seat.attempt_id) == {1: "A", 3: "C"}


def test_one_batch_with_the_same_key_twice_keeps_the_first(session: Session) -> None:
    seat = enter(make_exam_world(session))
    saves = [
        Save(
            attempt_id=seat.attempt_id,
            person_id=seat.person_id,
            device=1,
            entries=(Entry(seq=1, question=1, answer=answer),),
            arrived_at=utc_now(),
        )
        for answer in ("A", "A", "B")
    ]
    results = store(db.engine, saves)
    assert [result.standings[1] for result in results] == [
        Standing.COUNTED,
        Standing.COUNTED,
        None,
    ]


def test_late_superseded_and_after_hand_in_are_kept_but_not_counted(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    due_at = session.get_one(Attempt, seat.attempt_id).due_at
    save(seat, [(1, 1, "A")])
    late = save(seat, [(2, 1, "B")], at=due_at + timedelta(seconds=31))
    in_grace = save(seat, [(3, 2, "B")], at=due_at + timedelta(seconds=30))
    newer = enter(world)
    superseded = save(seat, [(4, 1, "C")])
    assert newer.device == 2
    with transaction() as writing:
        hand_in(writing, newer, arrived_at=utc_now())
    after = save(newer, [(1, 1, "D")])
    assert late.standings == {2: Standing.LATE}
    assert in_grace.standings == {3: Standing.COUNTED}
    assert superseded.standings == {4: Standing.SUPERSEDED}
    assert after.standings == {1: Standing.AFTER_HAND_IN}
    assert counted_answers(session, seat.attempt_id) == {1: "A", 2: "B"}
    assert len(stored(session, seat)) == 5


def test_timely_entry_stored_after_closing_still_reaches_the_script(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    attempt = session.get_one(Attempt, seat.attempt_id)
    timely = attempt.due_at
    after = attempt.final_at + timedelta(minutes=1)
    save(seat, [(1, 1, "A")])
    assert _sweep(world, after) == 1
    assert save(seat, [(2, 2, "B")], at=timely).standings == {2: Standing.COUNTED}
    assert _sweep(world, after) == 1
    assert _sweep(world, after) == 0
    session.rollback()
    assert _script_answers(session, seat) == [{"1": "A"}, {"1": "A", "2": "B"}]


def _sweep(world: ExamWorld, now: datetime) -> int:
    with transaction() as session:
        return close_batch(session, now=now)


def _script_answers(session: Session, seat: Seat) -> list[object]:
    rows = session.scalars(
        select(Script).where(Script.attempt_id == seat.attempt_id).order_by(Script.version)
    )
    return [json.loads(row.answers) for row in rows]
