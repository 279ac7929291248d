"""``close``: ten thousand attempts due at one second, a third with answers still unsent."""

from datetime import datetime, timedelta
from time import sleep

from proving.progress import say
from proving.world import (
    add_exam,
    add_people,
    enrol_all,
    fill_journal,
    legal_answers,
    settle_tables,
    start_attempts,
    tokens_of,
)
from sqlalchemy import func, select

from benchmarks.floors import trivial_floor
from benchmarks.generator import Generator
from benchmarks.http_load import Tally
from benchmarks.reconcile import count_lost, count_scripts_that_differ
from benchmarks.report import Report, cpu_ms
from benchmarks.saves import Saves, make_saves
from benchmarks.stage import Options, Stage, set_up
from lianbing.entry.commands import WORKERS
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.rules import AttemptState
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BoardId
from lianbing.leaderboards.reading import board_in

CANDIDATES = 10_000
CLICKS = 3_000
CLICK_RATE = 300.0
WARM_UP = 100
ANSWERED = 60
UNSENT_SHARE = 3
GRACE = timedelta(seconds=10)
LONGEST_WAIT_SECONDS = 150.0
QUIET_SHARE, QUIET_TRIES = 0.05, 15
GOAL_SECONDS = 20.0
GOAL_CLICK_CPU_MS = 1.5


def run(options: Options) -> Report:
    """Measure hand-in clicks first, then the close of all others at one instant."""
    report = Report(scenario="close")
    count = options.candidates or CANDIDATES
    with set_up(options) as stage:
        exam_id, seats, due_at = _seat(stage, count)
        stage.product.start("web", "web")
        for queues in WORKERS:
            stage.product.start(queues, "worker", "--queues", queues)
        stage.product.start("beat", "beat")
        _await_quiet(stage)
        generator = Generator(
            make_saves,
            stage.product.port,
            tokens_of(stage.world.app, seats),
            legal_answers(stage.world.paper),
            ANSWERED + 1,
        )
        try:
            _click(stage, generator, report, count)
            left = (due_at - utc_now()).total_seconds()
            if left < 0:
                report.notes.append(f"the clicks ran {-left:.0f} s beyond the deadline")
            say(f"waiting {max(0.0, left):.0f} s for the deadline")
            sleep(max(0.0, left))
            _send_the_unsent(generator, report, count)
            seconds = _watch(stage, exam_id, due_at + GRACE, count + CLICKS, report)
            report.lost = _reconcile(stage, generator, seats)
        finally:
            generator.close()
        stage.product.stop()
        say("floor: a trivial Flask endpoint")
        report.floors = trivial_floor(options.wanted, rate=CLICK_RATE)
    report.goal(
        "closed_marked_ranked_visible_s",
        f"<= {GOAL_SECONDS}",
        seconds,
        met=seconds is not None and seconds <= GOAL_SECONDS,
    )
    report.goal("lost", "0", report.lost, met=report.lost == 0)
    return report


def _seat(stage: Stage, count: int) -> tuple[int, list[Seat], datetime]:
    total = count + CLICKS
    say(f"seating {total} candidates with {ANSWERED} answers each")
    people = add_people(stage.world, total)
    lead = timedelta(seconds=CLICKS / CLICK_RATE + 75 + total * ANSWERED / 20_000)
    exam_id = add_exam(
        stage.world,
        opens_in=timedelta(minutes=-30),
        window=timedelta(minutes=30) + lead,
        grace=GRACE,
    )
    enrol_all(exam_id, people)
    due_at = db.session.get_one(Exam, exam_id).closes_at
    seats = start_attempts(stage.world, exam_id, people, due_at=due_at, grace=GRACE)
    fill_journal(stage.world, seats, ANSWERED)
    settle_tables()
    return exam_id, seats, due_at


def _await_quiet(stage: Stage) -> None:
    """Until every process has started: importing the application is not part of a click."""
    for _ in range(QUIET_TRIES):
        meter = stage.meter()
        meter.start()
        sleep(3.0)
        if sum(meter.cpu().values()) < 3.0 * QUIET_SHARE:
            return


