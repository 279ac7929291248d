"""Ask for parallel papers; take such a job and finish it; swap questions; freeze or discard."""

import hashlib
import random
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import get_bank
from lianbing.banks.secrecy.use_cases import record_views
from lianbing.banks.sharing.use_cases import draw_from_bank
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Msgid, NotFound
from lianbing.kernel.ids import BlueprintId, PaperId
from lianbing.papers.assembly import drafts
from lianbing.papers.assembly.conflicts import Conflict, conflict_to_json
from lianbing.papers.assembly.demands import demand_words
from lianbing.papers.assembly.drafts import Draft
from lianbing.papers.assembly.errors import (
    DoesNotFit,
    DraftChanged,
    DraftNotKept,
    DraftOutdated,
    NotADraft,
    WantedInvalid,
)
from lianbing.papers.assembly.models import PaperSet, PaperSetMember
from lianbing.papers.assembly.queries import SetRow, SetState, get_set, problem_of
from lianbing.papers.assembly.rules import Papers, Placed, Problem, faults
from lianbing.papers.assembly.swapping import fitting, swapped
from lianbing.papers.assembly.wanted import Wanted, wanted_to_json
from lianbing.papers.blueprints import cells_to_json
from lianbing.papers.drawing import Drawn, in_paper_order
from lianbing.papers.pool.queries import codes_of, questions_by_code
from lianbing.papers.queries import get_blueprint
from lianbing.papers.use_cases import freeze, listed
from lianbing.people.authority import reaches, require_reach

SILENT_FOR = timedelta(seconds=60)
"""After so long without a sign of life somebody else takes the job up."""

CODES_TOLD = 10
SEED_BITS = 63


def ask_for_papers(
    session: Session,
    actor: Actor,
    blueprint_id: BlueprintId,
    wanted: Wanted,
    *,
    title: str,
    seed: int,
    now: datetime,
) -> int:
    """Ask for a set of papers by a blueprint as it stands; return the set's number."""
    blueprint = get_blueprint(session, blueprint_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=blueprint.organisation_id)
    draw_from_bank(session, actor, blueprint.bank_id, now=now)
    problem = wanted.problem()
    if problem is not None:
        raise WantedInvalid(problem=Msgid(problem))
    fixed = questions_by_code(session, blueprint.bank_id, wanted.fixed_codes)
    row = PaperSet(
        organisation_id=blueprint.organisation_id,
        bank_id=blueprint.bank_id,
        blueprint_id=blueprint.id,
        title=title,
        state=SetState.WAITING,
        progress=0,
        cancel_asked=False,
        asked=wanted_to_json(wanted),
        cells=cells_to_json(blueprint.cells),
        conflict=None,
        name=secrets.token_hex(16),
        asked_at=now,
        asked_by=actor.person_id,
        alive_at=None,
    )
    numbers = sorted(question for question, _version in fixed.values())
    drafts.keep(session, row, Draft(seed=seed, fixed=tuple(numbers), versions={}))
    session.add(row)
    session.flush()
    _record(session, actor, "papers.ask_for_set", row, now, {"papers": wanted.papers})
    return row.id


