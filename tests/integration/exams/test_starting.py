"""First starts with a ticket: gathered, in few statements, and never past a rule of admission."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from tests.conftest import empty
from tests.exams_factory import (
    TEST_DOOR,
    ExamWorld,
    enter,
    make_exam_world,
    save,
    start,
    ticket_of,
)
from tests.integration.exams.test_abuse_at_one_instant import at_once
from tests.integration.exams.test_hot_path import statements
from tests.integration.exams.test_races import in_thread, wait_until_blocked
from tests.people_factory import make_person, sign_in
from tests.seating_factory import make_seating

from lianbing.exams.attempt_tokens import Seat, Ticket, Tickets
from lianbing.exams.conduct.models import IntegrityEvent
from lianbing.exams.entering import open_exam
from lianbing.exams.fairness import pausing
from lianbing.exams.fairness.models import Accommodation, ExtraTime
from lianbing.exams.fairness.queries import NoticeKind
from lianbing.exams.fairness.telling import tell
from lianbing.exams.models import Attempt, AttemptDevice, Exam, ExamCandidate
from lianbing.exams.queries import find_candidate_id
from lianbing.exams.starting import Entrance, Started, start_many
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId, LoginSessionId, PersonId
from lianbing.people.models.accounts import LoginSession
from lianbing.people.persons.merging import merge_persons

START_BUDGET = 7


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session, candidates=3)


@pytest.fixture
def fresh(production_app: Flask) -> Iterator[ExamWorld]:
    """A world on PostgreSQL, for what only row locks show."""
    with production_app.app_context():
        yield make_exam_world(db.session(), candidates=6)
        db.session.remove()
    empty(production_app)


@pytest.fixture
def candidate(client: FlaskClient, world: ExamWorld) -> FlaskClient:
    sign_in(client, world.candidates[0])
    return client


def change(world: ExamWorld, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Exam).where(Exam.id == world.exam_id).values(**values))


def entrance(app: Flask, world: ExamWorld, index: int = 0, **changes: object) -> Entrance:
    """A click with the ticket that the candidate's own browser would hold."""
    client = app.test_client()
    sign_in(client, world.candidates[index])
    db.session.rollback()  # an older snapshot does not know the session yet
    session_id = db.session.scalars(select(func.max(LoginSession.id))).one()
    candidate_id = find_candidate_id(db.session(), world.exam_id, [world.candidates[index]])
    db.session.rollback()
    assert candidate_id is not None
    ticket = Ticket(
        exam_id=world.exam_id,
        candidate_id=candidate_id,
        person_ids=(world.candidates[index],),
        session_id=LoginSessionId(session_id),
        look="zh",
    )
    return Entrance(ticket=ticket, doorway=TEST_DOOR, arrived_at=utc_now())


def begin(*entrances: Entrance) -> list[Started | None]:
    with transaction() as session:
        return start_many(session, entrances)


def attempts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Attempt)) or 0


def test_a_batch_starts_as_one_click_would(app: Flask, world: ExamWorld) -> None:
    clicks = [entrance(app, world, index) for index in (0, 1)]
    first, second = begin(*clicks)
    assert first is not None
    assert second is not None
    one_by_one = enter(world, 2, at=clicks[0].arrived_at)
    rows = {row.id: row for row in db.session.scalars(select(Attempt))}
    batched, clicked = rows[first.seat.attempt_id], rows[one_by_one.attempt_id]
    own = {"id", "person_id", "order_seed"}
    for column in {column.name for column in Attempt.__table__.columns} - own:
        assert getattr(batched, column) == getattr(clicked, column), column
    seeds = dict(
        db.session.execute(select(ExamCandidate.person_id, ExamCandidate.order_seed)).all()
    )
    assert all(row.order_seed == seeds[row.person_id] for row in rows.values())
    devices = select(AttemptDevice.user_agent, AttemptDevice.number)
    assert set(map(tuple, db.session.execute(devices))) == {("test", 1)}


