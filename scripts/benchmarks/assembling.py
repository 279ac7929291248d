"""``bank``, part ``assembly``: 4 papers of 100 from 5,000 questions; and why there are none."""

import random
from array import array
from decimal import Decimal
from time import perf_counter, process_time

from proving.progress import say

from benchmarks.made_up_bank import KINDS, made_up_bank, scope_codes
from benchmarks.report import Report
from lianbing.banks.use_cases import load_bank
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, BlueprintId, OrganisationId
from lianbing.papers.assembly import tasks, use_cases
from lianbing.papers.assembly.queries import SetState, get_set
from lianbing.papers.assembly.wanted import Wanted
from lianbing.papers.blueprints import Cell
from lianbing.papers.pool.use_cases import declare_enemies
from lianbing.papers.use_cases import save_blueprint

QUESTIONS = 5_000
PAIRS = 100
PAPERS = 4
COUNTS = (12, 4, 4)
"""Questions of each kind a scope: 100 over five scopes."""

TOO_MANY = 60
"""Multiple-choice questions a scope that four papers cannot have apart from each other."""

GOAL_SECONDS = 10.0


def measure_assembly(owner: OrganisationId, shape: str, report: Report) -> None:
    """Papers that can be had, with a goal; papers that cannot, in a note."""
    bank_id = _load(owner)
    wanted = Wanted(papers=PAPERS, points_least=80)
    say(f"{PAPERS} papers of 100 from {QUESTIONS} questions")
    found, cpu = _assemble(_blueprint(bank_id, COUNTS), wanted, SetState.DRAFT)
    goal = f"< {GOAL_SECONDS:.0f}"
    report.goal(f"assembly_{shape}_s", goal, round(found, 2), met=found < GOAL_SECONDS)
    say("more than the bank has, and why not")
    greedy = _blueprint(bank_id, (COUNTS[0], TOO_MANY, COUNTS[2]))
    refused, refused_cpu = _assemble(greedy, wanted, SetState.IMPOSSIBLE)
    report.notes.append(
        f"{shape} assembly on one thread: found in {found:.2f} s ({cpu:.2f} CPU s), "
        f"told why not in {refused:.2f} s ({refused_cpu:.2f} CPU s)"
    )
    report.latencies = array("d", [*report.latencies, found])


def _load(owner: OrganisationId) -> BankId:
    say(f"loading a bank of {QUESTIONS} made-up questions")
    bank, now = made_up_bank(QUESTIONS), utc_now()
    with transaction() as session:
        bank_id = load_bank(session, SYSTEM, bank, organisation_id=owner, now=now).bank_id
    rng = random.Random(PAIRS)
    codes = [entry.code for entry in bank.questions]
    pairs = {tuple(sorted(rng.sample(codes, 2))) for _pair in range(PAIRS)}
    with transaction() as session:
        for one, other in sorted(pairs):
            declare_enemies(session, SYSTEM, bank_id, (one, other), reason="", now=now)
    return bank_id


def _blueprint(bank_id: BankId, counts: tuple[int, ...]) -> BlueprintId:
    cells = [
        Cell(type=kind, count=count, marks=Decimal(1), scope_code=scope)
        for scope in scope_codes()
        for kind, count in zip(KINDS, counts, strict=True)
    ]
    with transaction() as session:
        return save_blueprint(
            session, SYSTEM, bank_id=bank_id, title="百题卷", cells=cells, now=utc_now()
        )


def _assemble(blueprint_id: BlueprintId, wanted: Wanted, expected: SetState) -> tuple[float, float]:
    """Wall and CPU seconds from the task's start to its end; the request itself is a row."""
    with transaction() as session:
        set_id = use_cases.ask_for_papers(
            session, SYSTEM, blueprint_id, wanted, title="平行卷", seed=1, now=utc_now()
        )
    began, cpu = perf_counter(), process_time()
    tasks.assemble_waiting()
    taken = perf_counter() - began, process_time() - cpu
    state = get_set(db.session(), set_id).state
    db.session.rollback()
    if state is not expected:
        raise RuntimeError(f"the set ended {state}, not {expected}")
    return taken
