"""Ask for parallel papers, give a job up, discard a draft."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.banks.sharing.use_cases import draw_from_bank
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Msgid
from lianbing.kernel.ids import BlueprintId
from lianbing.papers.assembly import drafts
from lianbing.papers.assembly.changing import require_opened_for
from lianbing.papers.assembly.drafts import Draft
from lianbing.papers.assembly.errors import WantedInvalid
from lianbing.papers.assembly.models import PaperSet
from lianbing.papers.assembly.queries import SetState
from lianbing.papers.assembly.reaching import reached_set, record_act, require_draft
from lianbing.papers.assembly.wanted import Wanted, wanted_to_json
from lianbing.papers.blueprints import cells_to_json
from lianbing.papers.pool.queries import questions_by_code
from lianbing.papers.queries import get_blueprint
from lianbing.people.authority import require_reach


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
    """Ask for a set of papers by a blueprint as it stands; return the set's number.

    Raises WantedInvalid, UnknownCodes; PurposeNeeded when an exam-only question is picked for
    them before a purpose is stated.
    """
    blueprint = get_blueprint(session, blueprint_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=blueprint.organisation_id)
    draw_from_bank(session, actor, blueprint.bank_id, now=now)
    problem = wanted.problem()
    if problem is not None:
        raise WantedInvalid(problem=Msgid(problem))
    fixed = questions_by_code(session, blueprint.bank_id, wanted.fixed_codes)
    picked = [version for _question, version in fixed.values()]
    require_opened_for(session, actor, blueprint.bank_id, picked, now=now)
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
    record_act(session, actor, "papers.ask_for_set", row, now, {"papers": wanted.papers})
    return row.id


def cancel(session: Session, actor: Actor, set_id: int, *, now: datetime) -> None:
    """Give up a job; whoever works on it hears of it within a second or two."""
    row = reached_set(session, actor, set_id)
    match SetState(row.state):
        case SetState.WAITING:
            row.state = SetState.CANCELLED
        case SetState.RUNNING:
            row.cancel_asked = True
        case _:
            return
    record_act(session, actor, "papers.cancel_set", row, now, {})


def discard(session: Session, actor: Actor, set_id: int, *, now: datetime) -> None:
    """Give up a draft; nothing of it is kept."""
    row = reached_set(session, actor, set_id)
    require_draft(row)
    row.state, row.sealed = SetState.DISCARDED, None
    record_act(session, actor, "papers.discard_set", row, now, {})
