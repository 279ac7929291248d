"""An organiser plans rooms and batches, publishes the plan, and names who invigilates."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lianbing.exams.errors import AlreadyPublished, ExamCancelled
from lianbing.exams.fairness.deadlines import STEERERS, lock_exam
from lianbing.exams.models import Exam
from lianbing.exams.rules import ExamState
from lianbing.exams.seating.errors import (
    BadSeating,
    BatchTaken,
    DealUnderWay,
    PlanPublished,
    PlanTooLate,
    RoomNameTaken,
    RoomNotFound,
)
from lianbing.exams.seating.models import (
    ExamBatch,
    ExamRoom,
    ExamSeat,
    ExamSeating,
    RoomInvigilator,
    SeatDeal,
)
from lianbing.exams.seating.rules import (
    MOST_BATCHES,
    MOST_ROOMS,
    MOST_SEATS,
    CheckInRule,
    DealState,
    batch_faults,
)
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import N_
from lianbing.kernel.ids import ExamId, OrganisationId
from lianbing.people.authority import require_reach


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRoom:
    """A room as it is planned."""

    name: str
    place: str
    seats: int
    organisation_id: OrganisationId
    for_accommodated: bool = False


def lock_plan(
    session: Session, actor: Actor, exam_id: ExamId, *, dealing: bool = False
) -> tuple[Exam, ExamSeating]:
    """The exam under its lock, with its plan; raises for an exam that no longer takes one.

    While seats are dealt in the background only who deals (``dealing``) may change them.
    """
    exam = lock_exam(session, actor, exam_id)
    if not dealing:
        _refuse_while_dealing(session, exam_id)
    if exam.state == ExamState.CANCELLED:
        raise ExamCancelled
    if exam.state == ExamState.PUBLISHED:
        raise AlreadyPublished
    plan = session.get(ExamSeating, exam_id, populate_existing=True)
    if plan is None:
        plan = ExamSeating(exam_id=exam_id, check_in=CheckInRule.RECORDED.value)
        session.add(plan)
        session.flush()
    return exam, plan


def _refuse_while_dealing(session: Session, exam_id: ExamId) -> None:
    job = session.get(SeatDeal, exam_id, populate_existing=True)
    if job is None:
        return
    if DealState(job.state).is_under_way:
        raise DealUnderWay
    session.delete(job)  # what it was refused for may be mended by what follows
    session.flush()


def lock_draft(
    session: Session, actor: Actor, exam_id: ExamId, *, now: datetime, dealing: bool = False
) -> tuple[Exam, ExamSeating]:
    """The same, of a plan that may still be changed as a whole."""
    exam, plan = lock_plan(session, actor, exam_id, dealing=dealing)
    if plan.published_at is not None:
        raise PlanPublished
    if now >= exam.opens_at:
        raise PlanTooLate
    return exam, plan


def set_check_in(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    rule: CheckInRule,
    *,
    ticket_rules: str,
    now: datetime,
) -> None:
    """Decide whether a check-in is needed before entering, and what tickets say beside it."""
    _, plan = lock_plan(session, actor, exam_id)
    plan.check_in = rule.value
    plan.ticket_rules = ticket_rules.strip()
    audit.record(
        session,
        actor,
        "seating.set_check_in",
        subject=("exam", exam_id),
        now=now,
        details={"check_in": rule.value},
    )


def add_batch(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    *,
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
) -> int:
    """Plan a batch inside the exam's window; raises BadSeating naming the first fault."""
    exam, _ = lock_draft(session, actor, exam_id, now=now)
    faults = batch_faults(
        opens_at=opens_at,
        closes_at=closes_at,
        exam_opens_at=exam.opens_at,
        exam_closes_at=exam.closes_at,
    )
    starts = list(session.scalars(select(ExamBatch.opens_at).where(ExamBatch.exam_id == exam_id)))
    if len(starts) >= MOST_BATCHES:
        faults.append(N_("an exam has at most 20 batches"))
    if faults:
        raise BadSeating(why=faults[0])
    if opens_at in starts:
        raise BatchTaken
    batch = ExamBatch(exam_id=exam_id, opens_at=opens_at, closes_at=closes_at)
    session.add(batch)
    session.flush()
    audit.record(session, actor, "seating.add_batch", subject=("exam", exam_id), now=now)
    return batch.id