def take_next(session: Session, *, now: datetime) -> int | None:
    """Take up the oldest job that nobody works on; None when there is none."""
    row = session.scalars(
        select(PaperSet)
        .where(
            (PaperSet.state == SetState.WAITING)
            | ((PaperSet.state == SetState.RUNNING) & (PaperSet.alive_at < now - SILENT_FOR))
        )
        .order_by(PaperSet.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    row.state, row.alive_at, row.progress = SetState.RUNNING, now, 10
    return row.id


def load_problem(session: Session, set_id: int) -> Problem:
    """What a set asks for, over the bank as it stands; raises SealBroken."""
    row = session.get_one(PaperSet, set_id)
    return problem_of(session, get_set(session, set_id), drafts.read(session, row))


def give_sign_of_life(session: Session, set_id: int, *, progress: int, now: datetime) -> bool:
    """Say how far a job is; whether it is still wanted."""
    row = _locked(session, set_id)
    if row.state != SetState.RUNNING or row.cancel_asked:
        return False
    row.alive_at, row.progress = now, progress
    return True


def keep_papers(session: Session, set_id: int, problem: Problem, papers: Papers) -> None:
    """Keep what was assembled as a draft; a job that was cancelled meanwhile stays cancelled.

    The difficulty aimed at is kept with it, so that a bank that changes does not move it.
    """
    row = _locked(session, set_id)
    if row.state != SetState.RUNNING:
        return
    versions = {one.id: one.item.version_id for one in problem.candidates}
    drafts.keep(session, row, drafts.read(session, row).with_papers(papers, dict(versions)))
    row.asked = {**row.asked, "target": str(problem.target)}
    row.state, row.progress = SetState.DRAFT, 100


def end_without_papers(
    session: Session, set_id: int, state: SetState, conflict: Conflict | None = None
) -> None:
    """Close a job that brought no papers."""
    row = _locked(session, set_id)
    if row.state != SetState.RUNNING:
        return
    row.state, row.progress = state, 100
    row.conflict = None if conflict is None else conflict_to_json(conflict)


def cancel(session: Session, actor: Actor, set_id: int, *, now: datetime) -> None:
    """Give up a job; whoever works on it hears of it within a second or two."""
    row = _reached(session, actor, set_id)
    match SetState(row.state):
        case SetState.WAITING:
            row.state = SetState.CANCELLED
        case SetState.RUNNING:
            row.cancel_asked = True
        case _:
            return
    _record(session, actor, "papers.cancel_set", row, now, {})


def open_set(
    session: Session, actor: Actor, set_id: int, *, now: datetime
) -> tuple[SetRow, Problem, Draft]:
    """A draft with its questions' numbers, on the record; raises NotADraft."""
    row = _reached(session, actor, set_id)
    _require_draft(row)
    draft = drafts.read(session, row)
    shown = get_set(session, set_id)
    _record(session, actor, "papers.open_draft", row, now, {})
    return shown, problem_of(session, shown, draft), draft


def show_questions(
    session: Session,
    actor: Actor,
    row: SetRow,
    problem: Problem,
    question_ids: Iterable[int],
    *,
    now: datetime,
) -> None:
    """Write down which exam-only questions are shown; raises PurposeNeeded before a purpose.

    Who draws from a bank by grant does not pass its keepers' door: for them the opening of the
    draft stands in the audit trail alone.
    """
    found = [problem.by_id[number].item for number in question_ids if number in problem.by_id]
    secret = [item.version_id for item in found if not item.may_be_practised]
    keeper = get_bank(session, row.bank_id).organisation_id
    if secret and reaches(session, actor, Role.TRAINER, organisation_id=keeper):
        record_views(session, actor, row.bank_id, secret, now=now)


def swap(
    session: Session,
    actor: Actor,
    set_id: int,
    *,
    paper: int,
    out: int,
    into: int | str,
    now: datetime,
) -> None:
    """Put another question, by its number or its code, in the place of one; papers from 0.

    Raises DoesNotFit, DraftChanged, UnknownCodes. What else the new set may fail is told on its
    page and keeps it from being frozen.
    """
    row = _reached(session, actor, set_id)
    _require_draft(row)
    draft = drafts.read(session, row)
    problem = problem_of(session, get_set(session, set_id), draft)
    if isinstance(into, str):
        into = questions_by_code(session, get_set(session, set_id).bank_id, [into])[into][0]
    if not 0 <= paper < len(draft.papers):
        raise DraftChanged
    place = next((one for one in draft.papers[paper] if one.question_id == out), None)
    if place is None:
        raise DraftChanged
    if into not in {one.id for one in fitting(problem, draft.papers[paper], place)}:
        raise DoesNotFit
    papers = swapped(draft.papers, paper, place, into)
    versions = {**draft.versions, into: problem.by_id[into].item.version_id}
    drafts.keep(session, row, draft.with_papers(papers, versions))
    _record(session, actor, "papers.swap", row, now, {"paper": paper + 1})


def outdated(problem: Problem, draft: Draft) -> set[int]:
    """The draft's questions that are no longer for exams, or have another version by now."""
    return {
        number
        for number, version in draft.versions.items()
        if number not in problem.by_id or problem.by_id[number].item.version_id != version
    }


def freeze_set(session: Session, actor: Actor, set_id: int, *, now: datetime) -> list[PaperId]:
    """Freeze every paper of a draft; raises DraftOutdated, DraftNotKept, NotADraft."""
    row = _reached(session, actor, set_id)
    _require_draft(row)
    draft = drafts.read(session, row)
    problem = problem_of(session, get_set(session, set_id), draft)
    old = outdated(problem, draft)
    if old:
        codes = sorted(codes_of(session, old).values())[:CODES_TOLD]
        raise DraftOutdated(codes=", ".join(codes))
    failed = faults(problem, draft.papers)
    if failed:
        raise DraftNotKept(demands=listed([demand_words(demand) for demand in sorted(failed)]))
    blueprint = get_blueprint(session, BlueprintId(row.blueprint_id))
    papers: list[PaperId] = []
    for number, paper in enumerate(draft.papers, start=1):
        seed = seed_of(draft.seed, number)
        title = row.title if len(draft.papers) == 1 else f"{row.title} {number}"
        drawn = _drawn(problem, paper, seed)
        papers.append(freeze(session, actor, blueprint, drawn, title=title, seed=seed, now=now))
        session.add(PaperSetMember(set_id=row.id, number=number, paper_id=papers[-1]))
    row.state = SetState.FROZEN
    _record(session, actor, "papers.freeze_set", row, now, {"papers": list(papers)})
    return papers


def seed_of(seed: int, number: int) -> int:
    """The seed of one paper's letters and order, from the set's seed."""
    digest = hashlib.sha256(f"lianbing.paper-set/1\n{seed}\n{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - SEED_BITS)


def _drawn(problem: Problem, paper: Sequence[Placed], seed: int) -> Sequence[Drawn]:
    numbers = sorted(place.question_id for place in paper)
    random.Random(f"order:{seed}").shuffle(numbers)  # noqa: S311 - reproducible, no secret
    drawn = [
        Drawn(item=problem.by_id[place.question_id].item, cell=problem.cells[place.cell])
        for place in paper
    ]
    return in_paper_order(drawn, numbers)


def discard(session: Session, actor: Actor, set_id: int, *, now: datetime) -> None:
    """Give up a draft; nothing of it is kept."""
    row = _reached(session, actor, set_id)
    _require_draft(row)
    row.state, row.sealed = SetState.DISCARDED, None
    _record(session, actor, "papers.discard_set", row, now, {})


def _locked(session: Session, set_id: int) -> PaperSet:
    row = session.scalars(
        select(PaperSet)
        .where(PaperSet.id == set_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _reached(session: Session, actor: Actor, set_id: int) -> PaperSet:
    found = get_set(session, set_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=found.organisation_id)
    return _locked(session, set_id)


def _require_draft(row: PaperSet) -> None:
    if row.state != SetState.DRAFT:
        raise NotADraft


def _record(
    session: Session,
    actor: Actor,
    action: str,
    row: PaperSet,
    now: datetime,
    details: dict[str, object],
) -> None:
    audit.record(session, actor, action, subject=("paper_set", row.id), now=now, details=details)
