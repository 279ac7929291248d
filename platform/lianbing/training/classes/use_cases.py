"""Hold a class: plan it, keep its roster and attendance, close it with who completed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from lianbing.exams.queries import get_exam
from lianbing.infra import audit
from lianbing.infra.crypto import Keyring
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import ClassId, ExamId, OrganisationId, PersonId
from lianbing.people.authority import require_reach
from lianbing.people.persons.queries import find_by_number
from lianbing.people.queries import kept_ids, members_of
from lianbing.training.classes.errors import (
    ClassClosed,
    ClassMisshapen,
    ClassNotFound,
    MemberAttended,
    NobodyFound,
    ResultsWanted,
    SessionHeld,
    SessionMisshapen,
    TooManySessions,
)
from lianbing.training.classes.models import (
    ClassAttendance,
    ClassMember,
    ClassSession,
    TrainingClass,
)
from lianbing.training.classes.queries import KEEPERS, all_members, get_kept
from lianbing.training.classes.rules import (
    MOST_HOURS,
    MOST_SESSIONS,
    ClassForm,
    ExamOutcome,
    Presence,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassPlan:
    """What a class is planned with."""

    title: str
    form: ClassForm
    place: str = ""
    about: str = ""
    attendance_percent: int = 80
    exam_id: ExamId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPlan:
    """What a session is planned with."""

    title: str
    starts_at: datetime
    hours: Decimal


def create_class(
    session: Session,
    actor: Actor,
    organisation_id: OrganisationId,
    plan: ClassPlan,
    *,
    now: datetime,
) -> ClassId:
    """Begin a class held by a body; nobody is on its roster yet."""
    require_reach(session, actor, *KEEPERS, organisation_id=organisation_id)
    made = TrainingClass(
        organisation_id=organisation_id, created_by=actor.person_id, created_at=now
    )
    _write(session, actor, made, plan)
    session.add(made)
    session.flush()
    _note(session, actor, made, "create_class", now=now)
    return ClassId(made.id)


def change_class(
    session: Session, actor: Actor, class_id: ClassId, plan: ClassPlan, *, now: datetime
) -> None:
    """Write a class anew; raises ClassClosed."""
    held = open_class(session, actor, class_id)
    _write(session, actor, held, plan)
    _note(session, actor, held, "change_class", now=now)


def add_session(
    session: Session, actor: Actor, class_id: ClassId, plan: SessionPlan, *, now: datetime
) -> int:
    """Add a session with its hours."""
    held = open_class(session, actor, class_id)
    title = " ".join(plan.title.split())
    if not title or len(title) > 120 or not 0 < plan.hours <= MOST_HOURS:
        raise SessionMisshapen
    count = select(func.count()).where(ClassSession.class_id == class_id)
    if (session.scalar(count) or 0) >= MOST_SESSIONS:
        raise TooManySessions
    made = ClassSession(class_id=class_id, title=title, starts_at=plan.starts_at, hours=plan.hours)
    session.add(made)
    session.flush()
    _note(session, actor, held, "add_session", now=now, session_id=made.id)
    return made.id


def remove_session(
    session: Session, actor: Actor, class_id: ClassId, session_id: int, *, now: datetime
) -> None:
    """Take a session out that nobody's attendance is on file for; raises SessionHeld."""
    held = open_class(session, actor, class_id)
    planned = session_of(session, class_id, session_id)
    on_file = select(ClassAttendance.member_id).where(ClassAttendance.session_id == session_id)
    if session.scalar(on_file.limit(1)) is not None:
        raise SessionHeld
    session.delete(planned)
    _note(session, actor, held, "remove_session", now=now, session_id=session_id)


def add_members(
    session: Session,
    actor: Actor,
    class_id: ClassId,
    person_ids: Collection[PersonId],
    *,
    now: datetime,
) -> int:
    """Put persons of the body that holds the class on its roster; return how many are new."""
    held = open_class(session, actor, class_id)
    known = members_of(session, OrganisationId(held.organisation_id))
    wanted = set(kept_ids(session, person_ids).values()) & set(session.scalars(known))
    there = session.scalars(select(ClassMember.person_id).where(ClassMember.class_id == class_id))
    new = sorted(wanted - set(kept_ids(session, [PersonId(id_) for id_ in there]).values()))
    if new:
        insert = insert_for(session, cast(Table, ClassMember.__table__)).on_conflict_do_nothing()
        added = {"class_id": class_id, "added_by": actor.person_id, "added_at": now}
        session.execute(insert, [{"person_id": person_id, **added} for person_id in new])
        _note(session, actor, held, "add_members", now=now, added=len(new))
    return len(new)


def add_unit(
    session: Session,
    actor: Actor,
    class_id: ClassId,
    organisation_id: OrganisationId,
    *,
    now: datetime,
) -> int:
    """Put everyone of a unit or team on the roster; return how many are new."""
    require_reach(session, actor, *KEEPERS, organisation_id=organisation_id)
    people = session.scalars(members_of(session, organisation_id))
    return add_members(session, actor, class_id, [PersonId(id_) for id_ in people], now=now)


