"""The demo's paper: one blueprint over the electricians' bank, drawn once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import find_bank
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.ids import BlueprintId, OrganisationId, PaperId
from lianbing.papers.blueprints import hundred_marks
from lianbing.papers.models import Blueprint, Paper
from lianbing.papers.use_cases import draw_paper, save_blueprint

DEMO_BANK = "electrician-g5-g4"
BLUEPRINT_TITLE = "电工理论（五级/四级）百分卷"
PAPER_TITLE = "电工理论试卷（示例）"
DEMO_SEED = 20261120


def load_demo(
    session: Session, *, organisation_id: OrganisationId, now: datetime
) -> PaperId | None:
    """The demo paper, drawn when it is not there yet; None without the electricians' bank."""
    bank = find_bank(session, organisation_id=organisation_id, code=DEMO_BANK)
    if bank is None:
        return None
    known = session.scalar(
        select(Paper.id).where(Paper.bank_id == bank.id, Paper.title == PAPER_TITLE)
    )
    if known is not None:
        return PaperId(known)
    blueprint_id = session.scalar(
        select(Blueprint.id).where(Blueprint.bank_id == bank.id, Blueprint.title == BLUEPRINT_TITLE)
    )
    if blueprint_id is None:
        blueprint_id = save_blueprint(
            session,
            SYSTEM,
            bank_id=bank.id,
            title=BLUEPRINT_TITLE,
            cells=hundred_marks(),
            now=now,
        )
    return draw_paper(
        session,
        SYSTEM,
        BlueprintId(blueprint_id),
        seed=DEMO_SEED,
        now=now,
        title=PAPER_TITLE,
    )
