"""Classes as frozen rows: those one holds, those one attends, sessions, roster, attendance."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from lianbing.exams.models import Exam
from lianbing.exams.result_lists import find_result_list
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import ClassId, ExamId, OrganisationId, PersonId
from lianbing.people.authority import reachable_ids
from lianbing.people.queries import kept_ids, same_person_ids
from lianbing.training.classes.errors import ClassNotFound
from lianbing.training.classes.models import (
    ClassAttendance,
    ClassMember,
    ClassSession,
    TrainingClass,
)
from lianbing.training.classes.rules import ClassForm, ExamOutcome, Presence, Progress, progress

KEEPERS = (Role.TRAINER, Role.ORGANISER)
PER_PAGE = 20
EXAMS_OFFERED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassRow:
    """A class; ``members`` on its roster, ``hours`` of all its sessions, from the first on."""

    id: ClassId
    organisation_id: OrganisationId
    title: str
    form: ClassForm
    place: str
    about: str
    attendance_percent: int
    exam_id: ExamId | None
    closed_at: datetime | None
    members: int
    hours: Decimal
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    """A session; ``present`` of ``recorded`` on file."""

    id: int
    title: str
    starts_at: datetime
    hours: Decimal
    present: int
    recorded: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberRow:
    """A member with what they have of the class; ``completed`` once the class is closed."""

    id: int
    person_id: PersonId
    progress: Progress
    marks: Decimal | None
    completed: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnClass:
    """A class the reader is on the roster of, with their own presence by session."""

    row: ClassRow
    sessions: tuple[SessionRow, ...]
    presence: dict[int, Presence]
    member: MemberRow


def _classes() -> Select[*tuple[Any, ...]]:
    members = select(func.count()).where(ClassMember.class_id == TrainingClass.id)
    sessions = select(
        ClassSession.class_id,
        func.sum(ClassSession.hours).label("hours"),
        func.min(ClassSession.starts_at).label("first_at"),
        func.max(ClassSession.starts_at).label("last_at"),
    ).group_by(ClassSession.class_id)
    held = sessions.subquery()
    return (
        select(
            TrainingClass,
            members.correlate(TrainingClass).scalar_subquery(),
            held.c.hours,
            held.c.first_at,
            held.c.last_at,
        )
        .outerjoin(held, held.c.class_id == TrainingClass.id)
        .order_by(TrainingClass.created_at.desc(), TrainingClass.id.desc())
    )


def _class_row(found: Any) -> ClassRow:
    row, members, hours, first_at, last_at = found
    return ClassRow(
        id=ClassId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        title=row.title,
        form=ClassForm(row.form),
        place=row.place,
        about=row.about,
        attendance_percent=row.attendance_percent,
        exam_id=None if row.exam_id is None else ExamId(row.exam_id),
        closed_at=row.closed_at,
        members=members,
        hours=Decimal(hours or 0),
        first_at=first_at,
        last_at=last_at,
    )


def page_of_kept(session: Session, actor: Actor, number: int) -> Page[ClassRow]:
    """One page of the classes held by bodies the actor reaches, the newest first."""
    statement = _classes().where(TrainingClass.organisation_id.in_(reachable_ids(actor, *KEEPERS)))
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows([_class_row(row) for row in page.rows])


def get_kept(session: Session, actor: Actor, class_id: ClassId) -> ClassRow:
    """A class the actor holds; raises ClassNotFound."""
    statement = _classes().where(
        TrainingClass.id == class_id,
        TrainingClass.organisation_id.in_(reachable_ids(actor, *KEEPERS)),
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise ClassNotFound
    return _class_row(found)


def list_sessions(session: Session, class_id: ClassId) -> tuple[SessionRow, ...]:
    """The sessions of a class in order, at most 200, with how many attended."""
    present = func.count().filter(ClassAttendance.state == Presence.PRESENT.value)
    rows = session.execute(
        select(ClassSession, present, func.count(ClassAttendance.member_id))
        .outerjoin(ClassAttendance, ClassAttendance.session_id == ClassSession.id)
        .where(ClassSession.class_id == class_id)
        .group_by(ClassSession.id)
        .order_by(ClassSession.starts_at, ClassSession.id)
    )
    return tuple(
        SessionRow(
            id=row.id,
            title=row.title,
            starts_at=row.starts_at,
            hours=row.hours,
            present=present_,
            recorded=recorded,
        )
        for row, present_, recorded in rows
    )


def page_of_members(session: Session, row: ClassRow, number: int) -> Page[MemberRow]:
    """One page of the roster in the order of enrolment, each with their progress."""
    statement = select(ClassMember).where(ClassMember.class_id == row.id).order_by(ClassMember.id)
    page = page_of(session, statement, number)
    return page.with_rows(member_rows(session, row, [found[0] for found in page.rows]))


def all_members(session: Session, row: ClassRow) -> list[MemberRow]:
    """The whole roster, for closing and export."""
    statement = select(ClassMember).where(ClassMember.class_id == row.id).order_by(ClassMember.id)
    return member_rows(session, row, list(session.scalars(statement)))


def member_rows(
    session: Session, row: ClassRow, members: Collection[ClassMember]
) -> list[MemberRow]:
    """Members with their hours and what the closing exam's published list says of them."""
    hours = {held.id: held.hours for held in list_sessions(session, row.id)}
    presence = presence_of(session, [member.id for member in members])
    outcomes = exam_outcomes(session, row.exam_id, [PersonId(m.person_id) for m in members])
    return [
        MemberRow(
            id=member.id,
            person_id=PersonId(member.person_id),
            progress=progress(
                hours,
                presence[member.id],
                percent=row.attendance_percent,
                exam=outcomes[PersonId(member.person_id)][0],
            ),
            marks=outcomes[PersonId(member.person_id)][1],
            completed=member.completed,
        )
        for member in members
    ]


