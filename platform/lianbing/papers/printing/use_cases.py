"""Add a form to a paper; open a paper in one of its forms, to print it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import PaperId
from lianbing.papers.models import Paper
from lianbing.papers.printing.errors import TooManyForms
from lianbing.papers.printing.models import PaperForm
from lianbing.papers.printing.queries import list_labels, seed_of_form
from lianbing.papers.printing.rules import LABELS, form_paper
from lianbing.papers.queries import get_paper
from lianbing.papers.rules import FrozenPaper
from lianbing.papers.use_cases import open_paper
from lianbing.people.authority import require_reach


def add_form(session: Session, actor: Actor, paper_id: PaperId, *, seed: int, now: datetime) -> str:
    """One more form, with an order from the seed; return its label. Raises TooManyForms."""
    row = get_paper(session, paper_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=row.organisation_id)
    session.scalars(select(Paper.id).where(Paper.id == paper_id).with_for_update()).one()
    taken = list_labels(session, paper_id)
    label = next((one for one in LABELS if one not in taken), None)
    if label is None:
        raise TooManyForms
    session.add(
        PaperForm(paper_id=paper_id, label=label, seed=seed, made_at=now, made_by=actor.person_id)
    )
    audit.record(
        session,
        actor,
        "papers.add_form",
        subject=("paper", paper_id),
        now=now,
        details={"label": label},
    )
    return label


def open_form(
    session: Session,
    actor: Actor,
    paper_id: PaperId,
    label: str,
    *,
    purpose: str,
    now: datetime,
) -> FrozenPaper:
    """A paper as one of its forms holds it, with its keys, on the record.

    Raises FormNotFound, and PaperSealed while an exam is to be sat on it unless a second person has
    agreed: what is printed is out of the house.
    """
    row = get_paper(session, paper_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=row.organisation_id)
    seed = seed_of_form(session, paper_id, label)
    paper = open_paper(session, actor, paper_id, purpose=f"{purpose} {label}", now=now)
    return form_paper(paper, seed)
