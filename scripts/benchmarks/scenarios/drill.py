"""``drill``: answers of drills, marked, recorded and told with their key; two rates.

100,000 active workers a day who answer twenty questions each, a sixth of them in the busiest
hour, are 93 answers a second. A batch of few is dearer than one of many, so the goal is judged at
that rate; the second rate shows what is left.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from proving.progress import say
from proving.world import add_people, copy_rows, legal_answers, settle_tables, sign_in_all
from sqlalchemy import func, select

from benchmarks.drills import make_drills
from benchmarks.generator import Generator
from benchmarks.report import Report, cpu_ms, percentile_ms
from benchmarks.scenarios.drill_page import next_question
from benchmarks.stage import Options, Stage, set_up
from lianbing.banks.models import Question
from lianbing.banks.queries import drillable
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, LoginSessionId, PersonId
from lianbing.people.models.accounts import LoginSession
from lianbing.practice.answering.tokens import DrillSeat, DrillTokens
from lianbing.practice.models import PracticeAnswer

WORKERS = 4_000
LENGTH = 10
PEAK_RATE = 93
SEED = 20261120
HIGH_RATE = 800
CONNECTIONS = 256
FIRST_DRILL = 1_000_000
GOAL_CPU_MS = 1.0
WARM_UP = 400


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Every worker's drill: its token, and what will be answered at each position."""

    tokens: list[str]
    answers: list[list[object]]


def run(options: Options) -> Report:
    """Measure answers over every process that serves, then the page's next question."""
    report = Report(scenario="drill embedded" if options.embedded else "drill")
    with set_up(options) as stage:
        prepared = _prepare(stage, options.candidates or WORKERS)
        stage.product.start("web", "web")
        generator = Generator(make_drills, stage.product.port, prepared.tokens, prepared.answers)
        try:
            say("warming up")
            generator.run("open_loop", rate=200, seconds=WARM_UP / 200, connections=CONNECTIONS)
            for name, rate in (("high", HIGH_RATE), ("peak_hour", PEAK_RATE)):
                _phase(stage, generator, options, report, name, rate)
            acknowledged, report.errors, first = generator.run("refused")
        finally:
            generator.close()
        report.lost = max(0, acknowledged - _count_recorded())
        if first:
            report.notes.append(f"the first answer that was no acknowledgement: {first}")
        next_question(stage, report)
    return report


def _prepare(stage: Stage, count: int) -> Prepared:
    say(f"starting {count} drills of {LENGTH} questions")
    people = add_people(stage.world, count)
    sign_in_all(stage.world.app, people)
    held = db.session.execute(select(LoginSession.account_id, LoginSession.id))
    sessions = {row[0]: row[1] for row in held}
    version_ids = {
        question.content.version_id: number
        for number, question in enumerate(stage.world.paper.questions)
    }
    legal = legal_answers(stage.world.paper)
    bank_id, items = _drillable_of(version_ids)
    rng = random.Random(SEED)
    chosen = [rng.sample(items, LENGTH) for _ in people]
    copy_rows("drill", _drill_rows(people, bank_id))
    copy_rows("drill_item", _item_rows(chosen))
    tokens: DrillTokens = stage.world.app.extensions["lianbing_drill_tokens"]
    db.session.rollback()
    settle_tables()
    return Prepared(
        tokens=[
            tokens.issue(
                DrillSeat(
                    drill_id=FIRST_DRILL + place,
                    owner_id=person_id,
                    person_id=person_id,
                    session_id=LoginSessionId(sessions[person_id]),
                )
            )
            for place, person_id in enumerate(people)
        ],
        answers=[
            [rng.choice(legal[version_ids[version_id]]) for _question, version_id in asked]
            for asked in chosen
        ],
    )


def _drillable_of(version_ids: Mapping[Any, int]) -> tuple[BankId, list[tuple[int, int]]]:
    """The bank whose questions stand in the paper too, and those of them that are practised."""
    for bank_id in db.session.scalars(select(Question.bank_id).distinct()):
        found = drillable(db.session(), BankId(bank_id))
        items = [
            (item.question_id, item.version_id) for item in found if item.version_id in version_ids
        ]
        if len(items) >= LENGTH:
            return BankId(bank_id), items
    raise RuntimeError("no bank has questions both of the paper and for practice")


def _drill_rows(people: list[PersonId], bank_id: BankId) -> Iterator[dict[str, Any]]:
    now = utc_now() - timedelta(minutes=5)
    for place, person_id in enumerate(people):
        yield {
            "id": FIRST_DRILL + place,
            "person_id": person_id,
            "mode": "random",
            "bank_id": bank_id,
            "seed": place,
            "length": LENGTH,
            "position": 1,
            "open_as": f"random:{bank_id}:",
            "created_at": now,
        }


def _item_rows(chosen: list[list[tuple[int, int]]]) -> Iterator[dict[str, Any]]:
    for place, asked in enumerate(chosen):
        for position, (question_id, version_id) in enumerate(asked, start=1):
            yield {
                "drill_id": FIRST_DRILL + place,
                "position": position,
                "question_id": question_id,
                "version_id": version_id,
            }


def _phase(
    stage: Stage, generator: Generator, options: Options, report: Report, name: str, rate: int
) -> None:
    say(f"{name}: {rate} answers a second for {options.seconds:.0f} s")
    meter = stage.meter()
    meter.start()
    tally = generator.run(
        "open_loop", rate=rate, seconds=options.seconds, connections=CONNECTIONS, meter=meter
    )
    spent = meter.cpu()
    each = cpu_ms(spent, len(tally.latencies))
    report.notes.append(
        f"{name}: {rate}/s, CPU-ms an answer {each}, "
        f"p50 {percentile_ms(tally.latencies, 50)} ms, p99 {percentile_ms(tally.latencies, 99)} ms"
    )
    met = each["all"] <= GOAL_CPU_MS
    report.goal(f"{name}_cpu_ms_per_answer", f"<= {GOAL_CPU_MS}", each["all"], met=met)
    report.requests, report.latencies = len(tally.latencies), tally.latencies
    report.seconds, report.cpu_seconds = tally.seconds, spent
    report.peak_rss_mb = max(report.peak_rss_mb, meter.peak_mb)


def _count_recorded() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(PracticeAnswer)) or 0
