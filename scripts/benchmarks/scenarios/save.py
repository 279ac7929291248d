"""``save``: one answer each, durable before the reply; an open loop, then two closed ones."""

from dataclasses import dataclass
from datetime import timedelta

from proving.processes import Meter
from proving.progress import say
from proving.world import (
    add_exam,
    add_people,
    enrol_all,
    legal_answers,
    start_attempts,
    tokens_of,
)

from benchmarks.floors import TrivialRequests, durable_writes, trivial_server
from benchmarks.generator import Generator
from benchmarks.http_load import Tally
from benchmarks.reconcile import count_lost
from benchmarks.report import Report, cpu_ms, percentile_ms
from benchmarks.saves import Saves, make_saves
from benchmarks.stage import Options, Stage, set_up
from lianbing.exams.attempt_tokens import Seat
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now

RATE = 3_000
OPEN_CONNECTIONS = 256
CLOSED = (64, 128)
CANDIDATES = 5_000
WARM_UP_SECONDS = 3.0
HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One loop's figures."""

    tally: Tally
    cpu: dict[str, float]

    @property
    def per_second(self) -> float:
        return len(self.tally.latencies) / self.tally.seconds


def run(options: Options) -> Report:
    """Measure saves; see the module."""
    report = Report(scenario="save embedded" if options.embedded else "save")
    with set_up(options) as stage:
        seats = _seat_candidates(stage, options.candidates or CANDIDATES)
        stage.product.start("web", "web")
        generator = Generator(
            make_saves,
            stage.product.port,
            tokens_of(stage.world.app, seats),
            legal_answers(stage.world.paper),
        )
        try:
            opened, closed = _load(stage, generator, options, report)
            report.errors, first = generator.run("refused")
            report.errors += sum(each.tally.errors for each in (opened, *closed.values()))
            say("reconciling every acknowledged answer with the journal")
            report.lost = _count_lost(stage, generator, seats)
            if first:
                report.notes.append(f"the first answer that was no acknowledgement: {first}")
        finally:
            generator.close()
        _judge(report, opened, closed, *_floors(stage, options, report))
    return report


def _seat_candidates(stage: Stage, count: int) -> list[Seat]:
    say(f"seating {count} candidates")
    window = timedelta(hours=2)
    exam_id = add_exam(stage.world, opens_in=-timedelta(minutes=1), window=window)
    people = add_people(stage.world, count)
    enrol_all(exam_id, people)
    return start_attempts(stage.world, exam_id, people, due_at=utc_now() + timedelta(minutes=90))


def _load(
    stage: Stage, generator: Generator, options: Options, report: Report
) -> tuple[Phase, dict[int, Phase]]:
    say("warming up")
    generator.run("closed_loop", seconds=WARM_UP_SECONDS, connections=CLOSED[0])
    rate = RATE
    say(f"open loop at {rate} saves a second for {options.seconds:.0f} s")
    opened = _measured(
        stage,
        generator,
        report,
        "open_loop",
        rate=rate,
        seconds=options.seconds,
        connections=OPEN_CONNECTIONS,
    )
    closed = {}
    for connections in CLOSED:
        say(f"closed loop with {connections} connections")
        closed[connections] = _measured(
            stage,
            generator,
            report,
            "closed_loop",
            seconds=options.seconds,
            connections=connections,
        )
        say(f"  {closed[connections].per_second:.0f} saves a second")
    report.requests = len(opened.tally.latencies)
    report.seconds = opened.tally.seconds
    report.latencies = opened.tally.latencies
    report.cpu_seconds = opened.cpu
    return opened, closed


def _measured(
    stage: Stage, generator: Generator, report: Report, method: str, **arguments: float
) -> Phase:
    meter = stage.meter()
    meter.start()
    tally: Tally = generator.run(method, meter=meter, **arguments)
    report.peak_rss_mb = max(report.peak_rss_mb, meter.peak_mb)
    return Phase(tally=tally, cpu=meter.cpu())


def _count_lost(stage: Stage, generator: Generator, seats: list[Seat]) -> int:
    acknowledged = generator.run("acknowledgements")
    mirror = Saves(port=0, tokens=(), answers=legal_answers(stage.world.paper))
    attempts = {seat.attempt_id: index for index, seat in enumerate(seats)}
    return count_lost(db.engine, acknowledged, attempts, mirror.content)


def _floors(
    stage: Stage, options: Options, report: Report
) -> tuple[dict[int, float], float | None]:
    stage.product.stop()
    trivial: dict[int, float] = {}
    spent: dict[int, float] = {}
    with trivial_server(options.wanted) as (port, pid):
        generator = Generator(TrivialRequests, port)
        try:
            generator.run("closed_loop", seconds=WARM_UP_SECONDS / 2, connections=CLOSED[0])
            for connections in CLOSED:
                say(f"floor: a trivial Flask endpoint, {connections} connections")
                meter = Meter({"all": pid})
                meter.start()
                tally = generator.run("closed_loop", seconds=6.0, connections=connections)
                spent[connections] = round(
                    meter.cpu()["all"] * 1000 / max(1, len(tally.latencies)), 4
                )
                trivial[connections] = round(len(tally.latencies) / tally.seconds, 1)
        finally:
            generator.close()
    writes = None
    if stage.postgres is not None:
        say("floor: pgbench, 32 clients")
        writes = durable_writes(stage.postgres, clients=32, seconds=6)
    report.floors = {
        **{f"trivial_flask_{c}_per_s": value for c, value in trivial.items()},
        **{f"trivial_flask_{c}_cpu_ms": value for c, value in spent.items()},
        "pgbench_32_per_s": writes,
    }
    return trivial, writes


def _judge(
    report: Report,
    opened: Phase,
    closed: dict[int, Phase],
    trivial: dict[int, float],
    writes: float | None,
) -> None:
    cpu = cpu_ms(opened.cpu, len(opened.tally.latencies))["all"]
    report.goal("open_cpu_ms_per_save", "<= 0.25", cpu, met=cpu <= 0.25)
    p99 = percentile_ms(opened.tally.latencies, 99) or 0.0
    report.goal("open_p99_ms", "< 50", p99, met=p99 < 50)
    report.goal("lost", "0", report.lost, met=report.lost == 0)
    for connections, phase in closed.items():
        found = round(phase.per_second, 1)
        name = f"closed_{connections}"
        report.goal(
            f"{name}_vs_trivial_flask",
            f">= {trivial[connections]}",
            found,
            met=found >= trivial[connections],
        )
        half = None if writes is None else round(writes * HALF, 1)
        met = None if half is None else found >= half
        report.goal(f"{name}_vs_half_pgbench", f">= {half}", found, met=met)
        report.notes.append(
            f"{name}: {found} a second, p99 {percentile_ms(phase.tally.latencies, 99)} ms, "
            f"CPU-ms {cpu_ms(phase.cpu, len(phase.tally.latencies))}"
        )
