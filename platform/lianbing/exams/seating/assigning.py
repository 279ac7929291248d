"""Who invigilates which room: assigned by name or staff number, released again."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.exams.fairness.deadlines import lock_exam
from lianbing.exams.seating.errors import AlreadyAssigned, NoSuchInvigilator, SeveralSuchPersons
from lianbing.exams.seating.models import RoomInvigilator
from lianbing.exams.seating.planning import room_of
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import ExamId, OrganisationId, PersonId
from lianbing.people.queries import members_of, persons_matching, same_person_ids


def assign_invigilator(
    session: Session, actor: Actor, exam_id: ExamId, room_id: int, who: str, *, now: datetime
) -> PersonId:
    """Let a person, named by name or staff number, invigilate a room: that room only."""
    exam = lock_exam(session, actor, exam_id)
    room_of(session, exam_id, room_id)
    person_id = _the_one(session, who, OrganisationId(exam.organisation_id))
    if _open_duty(session, room_id, person_id) is not None:
        raise AlreadyAssigned
    session.add(
        RoomInvigilator(
            room_id=room_id, person_id=person_id, assigned_at=now, assigned_by=actor.person_id
        )
    )
    session.flush()
    audit.record(
        session,
        actor,
        "seating.assign_invigilator",
        subject=("exam", exam_id),
        now=now,
        details={"room_id": room_id, "person_id": person_id},
    )
    return person_id


def release_invigilator(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    room_id: int,
    person_id: PersonId,
    *,
    now: datetime,
) -> None:
    """End a person's duty in a room; that there was one stays recorded."""
    lock_exam(session, actor, exam_id)
    room_of(session, exam_id, room_id)
    duty = _open_duty(session, room_id, person_id)
    if duty is None:
        raise NoSuchInvigilator
    duty.undone_at = now
    duty.undone_by = actor.person_id
    audit.record(
        session,
        actor,
        "seating.release_invigilator",
        subject=("exam", exam_id),
        now=now,
        details={"room_id": room_id, "person_id": person_id},
    )


def _open_duty(session: Session, room_id: int, person_id: PersonId) -> RoomInvigilator | None:
    return session.scalars(
        select(RoomInvigilator).where(
            RoomInvigilator.room_id == room_id,
            RoomInvigilator.person_id.in_(same_person_ids(session, person_id)),
            RoomInvigilator.undone_at.is_(None),
        )
    ).first()


def _the_one(session: Session, who: str, organisation_id: OrganisationId) -> PersonId:
    members = members_of(session, organisation_id).subquery()
    matching = persons_matching(who.strip()).subquery()
    found = session.scalars(
        select(func.distinct(members.c.person_id))
        .where(members.c.person_id.in_(select(matching)))
        .limit(2)
    ).all()
    if not who.strip() or not found:
        raise NoSuchInvigilator
    if len(found) > 1:
        raise SeveralSuchPersons
    return PersonId(found[0])