def _click(stage: Stage, generator: Generator, report: Report, first: int) -> None:
    say(f"{CLICKS} candidates hand in, {CLICK_RATE:.0f} a second")
    generator.run("hand_ins", first=first, count=WARM_UP, rate=50.0, connections=64)
    meter = stage.meter()
    meter.start()
    counted = CLICKS - WARM_UP
    tally: Tally = generator.run(
        "hand_ins",
        meter=meter,
        first=first + WARM_UP,
        count=counted,
        rate=CLICK_RATE,
        connections=128,
    )
    report.requests, report.seconds = len(tally.latencies), tally.seconds
    report.latencies, report.cpu_seconds = tally.latencies, meter.cpu()
    report.peak_rss_mb = meter.peak_mb
    wrong, first_error = generator.run("refused")
    report.errors = tally.errors + wrong
    if first_error:
        report.notes.append(f"first refused: {first_error}")
    each = cpu_ms(report.cpu_seconds, report.requests).get("all", 0.0)
    report.goal("hand_in_cpu_ms", f"<= {GOAL_CLICK_CPU_MS}", each, met=each <= GOAL_CLICK_CPU_MS)


def _send_the_unsent(generator: Generator, report: Report, count: int) -> None:
    say("a third send what they had not sent, within the grace")
    wanted = count // UNSENT_SHARE
    tally: Tally = generator.run(
        "some", count=wanted, rate=wanted / (GRACE.total_seconds() * 0.6), connections=128
    )
    report.errors += tally.errors


def _watch(
    stage: Stage, exam_id: int, final_at: datetime, total: int, report: Report
) -> float | None:
    """Seconds from the end of the grace until everything is there; None when it never was."""
    meter = stage.meter()
    meter.start()
    deadline = final_at + timedelta(seconds=LONGEST_WAIT_SECONDS)
    said = 0
    while utc_now() < deadline:
        db.session.rollback()
        ended, marked, shown = _progress(exam_id)
        if ended == marked == shown == total:
            seconds = round((utc_now() - final_at).total_seconds(), 1)
            spent = {kind: round(value, 1) for kind, value in meter.cpu().items()}
            report.notes.append(f"CPU-seconds from the deadline on: {spent}")
            return seconds
        meter.look()
        report.peak_rss_mb = max(report.peak_rss_mb, meter.peak_mb)
        if ended // 1000 != said:
            said = ended // 1000
            say(f"  {ended} ended, {marked} marked, {shown} on the board")
        sleep(0.5)
    return None


def _progress(exam_id: int) -> tuple[int, int, int]:
    of_exam = Attempt.exam_id == exam_id
    ended = select(func.count()).where(of_exam, Attempt.state != AttemptState.OPEN.value)
    marked = (
        select(func.count(func.distinct(Script.attempt_id)))
        .join(MarkSheetRow, MarkSheetRow.script_id == Script.id)
        .join(Attempt, Attempt.id == Script.attempt_id)
        .where(of_exam, Attempt.needs_fold.is_(False))
    )
    count = db.session.scalar(ended) or 0
    if not count:
        return 0, 0, 0
    board_id = BoardId(db.session.get_one(Exam, exam_id).board_id)
    shown = board_in(db.session()).count(board_id)
    return count, db.session.scalar(marked) or 0, shown


def _reconcile(stage: Stage, generator: Generator, seats: list[Seat]) -> int:
    """Acknowledged answers not in the journal, and scripts that are not their journal's fold."""
    say("reconciling journal and scripts")
    acknowledged = generator.run("acknowledgements")
    mirror = Saves(port=0, tokens=(), answers=legal_answers(stage.world.paper))
    attempts = {seat.attempt_id: index for index, seat in enumerate(seats)}
    lost = count_lost(db.engine, acknowledged, attempts, mirror.content)
    return lost + count_scripts_that_differ([seat.attempt_id for seat in seats])
