"""Draw up the proof sheet of a set, under the rules for opening its papers."""

from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.papers.assembly import drafts
from lianbing.papers.assembly.errors import NotADraft
from lianbing.papers.assembly.models import PaperSet
from lianbing.papers.assembly.queries import SetRow, SetState, get_set
from lianbing.papers.proofs.queries import placed_problem
from lianbing.papers.proofs.rules import Proof, prove
from lianbing.papers.use_cases import open_paper
from lianbing.people.authority import require_reach


def prove_set(
    session: Session, actor: Actor, set_id: int, *, now: datetime
) -> tuple[SetRow, Proof]:
    """The proof of a draft or of frozen papers, on the record.

    Raises PaperSealed as opening the papers would: the sheet rests on their content. Raises
    NotADraft for a set without papers.
    """
    row = get_set(session, set_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=row.organisation_id)
    if row.state not in (SetState.DRAFT, SetState.FROZEN):
        raise NotADraft
    for paper_id in row.papers:
        open_paper(session, actor, paper_id, purpose="proof", now=now)
    audit.record(session, actor, "papers.prove_set", subject=("paper_set", set_id), now=now)
    draft = drafts.read(session, session.get_one(PaperSet, set_id))
    problem = placed_problem(session, row, draft)
    return row, prove(problem, draft.papers)
