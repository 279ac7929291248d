"""Scheduling a worker's day with years of answers behind them, on both databases.

A bank of 5,000 questions over 500 assessment points, and a worker with 5,000 answers of history:
what is due, weak and new is looked up and picked as for the drill page, on one day after another.
"""

import random
from array import array
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from time import perf_counter, process_time
from typing import Any

from proving.progress import say
from proving.world import World, add_people
from sqlalchemy import insert, select, update

from benchmarks.large_bank import FIRST_ID, add_large_bank
from benchmarks.report import Report, percentile_ms
from benchmarks.stage import Options, set_up
from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.infra.database import db, transaction, writing_connection
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, PersonId
from lianbing.people.queries import load_actor
from lianbing.practice.daily.queries import todays_ten
from lianbing.practice.daily.use_cases import rebuild
from lianbing.practice.models import PracticeAnswer
from lianbing.practice.queries import get_practice_bank, identities_of
from lianbing.practice.starting import start_daily_drill
from lianbing.subjects.models import AssessmentOutline, AssessmentPoint, AssessmentScope

QUESTIONS = 5_000
ANSWERS = 5_000
POINTS = 500
SCOPES = 25
A_DAY = 20
RIGHT = 0.7
DAYS = 60
WARM_UP = 5
GOAL_MS = 20.0
SEED = 5_000


def measure_scheduling(options: Options, report: Report) -> None:
    """Add the figures of both databases to the report."""
    for shape, embedded in (("postgresql", False), ("sqlite", True)):
        with set_up(replace(options, embedded=embedded)) as stage:
            say(f"{shape}: a worker with {ANSWERS} answers")
            bank_id = add_large_bank(stage.world, QUESTIONS)
            _spread_over_points(bank_id)
            person_id = add_people(stage.world, 1)[0]
            now = utc_now()
            _add_history(person_id, now)
            _measure(stage.world, bank_id, person_id, now, shape, report)


def _spread_over_points(bank_id: BankId) -> None:
    """Hang the bank's questions on an outline of its own with many points."""
    session = db.session()
    bank = session.get_one(QuestionBank, bank_id)
    subject_id, organisation_id = bank.subject_id, bank.organisation_id
    session.rollback()
    with transaction() as session:
        outline = AssessmentOutline(
            subject_id=subject_id, organisation_id=organisation_id, code="large", title="大纲"
        )
        session.add(outline)
        session.flush()
        of_outline = {"outline_id": outline.id}
        scopes = [
            AssessmentScope(
                **of_outline,
                subject_id=subject_id,
                code=f"S{number}",
                title=f"鉴定范围 {number}",
                weight=Decimal(100) / SCOPES,
                position=number,
            )
            for number in range(SCOPES)
        ]
        session.add_all(scopes)
        session.flush()
        points = [
            AssessmentPoint(
                **of_outline,
                scope_id=scopes[number % SCOPES].id,
                code=f"P{number}",
                title=f"鉴定点 {number}",
                importance="XYZ"[number % 3],
                position=number,
            )
            for number in range(POINTS)
        ]
        session.add_all(points)
        session.flush()
        for number, point in enumerate(points):
            session.execute(
                update(QuestionVersion)
                .where(QuestionVersion.question_id.in_(_of_point(number)))
                .values(point_id=point.id)
            )
        values = {"outline_id": outline.id}
        session.execute(update(QuestionBank).where(QuestionBank.id == bank_id).values(**values))


def _of_point(number: int) -> list[int]:
    return [FIRST_ID + number + POINTS * step for step in range(QUESTIONS // POINTS)]


def _add_history(person_id: PersonId, now: datetime) -> None:
    session = db.session()
    current = (QuestionVersion.question_id == Question.id) & (
        QuestionVersion.number == Question.current_number
    )
    statement = (
        select(Question.id, QuestionVersion.id)
        .join(QuestionVersion, current)
        .where(Question.id >= FIRST_ID, QuestionVersion.use != "exam")
        .order_by(Question.id)
    )
    versions = [(row[0], row[1]) for row in session.execute(statement)]
    session.rollback()
    with writing_connection(db.engine) as connection:
        connection.execute(insert(PracticeAnswer), list(_answers(versions, person_id, now)))
    with transaction() as session:
        began = perf_counter()
        rebuild(session, (person_id,))
        say(f"folded {ANSWERS} answers in {perf_counter() - began:.2f} s")
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _answers(
    versions: list[tuple[int, int]], person_id: PersonId, now: datetime
) -> Iterator[dict[str, Any]]:
    rng = random.Random(SEED)
    for number in range(ANSWERS):
        question_id, version_id = rng.choice(versions)
        day = ANSWERS // A_DAY - number // A_DAY
        yield {
            "person_id": person_id,
            "drill_id": None,
            "position": None,
            "question_id": question_id,
            "version_id": version_id,
            "mode": "daily",
            "answer": None,
            "verdict": "right" if rng.random() < RIGHT else "wrong",
            "book_change": "none",
            "book_streak": 0,
            "answered_at": now - timedelta(days=day, seconds=-30 * (number % A_DAY)),
            "offline": False,
        }


def _measure(
    world: World, bank_id: BankId, person_id: PersonId, now: datetime, shape: str, report: Report
) -> None:
    picking, starting, working = array("d"), array("d"), array("d")
    for offset in range(-WARM_UP, DAYS):
        moment = now + timedelta(days=max(offset, 0), hours=1)
        db.session.remove()
        session = db.session()
        actor = load_actor(session, person_id)
        bank = get_practice_bank(session, actor, bank_id)
        identities = identities_of(session, actor)
        began, own = perf_counter(), process_time()
        ten = todays_ten(session, identities, bank, now=moment)
        taken, own = perf_counter() - began, process_time() - own
        if len(ten) != 10:
            raise RuntimeError(f"{len(ten)} questions on day {offset}")
        session.rollback()
        began = perf_counter()
        with transaction() as writing:
            start_daily_drill(writing, actor, bank_id, seed=1, now=moment)
        if offset >= 0:
            picking.append(taken)
            working.append(own)
            starting.append(perf_counter() - began)
    slowest = percentile_ms(picking, 95)
    report.goal(
        f"scheduling_{shape}_p95_ms",
        f"< {GOAL_MS:.0f}",
        slowest,
        met=slowest is not None and slowest < GOAL_MS,
    )
    report.notes.append(
        f"{shape}: a day with {ANSWERS} answers of history: p10 {percentile_ms(picking, 10)}, "
        f"p50 {percentile_ms(picking, 50)} ms, "
        f"p95 {slowest} ms, of it CPU here p50 {percentile_ms(working, 50)} ms; "
        f"with the drill frozen and committed p95 {percentile_ms(starting, 95)} ms"
    )
    report.latencies = array("d", [*report.latencies, *picking])
