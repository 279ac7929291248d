"""The job of assembling a set: taken up, kept alive, and ended with papers or without."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.papers.assembly import drafts
from lianbing.papers.assembly.conflicts import Conflict, conflict_to_json
from lianbing.papers.assembly.models import PaperSet
from lianbing.papers.assembly.queries import SetState, get_set, problem_of
from lianbing.papers.assembly.reaching import locked_set
from lianbing.papers.assembly.rules import Papers, Problem
from lianbing.papers.vault import wrapping_fingerprint

SILENT_FOR = timedelta(seconds=60)
"""After so long without a sign of life somebody else takes the job up."""


def take_next(session: Session, *, now: datetime) -> int | None:
    """Take up the oldest job that nobody works on; None when there is none.

    One that is sealed under another key than the present waits until that key is back, or
    until it was wrapped anew.
    """
    row = session.scalars(
        select(PaperSet)
        .where(
            (PaperSet.state == SetState.WAITING)
            | ((PaperSet.state == SetState.RUNNING) & (PaperSet.alive_at < now - SILENT_FOR)),
            PaperSet.wrapping_key == wrapping_fingerprint(session),
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
    row = locked_set(session, set_id)
    if row.state != SetState.RUNNING or row.cancel_asked:
        return False
    row.alive_at, row.progress = now, progress
    return True


def keep_papers(session: Session, set_id: int, problem: Problem, papers: Papers) -> None:
    """Keep what was assembled as a draft; a job that was cancelled meanwhile stays cancelled.

    The difficulty aimed at is kept with it, so that a bank that changes does not move it.
    """
    row = locked_set(session, set_id)
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
    row = locked_set(session, set_id)
    if row.state != SetState.RUNNING:
        return
    row.state, row.progress = state, 100
    row.conflict = None if conflict is None else conflict_to_json(conflict)