def test_starts_of_a_batch_share_their_statements(
    fresh: ExamWorld, production_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    clicks = [entrance(production_app, fresh, index) for index in range(6)]
    counts = []
    for batch in (clicks[:1], clicks[1:]):
        with statements(db.engine, monkeypatch) as seen:
            assert None not in begin(*batch)
        counts.append(len(seen))
    assert counts[1] <= counts[0] <= START_BUDGET


def test_a_ticket_starts_and_the_page_can_be_loaded_again(
    candidate: FlaskClient, world: ExamWorld
) -> None:
    ticket = ticket_of(candidate, world.exam_id)
    answer = start(candidate, ticket)
    told = answer.get_json()
    assert (told["device"], told["next_seq"], told["answers"], told["ask"]) == (1, 1, {}, False)
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert candidate.get(f"/exams/{world.exam_id}/sit").status_code == 200
    db.session.rollback()
    attempt = db.session.scalars(select(Attempt)).one()
    assert told["due_at"] == attempt.due_at.isoformat()


def test_the_second_click_continues_on_a_second_device(
    candidate: FlaskClient, world: ExamWorld
) -> None:
    ticket = ticket_of(candidate, world.exam_id)
    first = start(candidate, ticket).get_json()
    attempt_id, exam_id = first["attempt"]["id"], world.exam_id
    seat = Seat(
        attempt_id=attempt_id,
        exam_id=exam_id,
        person_id=world.candidates[0],
        paper_id=world.paper_id,
        device=1,
    )
    save(seat, [(1, 1, "A")])
    again = start(candidate, ticket).get_json()
    assert (again["attempt"]["id"], again["device"]) == (attempt_id, 2)
    assert again["answers"] == {"1": "A"}
    db.session.rollback()
    assert db.session.scalars(select(IntegrityEvent.kind)).all() == ["second_sign_in"]


def test_of_two_clicks_of_one_person_in_a_batch_one_starts(app: Flask, world: ExamWorld) -> None:
    click = entrance(app, world)
    started, other = begin(
        click, Entrance(ticket=click.ticket, doorway=TEST_DOOR, arrived_at=click.arrived_at)
    )
    assert started is not None
    assert other is None


def _not_open(world: ExamWorld) -> None:
    later = utc_now() + timedelta(minutes=5)
    change(world, opens_at=later)


def _over(world: ExamWorld) -> None:
    change(world, closes_at=utc_now() - timedelta(minutes=1))


def _paused(world: ExamWorld) -> None:
    with transaction() as session:
        enter_exam = open_exam(session, world.exam_id)
        enter_exam.paused_at, enter_exam.pause_reason = utc_now(), "停电"


REFUSALS: dict[str, Callable[[ExamWorld], object]] = {
    "not_open_yet": _not_open,
    "entry_closed": _over,
    "exam_paused": _paused,
    "exam_cancelled": lambda world: change(world, state="cancelled"),
    "paper_not_released": lambda world: change(world, paper_release="two_persons"),
    "wrong_access_code": lambda world: change(world, access_code="2468"),
    "outside_network": lambda world: change(world, networks="10.9.0.0/16"),
}


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_rule_of_admission_holds(candidate: FlaskClient, world: ExamWorld, code: str) -> None:
    ticket = ticket_of(candidate, world.exam_id)
    REFUSALS[code](world)
    refused = start(candidate, ticket)
    assert refused.get_json()["error"]["code"] == code
    assert refused.get_json()["error"]["message"]
    assert attempts() == 0


def test_the_access_code_opens(candidate: FlaskClient, world: ExamWorld) -> None:
    change(world, access_code="24 68")
    ticket = ticket_of(candidate, world.exam_id)
    assert start(candidate, ticket, access_code="2468").status_code == 200


def test_whoever_left_the_roster_does_not_start(candidate: FlaskClient, world: ExamWorld) -> None:
    ticket = ticket_of(candidate, world.exam_id)
    with transaction() as session:
        session.delete(
            session.scalars(
                select(ExamCandidate).where(ExamCandidate.person_id == world.candidates[0])
            ).one()
        )
    assert start(candidate, ticket).get_json()["error"]["code"] == "not_enrolled"


def test_signing_out_ends_a_ticket(candidate: FlaskClient, world: ExamWorld) -> None:
    ticket = ticket_of(candidate, world.exam_id)
    with transaction() as session:
        session.execute(update(LoginSession).values(revoked_at=utc_now()))
    refused = start(candidate, ticket)
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "bad_ticket")
    assert attempts() == 0


def test_forged_and_old_tickets_are_refused(
    app: Flask, candidate: FlaskClient, world: ExamWorld
) -> None:
    good = ticket_of(candidate, world.exam_id)
    tickets: Tickets = app.extensions["lianbing_tickets"]
    now = utc_now()
    old = tickets.issue(tickets.read(good, now=now), now=now - timedelta(hours=5))
    other = Tickets("another secret").issue(tickets.read(good, now=now), now=now)
    for bad in (good[:-1], good[1:], old, other, "", "x.y", "."):
        refused = start(candidate, bad)
        assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "bad_ticket")
    assert attempts() == 0


def test_grants_hold_in_a_batch(app: Flask, world: ExamWorld) -> None:
    with transaction() as session:
        session.add(
            Accommodation(
                person_id=world.candidates[0],
                multiplier=Decimal("1.25"),
                break_seconds=300,
                larger_text=True,
                evidence_sealed=b"",
                valid_from=date(2020, 1, 1),
                valid_to=None,
                granted_at=utc_now(),
            )
        )
        session.add(
            ExtraTime(
                exam_id=world.exam_id,
                person_id=world.candidates[1],
                seconds=120,
                granted_at=utc_now(),
            )
        )
    clicks = [entrance(app, world, index) for index in range(3)]
    longer, later, plain = begin(*clicks)
    assert longer is not None
    assert later is not None
    assert plain is not None
    minutes = [
        (one.due_at - click.arrived_at).total_seconds() / 60
        for one, click in zip((longer, later, plain), clicks, strict=True)
    ]
    assert minutes == [75, 62, 60]
    assert (longer.larger_text, longer.ask, plain.larger_text, plain.ask) == (
        True,
        True,
        False,
        False,
    )


