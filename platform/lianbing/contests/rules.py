"""The life of a contest: levels, kinds, states, phases, and when one may register or withdraw.

Levels and kinds are DOMAIN.md's; a contest's class (一类/二类 …) is each authority's own word,
so it is text.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lianbing.kernel.errors import N_


class ContestLevel(StrEnum):
    """竞赛层次, widest first."""

    INTERNATIONAL = "international"
    NATIONAL = "national"
    INTERREGIONAL = "interregional"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    ENTERPRISE = "enterprise"
    PARK = "park"


class ContestKind(StrEnum):
    """What sort of contest: of occupations, of posts, or of a theme."""

    GENERAL_OCCUPATION = "general_occupation"
    SPECIAL_OCCUPATION = "special_occupation"
    JOB_COMPETENCY = "job_competency"
    MIGRANT_WORKER = "migrant_worker"
    SAFETY = "safety"
    INNOVATION = "innovation"


class ContestState(StrEnum):
    """How the organiser steers a contest; ``closed`` means its results are published."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class EntryState(StrEnum):
    """A person's entry in an event."""

    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


class RoundKind(StrEnum):
    """A round of an event."""

    THEORY = "theory"


class Phase(StrEnum):
    """What is going on in a contest now, as a worker asks."""

    DRAFT = "draft"
    CANCELLED = "cancelled"
    BEFORE_REGISTRATION = "before_registration"
    REGISTRATION = "registration"
    BEFORE_EXAM = "before_exam"
    EXAM = "exam"
    MARKING = "marking"
    FINISHED = "finished"


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """The instants of a contest: registration and its theory round; all aware UTC."""

    registration_opens_at: datetime
    registration_closes_at: datetime
    exam_opens_at: datetime
    exam_closes_at: datetime


def state_with_exam(
    state: ContestState, *, exam_published: bool, exam_cancelled: bool
) -> ContestState:
    """A contest's state as its theory exam makes it, which has pages of its own."""
    if state is ContestState.PUBLISHED and exam_published:
        return ContestState.CLOSED
    if state is ContestState.PUBLISHED and exam_cancelled:
        return ContestState.CANCELLED
    return state


def phase_of(state: ContestState, schedule: Schedule, now: datetime) -> Phase:
    """The phase at an instant; an open exam is told before a still open registration."""
    match state:
        case ContestState.DRAFT:
            return Phase.DRAFT
        case ContestState.CANCELLED:
            return Phase.CANCELLED
        case ContestState.CLOSED:
            return Phase.FINISHED
        case ContestState.PUBLISHED:
            pass
    if now >= schedule.exam_closes_at:
        return Phase.MARKING
    if now >= schedule.exam_opens_at:
        return Phase.EXAM
    if now < schedule.registration_opens_at:
        return Phase.BEFORE_REGISTRATION
    return Phase.REGISTRATION if now < schedule.registration_closes_at else Phase.BEFORE_EXAM


def is_registration_open(state: ContestState, schedule: Schedule, now: datetime) -> bool:
    """Whether one may register or withdraw at an instant."""
    within = schedule.registration_opens_at <= now < schedule.registration_closes_at
    return state is ContestState.PUBLISHED and within


def schedule_faults(schedule: Schedule) -> list[str]:
    """Why the times of a contest do not fit together, as English msgids; empty when they do."""
    faults = []
    if schedule.registration_closes_at <= schedule.registration_opens_at:
        faults.append(N_("registration must close after it opens"))
    if schedule.registration_closes_at > schedule.exam_closes_at:
        faults.append(N_("registration must close before the theory exam is over"))
    if schedule.registration_opens_at >= schedule.exam_closes_at:
        faults.append(N_("registration must open before the theory exam is over"))
    return faults