def add_room(
    session: Session, actor: Actor, exam_id: ExamId, room: NewRoom, *, now: datetime
) -> int:
    """Plan a room; raises BadSeating naming the first fault."""
    lock_draft(session, actor, exam_id, now=now)
    require_reach(session, actor, *STEERERS, organisation_id=room.organisation_id)
    names = list(session.scalars(select(ExamRoom.name).where(ExamRoom.exam_id == exam_id)))
    if not 1 <= room.seats <= MOST_SEATS:
        raise BadSeating(why=N_("a room has 1 to 2,000 seats"))
    if len(names) >= MOST_ROOMS:
        raise BadSeating(why=N_("an exam has at most 1,000 rooms"))
    name = room.name.strip()
    if not name:
        raise BadSeating(why=N_("a room needs a name"))
    if name in names:
        raise RoomNameTaken
    made = ExamRoom(
        exam_id=exam_id,
        name=name,
        place=room.place.strip(),
        seats=room.seats,
        for_accommodated=room.for_accommodated,
        organisation_id=room.organisation_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "seating.add_room", subject=("exam", exam_id), now=now)
    return made.id


def remove_batch(
    session: Session, actor: Actor, exam_id: ExamId, batch_id: int, *, now: datetime
) -> None:
    """Take a batch out of the plan; what was dealt is dealt anew afterwards."""
    _, plan = lock_draft(session, actor, exam_id, now=now)
    batch = session.get(ExamBatch, batch_id)
    if batch is None or batch.exam_id != exam_id:
        raise RoomNotFound
    clear_deal(session, plan)
    session.delete(batch)
    audit.record(session, actor, "seating.remove_batch", subject=("exam", exam_id), now=now)


def remove_room(
    session: Session, actor: Actor, exam_id: ExamId, room_id: int, *, now: datetime
) -> None:
    """Take a room out of the plan, with its invigilators; what was dealt is dealt anew."""
    _, plan = lock_draft(session, actor, exam_id, now=now)
    room = room_of(session, exam_id, room_id)
    clear_deal(session, plan)
    session.execute(delete(RoomInvigilator).where(RoomInvigilator.room_id == room_id))
    session.delete(room)
    audit.record(session, actor, "seating.remove_room", subject=("exam", exam_id), now=now)


def prolong_entry(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    batch_id: int,
    *,
    minutes: int,
    reason: str,
    now: datetime,
) -> datetime:
    """Let a batch be entered for longer, also while it runs; its new last entry.

    It stays inside the exam's window; how long anybody answers does not change.
    """
    exam, _ = lock_plan(session, actor, exam_id)
    batch = session.get(ExamBatch, batch_id, populate_existing=True)
    if batch is None or batch.exam_id != exam_id:
        raise RoomNotFound
    later = batch.closes_at + timedelta(minutes=minutes)
    if later > exam.closes_at:
        raise BadSeating(why=N_("a batch must lie inside the exam's own window"))
    batch.closes_at = later
    audit.record(
        session,
        actor,
        "seating.prolong_entry",
        subject=("exam", exam_id),
        now=now,
        reason=reason,
        details={"batch_id": batch_id, "minutes": minutes},
    )
    return later


def clear_deal(session: Session, plan: ExamSeating) -> None:
    """Take all seats away again."""
    session.execute(delete(ExamSeat).where(ExamSeat.exam_id == plan.exam_id))
    plan.dealt_at = None
    plan.seed = None


def withdraw_plan(session: Session, actor: Actor, exam_id: ExamId, *, now: datetime) -> None:
    """Take a published plan back before the exam opens; everybody may enter as without one."""
    exam, plan = lock_plan(session, actor, exam_id)
    if now >= exam.opens_at:
        raise PlanTooLate
    plan.published_at = None
    exam.plain_admission = True
    audit.record(session, actor, "seating.withdraw", subject=("exam", exam_id), now=now)


def room_of(session: Session, exam_id: ExamId, room_id: int) -> ExamRoom:
    """A room of this exam; raises RoomNotFound."""
    room = session.get(ExamRoom, room_id)
    if room is None or room.exam_id != exam_id:
        raise RoomNotFound
    return room