def test_time_that_outlasts_the_exam_is_settled_by_the_view(
    candidate: FlaskClient, world: ExamWorld
) -> None:
    with transaction() as session:
        exam = session.get_one(Exam, world.exam_id)
        exam.closes_at = utc_now() + timedelta(minutes=30)
        session.add(
            ExtraTime(
                exam_id=world.exam_id,
                person_id=world.candidates[0],
                seconds=600,
                granted_at=utc_now(),
            )
        )
    assert start(candidate, ticket_of(candidate, world.exam_id)).status_code == 200
    extended_to = db.session.scalars(select(Exam.extended_to)).one()
    assert extended_to == db.session.scalars(select(Attempt.final_at)).one()


def test_a_seating_plan_holds_in_a_batch(app: Flask, session: Session) -> None:
    seating = make_seating(session)
    late = next(n for n in range(6) if seating.seat(session, n).batch_id == seating.batches[1])
    early = next(n for n in range(6) if seating.seat(session, n).batch_id == seating.batches[0])
    clicks = [
        replace(entrance(app, seating.exam, index), arrived_at=seating.at(10))
        for index in (early, late)
    ]
    begun, refused = begin(*clicks)
    assert begun is not None
    assert refused is None


def test_what_was_said_before_is_asked_for(candidate: FlaskClient, world: ExamWorld) -> None:
    with transaction() as session:
        tell(
            session,
            SYSTEM,
            ExamId(world.exam_id),
            NoticeKind.MESSAGE,
            words="第 3 题有勘误",
            now=utc_now(),
        )
    assert start(candidate, ticket_of(candidate, world.exam_id)).get_json()["ask"] is True


def test_two_devices_at_one_instant_are_two_devices_of_one_attempt(
    session: Session, app: Flask
) -> None:
    world = make_exam_world(session)
    browsers = [app.test_client() for _ in range(6)]
    for browser in browsers:
        sign_in(browser, world.candidates[0])
    tickets = [ticket_of(browser, world.exam_id) for browser in browsers]
    session.rollback()
    told = at_once(app, 6, lambda index: start(browsers[index], tickets[index]).get_json())
    assert len({answer["attempt"]["id"] for answer in told}) == 1
    assert sorted(answer["device"] for answer in told) == [1, 2, 3, 4, 5, 6]
    assert db.session.scalars(select(Attempt)).one().device == 6


def test_batches_of_two_processes_start_one_person_once(
    fresh: ExamWorld, production_app: Flask
) -> None:
    click = entrance(production_app, fresh)
    mine = threading.Event()

    def second() -> object:
        assert mine.wait(20)
        return begin(click)

    with in_thread(production_app, second) as waiting:
        with transaction() as session:
            (first,) = start_many(session, [click])
            mine.set()
            wait_until_blocked()
        assert first is not None
        assert waiting.result(20) == [None]
    assert attempts() == 1


def test_a_start_waits_for_a_pause_in_flight_and_is_refused(
    fresh: ExamWorld, production_app: Flask
) -> None:
    enter(fresh, 1)
    click = entrance(production_app, fresh)
    locked = threading.Event()

    def late() -> object:
        assert locked.wait(20)
        return begin(click)

    with in_thread(production_app, late) as waiting:
        with transaction() as session:
            pausing.pause_exam(session, SYSTEM, fresh.exam_id, reason="停电", now=utc_now())
            locked.set()
            wait_until_blocked()
        assert waiting.result(20) == [None]
    assert attempts() == 1


def test_a_person_merged_after_the_ticket_starts_with_all_identities_grants(
    app: Flask, world: ExamWorld, session: Session
) -> None:
    """The batch leaves such a ticket to the single entry, which looks the identities up anew."""
    other = make_person(session, "另一身份")
    clicks = [entrance(app, world, 0), entrance(app, world, 1)]
    with transaction() as writing:
        writing.add(
            Accommodation(
                person_id=other.id,
                multiplier=Decimal("1.5"),
                break_seconds=0,
                larger_text=False,
                evidence_sealed=b"",
                valid_from=date(2020, 1, 1),
                valid_to=None,
                granted_at=utc_now(),
            )
        )
        merge_persons(
            writing,
            SYSTEM,
            kept_id=PersonId(other.id),
            absorbed_id=world.candidates[0],
            reason="同一人",
            now=utc_now(),
        )
    with transaction() as writing:
        merged, plain = start_many(writing, clicks)
    assert merged is None
    assert plain is not None
    seat = enter(world, 0)
    with transaction() as writing:
        attempt = writing.get_one(Attempt, seat.attempt_id)
        assert attempt.due_at - attempt.started_at == timedelta(minutes=90)
