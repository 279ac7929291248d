"""Dealing many seats in the background: asked for, taken up, written in parts, finished.

One job an exam. Whoever takes it up deals anew from the job's seed, so a job whose worker died
is begun again and ends the same; its ``turn`` keeps out a worker that was only thought dead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lianbing.exams.models import Exam, ExamCandidate
from lianbing.exams.seating.dealing import dealt_rows, new_seed, note_dealt, prepare
from lianbing.exams.seating.models import ExamSeat, ExamSeating, SeatDeal
from lianbing.exams.seating.planning import clear_deal, lock_draft
from lianbing.exams.seating.rules import DealState
from lianbing.kernel.actor import SYSTEM, Actor
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import ExamId, PersonId

MOST_AT_ONCE = 2000
"""So many candidates are dealt while the organiser waits; more in the background."""
SILENT_FOR = timedelta(seconds=60)
"""After so long without a sign of life somebody else takes the job up."""
READ, SHARED_OUT = 5, 40
"""Progress in per cent when a job is taken up, and when only the writing is left."""


class TurnLost(Exception):
    """The job is gone, or somebody else has taken it up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A job as one worker has taken it up."""

    exam_id: ExamId
    number: int
    seed: int


def ask_for_deal(
    session: Session, actor: Actor, exam_id: ExamId, *, now: datetime, seed: int | None = None
) -> None:
    """Have the roster's seats dealt in the background; until then the plan stays as it is."""
    exam, _ = lock_draft(session, actor, exam_id, now=now)
    prepare(session, exam)
    session.merge(
        SeatDeal(
            exam_id=exam_id,
            state=DealState.WAITING.value,
            turn=0,
            progress=0,
            seed=new_seed() if seed is None else seed,
            asked_at=now,
            asked_by=actor.person_id,
            alive_at=None,
            refusal=None,
        )
    )
    session.flush()


def take_next(session: Session, *, now: datetime) -> Turn | None:
    """Take up the oldest job that nobody works on; None when there is none."""
    silent = (SeatDeal.state == DealState.RUNNING.value) & (SeatDeal.alive_at < now - SILENT_FOR)
    job = session.scalars(
        select(SeatDeal)
        .where((SeatDeal.state == DealState.WAITING.value) | silent)
        .order_by(SeatDeal.asked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if job is None:
        return None
    job.state, job.alive_at, job.progress = DealState.RUNNING.value, now, READ
    job.turn += 1
    return Turn(exam_id=ExamId(job.exam_id), number=job.turn, seed=job.seed)


def share_out(session: Session, turn: Turn) -> list[dict[str, int]]:
    """Who gets which seat; reads only. Raises NotEnoughSeats, NotEnoughSeatsApart."""
    return dealt_rows(session, session.get_one(Exam, turn.exam_id), seed=turn.seed)


def begin_writing(session: Session, turn: Turn, *, now: datetime) -> None:
    """Take the seats of an earlier deal away; raises TurnLost, PlanPublished, PlanTooLate."""
    plan, job = _held(session, turn, now=now)
    clear_deal(session, plan)
    job.progress, job.alive_at = SHARED_OUT, now


def write_part(
    session: Session, turn: Turn, rows: Sequence[dict[str, int]], *, done: float, now: datetime
) -> None:
    """Store some of the seats; ``done``: the share of all that is stored then. Raises TurnLost."""
    _, job = _held(session, turn, now=now)
    ids = [row["candidate_id"] for row in rows]
    still = set(session.scalars(select(ExamCandidate.id).where(ExamCandidate.id.in_(ids))))
    here = [row for row in rows if row["candidate_id"] in still]
    if here:
        session.execute(insert(ExamSeat), here)
    job.progress = SHARED_OUT + round((100 - SHARED_OUT) * done)
    job.alive_at = now


def finish(session: Session, turn: Turn, *, seats: int, now: datetime) -> None:
    """All seats are stored: the plan may be published; raises TurnLost."""
    plan, job = _held(session, turn, now=now)
    actor = Actor(person_id=PersonId(job.asked_by), name="") if job.asked_by else SYSTEM
    note_dealt(session, actor, plan, seed=turn.seed, seats=seats, now=now)
    session.delete(job)


def refuse(session: Session, turn: Turn, error: DomainError | None) -> None:
    """End a job that cannot be done, and say why; None is a fault of our own."""
    job = _locked(session, turn)
    job.state = DealState.REFUSED.value
    job.refusal = {} if error is None else {"message": error.message, "params": error.params}


def _held(session: Session, turn: Turn, *, now: datetime) -> tuple[ExamSeating, SeatDeal]:
    """The plan and the job, locked: the exam first, as everybody does."""
    _, plan = lock_draft(session, SYSTEM, turn.exam_id, now=now, dealing=True)
    return plan, _locked(session, turn)


def _locked(session: Session, turn: Turn) -> SeatDeal:
    job = session.get(SeatDeal, turn.exam_id, with_for_update=True, populate_existing=True)
    if job is None or job.turn != turn.number or job.state != DealState.RUNNING:
        raise TurnLost
    return job