def add_by_number(
    session: Session,
    actor: Actor,
    class_id: ClassId,
    number: str,
    *,
    keyring: Keyring,
    now: datetime,
) -> int:
    """Put the person with a phone or ID number on the roster; raises NobodyFound."""
    held = open_class(session, actor, class_id)
    person_id = find_by_number(session, number, keyring=keyring)
    within = members_of(session, OrganisationId(held.organisation_id)).subquery()
    there = select(within.c.person_id).where(within.c.person_id == (person_id or 0))
    if person_id is None or session.scalar(there) is None:
        raise NobodyFound
    return add_members(session, actor, class_id, [person_id], now=now)


def remove_member(
    session: Session, actor: Actor, class_id: ClassId, member_id: int, *, now: datetime
) -> None:
    """Take a person off the roster whom no attendance is on file for; raises MemberAttended."""
    held = open_class(session, actor, class_id)
    member = session.get(ClassMember, member_id)
    if member is None or member.class_id != class_id:
        raise NotFound
    on_file = select(ClassAttendance.session_id).where(ClassAttendance.member_id == member_id)
    if session.scalar(on_file.limit(1)) is not None:
        raise MemberAttended
    session.delete(member)
    _note(session, actor, held, "remove_member", now=now, person=member.person_id)


def mark_attendance(
    session: Session,
    actor: Actor,
    class_id: ClassId,
    session_id: int,
    states: Mapping[int, Presence | None],
    *,
    now: datetime,
) -> None:
    """Put on file who attended a session, by member; None takes a word back."""
    held = open_class(session, actor, class_id)
    session_of(session, class_id, session_id)
    roster = session.scalars(
        select(ClassMember.id).where(ClassMember.class_id == class_id, ClassMember.id.in_(states))
    ).all()
    if len(roster) != len(states):
        raise NotFound
    session.execute(
        delete(ClassAttendance).where(
            ClassAttendance.session_id == session_id, ClassAttendance.member_id.in_(states)
        )
    )
    session.add_all(
        ClassAttendance(
            session_id=session_id,
            member_id=member_id,
            state=state.value,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
        for member_id, state in states.items()
        if state is not None
    )
    _note(session, actor, held, "mark_attendance", now=now, session_id=session_id, rows=len(states))


def close_class(session: Session, actor: Actor, class_id: ClassId, *, now: datetime) -> int:
    """Fix hours and completion of everyone; return how many completed. Raises ResultsWanted."""
    held = open_class(session, actor, class_id)
    completed = 0
    for row in all_members(session, get_kept(session, actor, class_id)):
        if row.progress.exam is ExamOutcome.WAITING:
            raise ResultsWanted
        member = session.get_one(ClassMember, row.id)
        member.hours, member.completed = row.progress.hours, row.progress.is_complete
        completed += row.progress.is_complete
    held.closed_at = now
    _note(session, actor, held, "close_class", now=now, completed=completed)
    return completed


def reopen_class(session: Session, actor: Actor, class_id: ClassId, *, now: datetime) -> None:
    """Open a closed class for changes; who completed is decided anew when it is closed."""
    held = _locked(session, actor, class_id)
    held.closed_at = None
    for member in session.scalars(select(ClassMember).where(ClassMember.class_id == class_id)):
        member.hours = member.completed = None
    _note(session, actor, held, "reopen_class", now=now)


def open_class(session: Session, actor: Actor, class_id: ClassId) -> TrainingClass:
    """The class under its lock, for one who holds it; raises ClassClosed."""
    held = _locked(session, actor, class_id)
    if held.closed_at is not None:
        raise ClassClosed
    return held


def session_of(session: Session, class_id: ClassId, session_id: int) -> ClassSession:
    """A session of this class; raises NotFound."""
    planned = session.get(ClassSession, session_id)
    if planned is None or planned.class_id != class_id:
        raise NotFound
    return planned


def _locked(session: Session, actor: Actor, class_id: ClassId) -> TrainingClass:
    held = session.get(TrainingClass, class_id, with_for_update=True)
    if held is None:
        raise ClassNotFound
    node = OrganisationId(held.organisation_id)
    require_reach(session, actor, *KEEPERS, organisation_id=node)
    return held


def _write(session: Session, actor: Actor, held: TrainingClass, plan: ClassPlan) -> None:
    title = " ".join(plan.title.split())
    if not title or len(title) > 120 or not 0 <= plan.attendance_percent <= 100:
        raise ClassMisshapen
    if plan.exam_id is not None and plan.exam_id != held.exam_id:
        exam = get_exam(session, plan.exam_id)
        require_reach(session, actor, *KEEPERS, organisation_id=exam.organisation_id)
    held.title, held.form = title, plan.form.value
    held.place, held.about = plan.place.strip()[:300], plan.about.strip()[:4000]
    held.attendance_percent, held.exam_id = plan.attendance_percent, plan.exam_id


def _note(
    session: Session,
    actor: Actor,
    held: TrainingClass,
    what: str,
    *,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor,
        f"training.{what}",
        subject=("training_class", held.id),
        now=now,
        details=details,
    )
