"""``login``: a rush at the door, alone, then beside two thousand saves a second."""

from datetime import timedelta
from typing import Any

from proving.progress import say
from proving.world import (
    add_exam,
    add_people,
    door_cookie,
    enrol_all,
    legal_answers,
    phone_of,
    start_attempts,
    tokens_of,
)

from benchmarks.generator import Generator
from benchmarks.http_load import Tally
from benchmarks.report import Report, percentile_ms
from benchmarks.saves import make_saves
from benchmarks.signing_in import SignIns
from benchmarks.stage import Options, Stage, set_up
from lianbing.kernel.clock import utc_now
from lianbing.people.accounts.hashing import PasswordHashing

PEOPLE = 4_000
PASSWORD = "Bench-2026-lianbing"  # a throw-away database's own
OFFERED = 120.0
SAVES = 2_000
CONNECTIONS = 128
GOAL_ALONE = 80
GOAL_BESIDE = 30


def run(options: Options) -> Report:
    """Measure sign-ins; a sign-in is the press of the button, argon2id included."""
    report = Report(scenario="login")
    count = options.candidates or PEOPLE
    with set_up(options) as stage:
        signing, saving = _prepare(stage, count)
        try:
            _alone(stage, signing, options, report)
            _beside(signing, saving, options, report)
        finally:
            signing.close()
            saving.close()
    return report


def make_sign_ins(port: int, names: list[str], cookie: str, csrf_token: str) -> SignIns:
    """The workload, made in the generator's process."""
    return SignIns(port=port, names=names, password=PASSWORD, cookie=cookie, csrf_token=csrf_token)


def _prepare(stage: Stage, count: int) -> tuple[Generator, Generator]:
    say(f"making {count} accounts and as many attempts under way")
    people = add_people(stage.world, count, password_hash=PasswordHashing(1).hash(PASSWORD))
    exam_id = add_exam(stage.world, opens_in=-timedelta(minutes=1), window=timedelta(hours=2))
    enrol_all(exam_id, people)
    due_at = utc_now() + timedelta(minutes=90)
    seats = start_attempts(stage.world, exam_id, people, due_at=due_at)
    door = door_cookie(stage.world.app)
    stage.product.start("web", "web")
    port = stage.product.port
    names = [phone_of(index) for index in range(count)]
    tokens = tokens_of(stage.world.app, seats)
    return (
        Generator(make_sign_ins, port, names, door.cookies[0], door.csrf_token),
        Generator(make_saves, port, tokens, legal_answers(stage.world.paper)),
    )


def _alone(stage: Stage, signing: Generator, options: Options, report: Report) -> None:
    say("warming up")
    signing.run("open_loop", rate=20.0, seconds=2.0, connections=CONNECTIONS)
    say(f"{OFFERED:.0f} sign-ins a second, alone")
    meter = stage.meter()
    meter.start()
    tally: Tally = signing.run(
        "open_loop", meter=meter, rate=OFFERED, seconds=options.seconds, connections=CONNECTIONS
    )
    report.cpu_seconds, report.peak_rss_mb = meter.cpu(), meter.peak_mb
    outcome = signing.run("outcome")
    report.requests = outcome["admitted"]
    report.seconds, report.latencies = tally.seconds, tally.latencies
    report.errors = tally.errors + outcome["wrong"]
    per_second = round(outcome["admitted_while_pressed"] / options.seconds, 1)
    report.goal("alone_per_s", f">= {GOAL_ALONE}", per_second, met=per_second >= GOAL_ALONE)
    report.notes.append(f"alone: {outcome}")


def _beside(signing: Generator, saving: Generator, options: Options, report: Report) -> None:
    loop = {"rate": SAVES, "seconds": options.seconds, "connections": 256}
    say(f"{SAVES} saves a second, alone")
    saving.run("open_loop", rate=SAVES, seconds=3.0, connections=256)
    alone: Tally = saving.run("open_loop", **loop)
    say("the same beside the rush")
    saving.begin("open_loop", **loop)
    rush: Tally = signing.run(
        "open_loop", rate=OFFERED, seconds=options.seconds, connections=CONNECTIONS, drain=0.0
    )
    beside: Tally = saving.result()
    outcome: dict[str, Any] = signing.run("outcome")
    p99_alone, p99 = percentile_ms(alone.latencies, 99), percentile_ms(beside.latencies, 99)
    admitted = round(outcome["admitted_while_pressed"] / options.seconds, 1)
    report.goal(
        "admitted_beside_saves_per_s", f">= {GOAL_BESIDE}", admitted, met=admitted >= GOAL_BESIDE
    )
    at_most = 2 * (p99_alone or 0.0)
    report.goal(
        "saves_p99_ms_beside", f"<= {at_most:.1f}", p99, met=p99 is not None and p99 <= at_most
    )
    waited, shown = outcome["asked_to_wait"], outcome["shown_a_place"]
    report.goal(
        "excess_sees_its_place_in_line",
        "all who are asked to wait",
        f"{shown} of {waited}",
        met=None if not waited else shown == waited,
    )
    refused, first = saving.run("refused")
    report.errors += refused + alone.errors + beside.errors + rush.errors + outcome["wrong"]
    if first or outcome["first_wrong"]:
        report.notes.append(f"first error: {first or outcome['first_wrong']}")
    report.notes.append(f"beside saves: {outcome}")
