"""Accommodations, extensions, pauses, breaks and notices, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, save
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.exams import own_result, queries
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.closing import close_batch, seconds_used
from lianbing.exams.errors import BadToken, EntryClosed, StillRunning
from lianbing.exams.fairness import breaks
from lianbing.exams.fairness.errors import ExamPaused, NobodyToExtend, NoBreak, NotPaused
from lianbing.exams.fairness.extending import extend
from lianbing.exams.fairness.models import Accommodation
from lianbing.exams.fairness.pausing import pause_exam, resume_exam
from lianbing.exams.fairness.queries import list_notices
from lianbing.exams.fairness.rules import Grant
from lianbing.exams.fairness.telling import send_message
from lianbing.exams.fairness.use_cases import (
    AccommodationPlan,
    grant_accommodation,
    read_evidence,
    revoke_accommodation,
)
from lianbing.exams.models import Attempt
from lianbing.exams.rules import Release, Standing
from lianbing.exams.sitting import hand_in, read
from lianbing.exams.use_cases import publish_results
from lianbing.infra.audit import AuditEntry
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BoardId, PersonId
from lianbing.leaderboards.models import BoardTable

MINUTE = timedelta(minutes=1)


def sitter(seat: Seat, **changes: object) -> breaks.Sitter:
    """Who a seat's token says is asking."""
    known = breaks.Sitter(
        exam_id=seat.exam_id, attempt_id=seat.attempt_id, person_id=seat.person_id, device=1
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def grant(
    person_id: PersonId,
    *,
    actor: Actor = SYSTEM,
    multiplier: str = "1",
    break_minutes: int = 0,
    valid_from: date = date(2020, 1, 1),
    valid_to: date | None = None,
) -> int:
    with transaction() as session:
        return grant_accommodation(
            session,
            actor,
            AccommodationPlan(
                person_id=person_id,
                valid_from=valid_from,
                valid_to=valid_to,
                evidence="残疾证，2024 年",
                grant=Grant(
                    multiplier=Decimal(multiplier), break_time=timedelta(minutes=break_minutes)
                ),
            ),
            keyring=current_keyring(),
            now=utc_now(),
        )


def attempt_of(session: Session, seat: Seat) -> Attempt:
    session.rollback()
    return session.get_one(Attempt, seat.attempt_id, populate_existing=True)


def board_from(session: Session, world: ExamWorld) -> object:
    session.rollback()
    exam = queries.get_exam(session, world.exam_id)
    return session.get_one(BoardTable, BoardId(exam.board_id)).visible_from


def test_accommodated_time_outlasts_the_window_and_everything_waits_for_it(
    session: Session,
) -> None:
    now = utc_now()
    world = make_exam_world(
        session, closes_at=now + timedelta(minutes=60), results_release=Release.AFTER_CLOSE
    )
    first, _ = world.candidates
    grant(first, multiplier="1.5")
    slow, quick = enter(world, 0, at=now), enter(world, 1, at=now)
    assert read(session, slow).due_at == now + 90 * MINUTE
    assert read(session, quick).due_at == now + 60 * MINUTE
    last = now + 90 * MINUTE + timedelta(seconds=30)
    exam = queries.get_exam(session, world.exam_id)
    assert exam.last_final_at == last
    assert board_from(session, world) == last
    after_window = now + 70 * MINUTE
    with transaction() as writing:
        assert close_batch(writing, now=after_window) == 1
    result = own_result.find_own_result(session, exam, quick.attempt_id, now=after_window)
    assert result.state is own_result.ResultState.WAITING
    with pytest.raises(StillRunning), transaction() as writing:
        publish_results(
            writing, world.organiser, world.exam_id, sign=current_keyring().sign, now=after_window
        )


def test_accommodation_holds_only_on_its_days_and_until_taken_back(session: Session) -> None:
    world = make_exam_world(session, candidates=3)
    now = utc_now()
    grant(world.candidates[0], multiplier="2", valid_to=date(2020, 12, 31))
    taken_back = grant(world.candidates[1], multiplier="2")
    with transaction() as writing:
        revoke_accommodation(writing, SYSTEM, taken_back, now=now)
    grant(world.candidates[2], multiplier="1.25")
    grant(world.candidates[2], multiplier="1.5")
    dues = [read(session, enter(world, index, at=now)).due_at - now for index in range(3)]
    assert dues == [60 * MINUTE, 60 * MINUTE, 90 * MINUTE]


def test_only_a_granter_in_reach_may_grant_and_evidence_is_sealed(session: Session) -> None:
    world = make_exam_world(session)
    elsewhere = make_organisation(session, "别市总工会")
    stranger = make_person(
        session, "外人", organisation=elsewhere, roles=[(Role.ORGANISER, elsewhere)]
    )
    outsider = actor_for(session, stranger)
    with pytest.raises(Forbidden):
        grant(world.candidates[0], actor=outsider, multiplier="1.5")
    made = grant(world.candidates[0], actor=world.organiser, multiplier="1.5")
    session.rollback()
    sealed = session.get_one(Accommodation, made).evidence_sealed
    assert "残疾证".encode() not in sealed
    with transaction() as writing:
        words = read_evidence(
            writing, world.organiser, made, keyring=current_keyring(), now=utc_now()
        )
    assert words == "残疾证，2024 年"
    with pytest.raises(Forbidden), transaction() as writing:
        read_evidence(writing, outsider, made, keyring=current_keyring(), now=utc_now())
    actions = session.scalars(select(AuditEntry.action)).all()
    assert {"accommodation.grant", "accommodation.read_evidence"} <= set(actions)
    assert "残疾证" not in "".join(session.scalars(select(AuditEntry.details)))


def test_extension_for_one_moves_that_deadline_and_tells_only_that_person(
    session: Session,
) -> None:
    world = make_exam_world(session)
    now = utc_now()
    one, other = enter(world, 0, at=now), enter(world, 1, at=now)
    with transaction() as writing:
        reached = extend(
            writing,
            world.organiser,
            world.exam_id,
            minutes=10,
            reason="键盘失灵",
            person_ids=[world.candidates[0]],
            now=now,
        )
    assert (reached.running, reached.waiting) == (1, 0)
    session.rollback()
    assert read(session, one).due_at == now + 70 * MINUTE
    assert (read(session, one).news, read(session, other).news) == (1, 0)
    assert read(session, other).due_at == now + 60 * MINUTE
    told = [list_notices(session, world.exam_id, person) for person in world.candidates]
    assert [len(notices) for notices in told] == [1, 0]
    late = save(one, [(1, 1, "A")], at=now + 65 * MINUTE)
    assert late.standings == {1: Standing.COUNTED}
    assert late.attempt.news == 1


def test_extension_waits_for_who_is_yet_to_start(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    with transaction() as writing:
        extend(
            writing,
            world.organiser,
            world.exam_id,
            minutes=10,
            reason="迟到的班车",
            person_ids=[world.candidates[0]],
            now=now,
        )
    assert read(session, enter(world, 0, at=now)).due_at == now + 70 * MINUTE
    assert read(session, enter(world, 1, at=now)).due_at == now + 60 * MINUTE


def test_extension_for_all_moves_the_window_with_the_deadlines(session: Session) -> None:
    now = utc_now()
    world = make_exam_world(session, closes_at=now + timedelta(minutes=60))
    seat = enter(world, 0, at=now)
    with transaction() as writing:
        extend(writing, world.organiser, world.exam_id, minutes=15, reason="停电", now=now)
    session.rollback()
    assert read(session, seat).due_at == now + 75 * MINUTE
    latecomer = enter(world, 1, at=now + 60 * MINUTE)
    assert read(session, latecomer).due_at == now + 75 * MINUTE


def test_extension_of_nobody_is_refused(session: Session) -> None:
    world = make_exam_world(session)
    outsider = make_person(session, "路人")
    with pytest.raises(NobodyToExtend), transaction() as writing:
        extend(
            writing,
            world.organiser,
            world.exam_id,
            minutes=5,
            reason="无",
            person_ids=[PersonId(outsider.id)],
            now=utc_now(),
        )
    with pytest.raises(Forbidden), transaction() as writing:
        extend(writing, world.actor(writing), world.exam_id, minutes=5, reason="无", now=utc_now())


def test_pause_costs_nobody_a_second_and_saves_still_count(session: Session) -> None:
    now = utc_now()
    world = make_exam_world(
        session,
        candidates=3,
        closes_at=now + timedelta(minutes=60),
        results_release=Release.AFTER_CLOSE,
    )
    seat = enter(world, 0, at=now)
    paused_at = now + 30 * MINUTE
    with transaction() as writing:
        assert (
            pause_exam(writing, world.organiser, world.exam_id, reason="火警", now=paused_at) == 1
        )
    assert board_from(session, world) is None
    with pytest.raises(ExamPaused):
        enter(world, 1, at=paused_at + MINUTE)
    beyond = now + 80 * MINUTE
    with transaction() as writing:
        assert close_batch(writing, now=beyond) == 0
    assert save(seat, [(1, 1, "A")], at=beyond).standings == {1: Standing.COUNTED}
    resumed_at = now + 90 * MINUTE
    with transaction() as writing:
        resume_exam(writing, world.organiser, world.exam_id, now=resumed_at)
    attempt = attempt_of(session, seat)
    assert attempt.due_at == now + 120 * MINUTE
    assert (attempt.held, attempt.idle_seconds, attempt.news) == (False, 3600, 2)
    assert board_from(session, world) == now + 120 * MINUTE + timedelta(seconds=30)
    latecomer = enter(world, 1, at=resumed_at)
    assert read(session, latecomer).due_at == now + 120 * MINUTE
    with pytest.raises(EntryClosed):
        enter(world, 2, at=now + 120 * MINUTE)
    kinds = [notice.kind for notice in list_notices(session, world.exam_id, world.candidates[0])]
    assert kinds == ["pause", "resumption"]
    with pytest.raises(NotPaused), transaction() as writing:
        resume_exam(writing, world.organiser, world.exam_id, now=resumed_at)


def test_hand_in_during_a_pause_counts_only_the_time_before_it(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    seat = enter(world, 0, at=now)
    with transaction() as writing:
        pause_exam(writing, world.organiser, world.exam_id, reason="停电", now=now + 10 * MINUTE)
    with transaction() as writing:
        hand_in(writing, seat, arrived_at=now + 25 * MINUTE)
    attempt = attempt_of(session, seat)
    assert seconds_used(attempt) == 600
    assert attempt.due_at == now + 75 * MINUTE


def test_break_stops_the_clock_for_as_long_as_it_is_used(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    grant(world.candidates[0], break_minutes=10)
    seat, other = enter(world, 0, at=now), enter(world, 1, at=now)
    with transaction() as writing:
        breaks.take_break(writing, sitter(seat), now=now + MINUTE)
    assert attempt_of(session, seat).due_at == now + 70 * MINUTE
    with transaction() as writing:
        breaks.finish_break(writing, sitter(seat), now=now + 5 * MINUTE)
    attempt = attempt_of(session, seat)
    assert attempt.due_at == now + 64 * MINUTE
    assert attempt.break_left_seconds == 360
    with pytest.raises(NoBreak), transaction() as writing:
        breaks.take_break(writing, sitter(other), now=now)


def test_a_token_of_a_restored_backup_takes_nobody_elses_break(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    grant(world.candidates[0], break_minutes=10)
    seat, other = enter(world, 0, at=now), enter(world, 1, at=now)
    stale = (
        sitter(seat, person_id=other.person_id),
        sitter(seat, exam_id=seat.exam_id + 1),
        sitter(seat, attempt_id=seat.attempt_id + 1000),
    )
    for asking in stale:
        for ask in (breaks.take_break, breaks.finish_break):
            with pytest.raises(BadToken), transaction() as writing:
                ask(writing, asking, now=now + MINUTE)
    assert attempt_of(session, seat).break_ends_at is None


def test_pause_does_not_use_up_a_break(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    grant(world.candidates[0], break_minutes=10)
    seat = enter(world, 0, at=now)
    with transaction() as writing:
        breaks.take_break(writing, sitter(seat), now=now)
    with transaction() as writing:
        pause_exam(writing, world.organiser, world.exam_id, reason="停电", now=now + 4 * MINUTE)
    with transaction() as writing:
        resume_exam(writing, world.organiser, world.exam_id, now=now + 34 * MINUTE)
    attempt = attempt_of(session, seat)
    assert attempt.due_at == now + (60 + 4 + 30) * MINUTE
    assert attempt.break_left_seconds == 360


def test_message_reaches_everybody_and_is_audited(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world, 0)
    with transaction() as writing:
        send_message(
            writing, world.organiser, world.exam_id, words="第 3 题图片已更正", now=utc_now()
        )
    session.rollback()
    assert read(session, seat).news == 1
    for person in world.candidates:
        (notice,) = list_notices(session, world.exam_id, person)
        assert notice.words == "第 3 题图片已更正"
    assert session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action == "exam.message")
    ).all() == ["第 3 题图片已更正"]
