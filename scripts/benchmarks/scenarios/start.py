"""``start``: ten thousand signed-in candidates enter within a minute and have their paper.

Each browser's way is walked and metered in parts: lobby, sealed copy and empty page in the waiting
room, over the minutes before; then the copy once more for everybody, to meter it alone; then, at
the opening, the click. A start with its paper is the copy and the click; what the waiting room
costs before, and the way by the form, are told beside.
"""

from datetime import timedelta

from proving.progress import say
from proving.world import Cookies, add_exam, add_people, enrol_all, settle_tables, sign_in_all
from sqlalchemy import func, select, update

from benchmarks.entering import CLICK, COPY, FORM_WAY, LOBBY, WAITING_ROOM, Entrants
from benchmarks.floors import trivial_floor
from benchmarks.generator import Generator
from benchmarks.http_load import Tally
from benchmarks.report import Report, cpu_ms
from benchmarks.stage import Options, Stage, set_up
from lianbing.exams.models import Attempt, Exam
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now

CANDIDATES = 10_000
WARM_UP = 100
BY_FORM = 500
MINUTES = 1.0
DOORS = 5
"""So many times as long as the start itself the doors are open before it."""
CONNECTIONS = 256
GOAL_CPU_MS = 1.5


def run(options: Options) -> Report:
    """Measure starts, step by step."""
    report = Report(scenario="start")
    count = options.candidates or CANDIDATES
    with set_up(options) as stage:
        exam_id, cookies = prepare(stage, count + BY_FORM + 2 * WARM_UP)
        stage.product.start("web", "web")
        generator = Generator(
            make_entrants, stage.product.port, exam_id, cookies.cookies, cookies.csrf_token
        )
        walk = Walk(stage=stage, generator=generator, report=report)
        try:
            _measure(walk, exam_id, count, (options.minutes or MINUTES) * 60)
            wrong, first, _done, size, tokens = generator.run("outcome")
        finally:
            generator.close()
        report.errors += wrong
        report.lost = count + BY_FORM + 2 * WARM_UP - min(len(tokens), _attempts(exam_id))
        report.notes.append(f"the paper is {size} bytes on the wire")
        if first:
            report.notes.append(f"first error: {first}")
        stage.product.stop()
        say("floor: a trivial Flask endpoint")
        report.floors = trivial_floor(
            options.wanted, rate=count / ((options.minutes or MINUTES) * 60)
        )
    return report


class Walk:
    """Steps taken by many candidates, each metered by itself."""

    def __init__(self, *, stage: Stage, generator: Generator, report: Report) -> None:
        self._stage, self._generator, self.report = stage, generator, report

    def take(self, *steps: str, first: int, count: int, rate: float) -> tuple[dict, Tally]:
        """CPU-ms a candidate by kind of process, and what the generator saw."""
        say(f"{count} candidates, {rate:.0f} a second: {', '.join(steps)}")
        meter = self._stage.meter()
        meter.start()
        tally: Tally = self._generator.run(
            "open_loop",
            meter=meter,
            steps=steps,
            first=first,
            count=count,
            rate=rate,
            connections=CONNECTIONS,
        )
        spent = meter.cpu()
        self.report.errors += tally.errors
        self.report.peak_rss_mb = max(self.report.peak_rss_mb, meter.peak_mb)
        if tally.first_error:
            self.report.notes.append(f"first connection that failed: {tally.first_error}")
        if CLICK in steps:
            self.report.cpu_seconds = spent
        return cpu_ms(spent, count), tally


def _measure(walk: Walk, exam_id: int, count: int, within: float) -> None:
    report, rate = walk.report, count / within
    walk.take(*WAITING_ROOM, first=count, count=WARM_UP, rate=50.0)
    walk.take(LOBBY, first=count + WARM_UP, count=WARM_UP, rate=50.0)
    waiting, _ = walk.take(*WAITING_ROOM, first=0, count=count, rate=rate / DOORS)
    copies, _ = walk.take(COPY, first=0, count=count, rate=rate)
    _open(exam_id)
    walk.take(CLICK, first=count, count=WARM_UP, rate=50.0)
    clicks, tally = walk.take(CLICK, first=0, count=count, rate=rate)
    report.requests, report.seconds = len(tally.latencies), tally.seconds
    report.latencies = tally.latencies
    walk.take(*FORM_WAY, first=count + WARM_UP, count=WARM_UP, rate=30.0)
    form, _ = walk.take(*FORM_WAY, first=count + 2 * WARM_UP, count=BY_FORM, rate=30.0)
    each = round(copies["all"] + clicks["all"], 4)
    report.goal("cpu_ms_a_start_and_paper", f"<= {GOAL_CPU_MS}", each, met=each <= GOAL_CPU_MS)
    report.goal(
        "all_started_within_s",
        f"<= {within + 5:.0f}",
        round(tally.seconds, 1),
        met=tally.seconds <= within + 5,
    )
    report.notes += [
        f"the click: {clicks}",
        f"the paper: {copies}",
        f"before, in the waiting room ({', '.join(WAITING_ROOM)}): {waiting}",
        f"by the form ({', '.join(FORM_WAY)}): {form}",
    ]


def make_entrants(port: int, exam_id: int, cookies: list[str], csrf_token: str) -> Entrants:
    """The workload, made in the generator's process."""
    return Entrants(port=port, exam_id=exam_id, cookies=cookies, csrf_token=csrf_token)


def prepare(stage: Stage, count: int) -> tuple[int, Cookies]:
    """An exam that has yet to open, with signed-in candidates on its roster."""
    say(f"enrolling and signing in {count} candidates")
    exam_id = add_exam(stage.world, opens_in=timedelta(hours=2), window=timedelta(hours=2))
    people = add_people(stage.world, count)
    enrol_all(exam_id, people)
    cookies = sign_in_all(stage.world.app, people)
    settle_tables()
    return exam_id, cookies


def _open(exam_id: int) -> None:
    """Bring the opening forward to now, so that no measured step waits for it."""
    now = utc_now()
    db.session.rollback()
    with transaction() as session:
        session.execute(
            update(Exam).where(Exam.id == exam_id).values(opens_at=now - timedelta(seconds=1))
        )


def _attempts(exam_id: int) -> int:
    db.session.rollback()
    statement = select(func.count()).select_from(Attempt).where(Attempt.exam_id == exam_id)
    return db.session.scalar(statement) or 0
