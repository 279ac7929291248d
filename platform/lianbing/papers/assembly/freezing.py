"""Freeze the papers of a draft: all of a set, or none."""

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BlueprintId, PaperId
from lianbing.papers.assembly import drafts
from lianbing.papers.assembly.demands import demand_words
from lianbing.papers.assembly.drafts import Draft
from lianbing.papers.assembly.errors import DraftNotKept, DraftOutdated
from lianbing.papers.assembly.models import PaperSetMember
from lianbing.papers.assembly.queries import SetState, get_set, problem_of
from lianbing.papers.assembly.reaching import reached_set, record_act, require_draft
from lianbing.papers.assembly.rules import Placed, Problem, faults
from lianbing.papers.drawing import Drawn, in_paper_order
from lianbing.papers.pool.queries import codes_of
from lianbing.papers.queries import get_blueprint
from lianbing.papers.use_cases import freeze, listed

CODES_TOLD = 10
SEED_BITS = 63


def outdated(problem: Problem, draft: Draft) -> set[int]:
    """The draft's questions that are no longer for exams, or have another version by now."""
    return {
        number
        for number, version in draft.versions.items()
        if number not in problem.by_id or problem.by_id[number].item.version_id != version
    }


def freeze_set(session: Session, actor: Actor, set_id: int, *, now: datetime) -> list[PaperId]:
    """Freeze every paper of a draft; raises DraftOutdated, DraftNotKept, NotADraft."""
    row = reached_set(session, actor, set_id)
    require_draft(row)
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
    record_act(session, actor, "papers.freeze_set", row, now, {"papers": list(papers)})
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
