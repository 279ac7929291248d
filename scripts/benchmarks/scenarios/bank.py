"""``bank``: a trainer's work in a bank of 50,000 questions, on both databases, part by part."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter, process_time

from flask.testing import FlaskClient
from proving.progress import say
from proving.world import add_people, sign_in_all
from sqlalchemy import insert

from benchmarks.assembling import measure_assembly
from benchmarks.comparing import measure_duplicates
from benchmarks.importing import measure_import
from benchmarks.large_bank import add_large_bank
from benchmarks.report import Report, percentile_ms
from benchmarks.stage import Options, Stage, set_up
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId
from lianbing.people.models.accounts import Account
from lianbing.people.models.roles import RoleHolding

QUESTIONS = 50_000
ROUNDS = 5
GOAL_PAGE_MS = 200.0
LISTS = ("", "page=2", "page=700", "type=true_false", "band=hard&use=exam", "state=draft&page=3")
SEARCHES = (
    "search=%E6%8E%A5%E5%9C%B0",  # 接地: in many
    "search=%E7%AC%AC%204711%20%E9%A2%98",  # 第 4711 题: in one
    "search=%E6%B2%A1%E6%9C%89%E7%9A%84%E8%AF%8D",  # 没有的词: in none
    "search=%E7%94%B5%E9%98%BB&band=easy",
    "search=L0042",
)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A stage with the large bank and a trainer's browser; ``shape`` names the database."""

    stage: Stage
    bank_id: BankId
    client: FlaskClient
    shape: str


Part = Callable[[Desk, Report], None]


def _list(desk: Desk, report: Report) -> None:
    _pages(desk, report, "list", LISTS)


def _search(desk: Desk, report: Report) -> None:
    _pages(desk, report, "search", SEARCHES)


def _assembly(desk: Desk, report: Report) -> None:
    measure_assembly(desk.stage.world.city_id, desk.shape, report)


def _duplicates(desk: Desk, report: Report) -> None:
    measure_duplicates(desk.stage.world.city_id, desk.client, desk.shape, report)


def _import(desk: Desk, report: Report) -> None:
    measure_import(desk.bank_id, desk.shape, report)


PARTS: dict[str, Part] = {
    "list": _list,
    "search": _search,
    "duplicates": _duplicates,
    "assembly": _assembly,
    "import": _import,
}
"""By name, in order; each adds its goals to the report."""


def run(options: Options) -> Report:
    """Every part on PostgreSQL, then on SQLite."""
    report = Report(scenario="bank")
    began = perf_counter()
    for shape, embedded in (("postgresql", False), ("sqlite", True)):
        with set_up(replace(options, embedded=embedded)) as stage:
            count = options.candidates or QUESTIONS
            say(f"a bank of {count} questions on {shape}")
            desk = Desk(
                stage=stage,
                bank_id=add_large_bank(stage.world, count),
                client=_trainer(stage),
                shape=shape,
            )
            for name, part in PARTS.items():
                say(f"{shape}: {name}")
                part(desk, report)
    report.requests = len(report.latencies)
    report.seconds = perf_counter() - began
    return report


def _trainer(stage: Stage) -> FlaskClient:
    """The browser of a signed-in trainer of the whole city."""
    person_id = add_people(stage.world, 1)[0]
    held = {"person_id": person_id, "organisation_id": stage.world.city_id, "role": Role.TRAINER}
    with transaction() as session:
        session.execute(
            insert(RoleHolding).values(**held, valid_from=date(2020, 1, 1), granted_at=utc_now())
        )
    assert db.session.get(Account, person_id) is not None
    db.session.rollback()
    app = stage.world.app
    client = app.test_client()
    name = app.config["SESSION_COOKIE_NAME"]
    client.set_cookie(name, sign_in_all(app, [person_id]).cookies[0])
    return client


def _pages(desk: Desk, report: Report, part: str, queries: Sequence[str]) -> None:
    """Whole pages as the trainer gets them, drawn and all."""
    taken = array("d")
    for query in queries:
        _get(desk, query)
        each = array("d")
        own = process_time()
        for _ in range(ROUNDS):
            before = perf_counter()
            _get(desk, query)
            each.append(perf_counter() - before)
        cpu = (process_time() - own) * 1000 / ROUNDS
        report.notes.append(
            f"{desk.shape} {part} ?{query}: p50 {percentile_ms(each, 50)} ms, "
            f"CPU of the web process {cpu:.0f} ms"
        )
        taken.extend(each)
    slowest = percentile_ms(taken, 95)
    report.goal(
        f"{part}_{desk.shape}_p95_ms",
        f"< {GOAL_PAGE_MS:.0f}",
        slowest,
        met=slowest is not None and slowest < GOAL_PAGE_MS,
    )
    report.latencies = array("d", [*report.latencies, *taken])


def _get(desk: Desk, query: str) -> None:
    answer = desk.client.get(f"/banks/{desk.bank_id}/?{query}")
    if answer.status_code != 200:
        raise RuntimeError(f"{query}: {answer.status_code}")
