"""A paper's forms, and the pictures of its questions."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.pictures.models import QuestionPicture
from lianbing.kernel.ids import PaperId
from lianbing.papers.printing.errors import FormNotFound
from lianbing.papers.printing.models import PaperForm
from lianbing.papers.printing.rules import OWN_ORDER


def list_labels(session: Session, paper_id: PaperId) -> list[str]:
    """The labels of a paper's forms, its own order first."""
    statement = (
        select(PaperForm.label).where(PaperForm.paper_id == paper_id).order_by(PaperForm.label)
    )
    return [OWN_ORDER, *session.scalars(statement)]


def seed_of_form(session: Session, paper_id: PaperId, label: str) -> int | None:
    """The form's seed, None for the paper's own order; raises FormNotFound."""
    if label == OWN_ORDER:
        return None
    form = session.get(PaperForm, (paper_id, label))
    if form is None:
        raise FormNotFound
    return form.seed


def picture_bytes(session: Session, names: Collection[str]) -> dict[str, bytes]:
    """Pictures by their names; those that do not exist are left out."""
    statement = select(QuestionPicture.name, QuestionPicture.data).where(
        QuestionPicture.name.in_(sorted(names))
    )
    return {row[0]: row[1] for row in session.execute(statement)} if names else {}