def presence_of(
    session: Session, member_ids: Collection[int], *, session_id: int | None = None
) -> dict[int, dict[int, Presence]]:
    """What is on file, by member and session."""
    statement = select(
        ClassAttendance.member_id, ClassAttendance.session_id, ClassAttendance.state
    ).where(ClassAttendance.member_id.in_(set(member_ids)))
    if session_id is not None:
        statement = statement.where(ClassAttendance.session_id == session_id)
    found: dict[int, dict[int, Presence]] = defaultdict(dict)
    for member_id, held_id, state in session.execute(statement):
        found[member_id][held_id] = Presence(state)
    return found


def exam_outcomes(
    session: Session, exam_id: ExamId | None, person_ids: Collection[PersonId]
) -> dict[PersonId, tuple[ExamOutcome, Decimal | None]]:
    """What the newest published list of an exam says of each; nothing before publication."""
    if exam_id is None:
        return dict.fromkeys(person_ids, (ExamOutcome.NONE, None))
    published = find_result_list(session, exam_id)
    if published is None:
        return dict.fromkeys(person_ids, (ExamOutcome.WAITING, None))
    listed = kept_ids(session, [line.person_id for line in published.rows])
    lines = {listed[line.person_id]: line for line in published.rows}
    kept = kept_ids(session, person_ids)
    outcomes: dict[PersonId, tuple[ExamOutcome, Decimal | None]] = {}
    for person_id in person_ids:
        line = lines.get(kept[person_id])
        if line is None:
            outcomes[person_id] = (ExamOutcome.MISSED, None)
        else:
            word = ExamOutcome.PASSED if line.passed else ExamOutcome.FAILED
            outcomes[person_id] = (word, line.marks)
    return outcomes


def page_of_own(session: Session, actor: Actor, number: int) -> Page[ClassRow]:
    """One page of the classes the actor is on the roster of, the newest first."""
    mine = () if actor.person_id is None else same_person_ids(session, actor.person_id)
    roster = select(ClassMember.class_id).where(ClassMember.person_id.in_(mine))
    statement = _classes().where(TrainingClass.id.in_(roster))
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows([_class_row(row) for row in page.rows])


def get_own(session: Session, actor: Actor, class_id: ClassId) -> OwnClass:
    """A class with the actor's own attendance; raises ClassNotFound for who is not on it."""
    mine = () if actor.person_id is None else same_person_ids(session, actor.person_id)
    member = session.scalars(
        select(ClassMember)
        .where(ClassMember.class_id == class_id, ClassMember.person_id.in_(mine))
        .limit(1)
    ).one_or_none()
    if member is None:
        raise ClassNotFound
    row = _class_row(session.execute(_classes().where(TrainingClass.id == class_id)).one())
    return OwnClass(
        row=row,
        sessions=list_sessions(session, class_id),
        presence=presence_of(session, [member.id])[member.id],
        member=member_rows(session, row, [member])[0],
    )


def list_exam_choices(
    session: Session, actor: Actor, linked: ExamId | None = None
) -> list[tuple[ExamId, str]]:
    """The exams that may close a class: the newest the actor's roles reach, and the linked one."""
    statement = (
        select(Exam.id, Exam.title)
        .where(
            or_(
                Exam.organisation_id.in_(reachable_ids(actor, *KEEPERS)),
                Exam.id == (linked or 0),
            )
        )
        .order_by((Exam.id == (linked or 0)).desc(), Exam.opens_at.desc(), Exam.id.desc())
        .limit(EXAMS_OFFERED)
    )
    return [(ExamId(id_), title) for id_, title in session.execute(statement)]
