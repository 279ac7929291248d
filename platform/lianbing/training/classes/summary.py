"""People and participations of a body's classes, counted apart.

A participation (人次) is one person at one class with at least one session attended; a person (人)
counts once however many classes they attended. An identity merged into another is that other.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from lianbing.kernel.actor import Actor
from lianbing.people.authority import reachable_ids
from lianbing.people.models import Person
from lianbing.people.persons.identities import kept_id
from lianbing.training.classes.models import (
    ClassAttendance,
    ClassMember,
    ClassSession,
    TrainingClass,
)
from lianbing.training.classes.queries import KEEPERS
from lianbing.training.classes.rules import Presence


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassSummary:
    """What the sessions of a time came to; ``person_hours`` is hours times those present."""

    classes: int
    people: int
    participations: int
    person_hours: Decimal
    completions: int


def summarise(session: Session, actor: Actor, *, since: datetime, until: datetime) -> ClassSummary:
    """The classes of all bodies the actor reaches, by sessions from ``since`` before ``until``.

    Completions are of classes closed within that time.
    """
    reached = TrainingClass.organisation_id.in_(reachable_ids(actor, *KEEPERS))
    attended = _attended(reached, since, until)
    counted = session.execute(
        select(
            func.count(func.distinct(attended.c.class_id)),
            func.count(func.distinct(attended.c.person_id)),
            func.count(),
            func.sum(attended.c.hours),
        ).select_from(attended)
    ).one()
    completions = session.scalar(
        select(func.count())
        .select_from(ClassMember)
        .join(TrainingClass, TrainingClass.id == ClassMember.class_id)
        .where(
            reached,
            ClassMember.completed.is_(True),
            TrainingClass.closed_at >= since,
            TrainingClass.closed_at < until,
        )
    )
    return ClassSummary(
        classes=counted[0],
        people=counted[1],
        participations=counted[2],
        person_hours=Decimal(counted[3] or 0),
        completions=completions or 0,
    )


def _attended(reached: ColumnElement[bool], since: datetime, until: datetime) -> Subquery:
    """One row a participation, with the hours attended."""
    return (
        select(
            ClassMember.class_id.label("class_id"),
            kept_id().label("person_id"),
            func.sum(ClassSession.hours).label("hours"),
        )
        .join(ClassAttendance, ClassAttendance.member_id == ClassMember.id)
        .join(ClassSession, ClassSession.id == ClassAttendance.session_id)
        .join(TrainingClass, TrainingClass.id == ClassMember.class_id)
        .join(Person, Person.id == ClassMember.person_id)
        .where(
            reached,
            ClassAttendance.state == Presence.PRESENT.value,
            ClassSession.starts_at >= since,
            ClassSession.starts_at < until,
        )
        .group_by(ClassMember.class_id, kept_id())
        .subquery()
    )
