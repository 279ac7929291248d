"""A make-up exam (补考) for those who were absent or whose attempt is void: made in one act.

It is an exam of its own, linked to the first: same rules, same blueprint, its own roster.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lianbing.exams.errors import ExamCancelled
from lianbing.exams.fairness.deadlines import last_final_at, lock_exam
from lianbing.exams.models import Attempt, Exam, ExamCandidate
from lianbing.exams.queries import marking_rule
from lianbing.exams.release.rules import PaperRelease
from lianbing.exams.rules import AttemptState, ExamState, Release, is_released
from lianbing.exams.seating.errors import NobodyToMakeUp, SamePaperReleased
from lianbing.exams.seating.models import AbsenceSheet, AbsentPerson, MakeUpExam
from lianbing.exams.use_cases import ExamPlan, enrol, schedule_exam
from lianbing.infra import audit
from lianbing.kernel.actor import SYSTEM, Actor
from lianbing.kernel.ids import ExamId, OrganisationId, PaperId, PersonId
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.papers.queries import find_blueprint_of
from lianbing.papers.use_cases import draw_paper

SEED_BITS = 48


@dataclass(frozen=True, kw_only=True, slots=True)
class MakeUpPlan:
    """When, for whom and on what; ``paper_id`` None draws anew from the same blueprint."""

    title: str
    opens_at: datetime
    closes_at: datetime
    person_ids: tuple[PersonId, ...]
    reason: str
    paper_id: PaperId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MakeUpRow:
    """An exam linked to another."""

    exam_id: ExamId
    title: str
    opens_at: datetime


def make_up(
    session: Session, actor: Actor, exam_id: ExamId, plan: MakeUpPlan, *, now: datetime
) -> ExamId:
    """Schedule the make-up exam with its roster.

    Raises NobodyToMakeUp for a choice that is empty or holds anybody who needs none, and
    SamePaperReleased when results or answers of the paper are out already.
    """
    exam = lock_exam(session, actor, exam_id)
    if exam.state == ExamState.CANCELLED:
        raise ExamCancelled
    chosen = set(plan.person_ids)
    if not chosen or not chosen <= set(list_eligible(session, exam_id)):
        raise NobodyToMakeUp
    paper_id = plan.paper_id or _drawn(session, exam, now)
    if paper_is_out(session, paper_id, now=now):
        raise SamePaperReleased
    made = schedule_exam(session, actor, _plan_like(exam, plan, paper_id), now=now)
    copied = session.get_one(Exam, made)
    copied.conduct, copied.access_code, copied.networks = (
        exam.conduct,
        exam.access_code,
        exam.networks,
    )
    enrol(session, actor, made, sorted(chosen), now=now)
    session.add(
        MakeUpExam(
            exam_id=made,
            original_exam_id=exam_id,
            reason=plan.reason,
            made_at=now,
            made_by=actor.person_id,
        )
    )
    audit.record(
        session,
        actor,
        "exam.make_up",
        subject=("exam", exam_id),
        now=now,
        reason=plan.reason,
        details={"make_up_exam_id": made, "persons": len(chosen), "drawn": plan.paper_id is None},
    )
    return made


def _drawn(session: Session, exam: Exam, now: datetime) -> PaperId:
    """Another paper of the blueprint; drawn by the system, since nobody is to see it."""
    blueprint_id = find_blueprint_of(session, PaperId(exam.paper_id))
    if blueprint_id is None:
        raise SamePaperReleased
    return draw_paper(session, SYSTEM, blueprint_id, seed=secrets.randbits(SEED_BITS), now=now)


def _plan_like(exam: Exam, plan: MakeUpPlan, paper_id: PaperId) -> ExamPlan:
    return ExamPlan(
        title=plan.title,
        organisation_id=OrganisationId(exam.organisation_id),
        paper_id=paper_id,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        duration=timedelta(seconds=exam.duration_seconds),
        pass_mark=exam.pass_mark,
        grace=timedelta(seconds=exam.grace_seconds),
        shuffle_questions=exam.shuffle_questions,
        shuffle_options=exam.shuffle_options,
        common_window=exam.common_window,
        marking=marking_rule(exam),
        results_release=Release(exam.results_release),
        explanations_release=Release(exam.explanations_release),
        mask_policy=MaskPolicy(exam.mask_policy),
        paper_release=PaperRelease(exam.paper_release),
    )


def paper_is_out(session: Session, paper_id: PaperId, *, now: datetime) -> bool:
    """Whether any exam on the paper shows its results or answers to candidates."""
    exams = session.scalars(
        select(Exam).where(Exam.paper_id == paper_id, Exam.state != ExamState.CANCELLED.value)
    )
    return any(_shows(exam, now) for exam in exams)


def _shows(exam: Exam, now: datetime) -> bool:
    closed = exam.paused_at is None and now > last_final_at(exam)
    return any(
        is_released(
            Release(release),
            exam_state=ExamState(exam.state),
            closed_for_all=closed,
            attempt_ended=now >= exam.opens_at,
        )
        for release in (exam.results_release, exam.explanations_release)
    )


def list_eligible(session: Session, exam_id: ExamId) -> list[PersonId]:
    """Who was confirmed absent or whose attempt is void, and who is in no make-up exam yet."""
    absent = (
        select(AbsentPerson.person_id)
        .join(AbsenceSheet, AbsenceSheet.id == AbsentPerson.sheet_id)
        .where(AbsenceSheet.exam_id == exam_id, AbsenceSheet.undone_at.is_(None))
    )
    provided = (
        select(ExamCandidate.person_id)
        .join(MakeUpExam, MakeUpExam.exam_id == ExamCandidate.exam_id)
        .join(Exam, Exam.id == MakeUpExam.exam_id)
        .where(MakeUpExam.original_exam_id == exam_id, Exam.state != ExamState.CANCELLED.value)
    )
    same = (Attempt.exam_id == ExamCandidate.exam_id) & (
        Attempt.person_id == ExamCandidate.person_id
    )
    never_came = ExamCandidate.person_id.in_(absent) & Attempt.id.is_(None)
    rows = session.scalars(
        select(ExamCandidate.person_id)
        .outerjoin(Attempt, same)
        .where(
            ExamCandidate.exam_id == exam_id,
            or_(never_came, Attempt.state == AttemptState.VOIDED.value),
            ExamCandidate.person_id.not_in(provided),
        )
        .order_by(ExamCandidate.id)
    )
    return [PersonId(id_) for id_ in rows]


def list_make_ups(session: Session, exam_id: ExamId) -> Sequence[MakeUpRow]:
    """The make-up exams of an exam; at most 50."""
    return _linked(session, MakeUpExam.exam_id, MakeUpExam.original_exam_id == exam_id)


def find_original(session: Session, exam_id: ExamId) -> MakeUpRow | None:
    """The exam that this one makes up for; None for any other."""
    found = _linked(session, MakeUpExam.original_exam_id, MakeUpExam.exam_id == exam_id)
    return found[0] if found else None


def original_of(session: Session, exam_id: ExamId) -> ExamId:
    """The exam at the root of make-up exams; the exam itself where it makes up for none."""
    while (above := session.get(MakeUpExam, exam_id)) is not None:
        exam_id = ExamId(above.original_exam_id)
    return exam_id


def sittings_of(session: Session, exam_id: ExamId) -> list[ExamId]:
    """An exam and what makes up for it, and for that in turn; the later holds before the earlier.

    Cancelled make-up exams are left out.
    """
    found = [exam_id]
    for held in found:
        rows = session.scalars(
            select(MakeUpExam.exam_id)
            .join(Exam, Exam.id == MakeUpExam.exam_id)
            .where(
                MakeUpExam.original_exam_id == held,
                Exam.state != ExamState.CANCELLED.value,
            )
            .order_by(Exam.opens_at, Exam.id)
        )
        found.extend(ExamId(id_) for id_ in rows)
    return found


def _linked(
    session: Session, key: InstrumentedAttribute[int], condition: ColumnElement[bool]
) -> list[MakeUpRow]:
    rows = session.execute(
        select(Exam.id, Exam.title, Exam.opens_at)
        .select_from(MakeUpExam)
        .join(Exam, Exam.id == key)
        .where(condition)
        .order_by(Exam.opens_at)
        .limit(50)
    )
    return [
        MakeUpRow(exam_id=ExamId(id_), title=title, opens_at=opens_at)
        for id_, title, opens_at in rows
    ]


def absent_among(
    session: Session, exam_id: ExamId, person_ids: Collection[PersonId]
) -> frozenset[PersonId]:
    """Those of the persons who are confirmed absent."""
    rows = session.scalars(
        select(AbsentPerson.person_id)
        .join(AbsenceSheet, AbsenceSheet.id == AbsentPerson.sheet_id)
        .where(
            AbsenceSheet.exam_id == exam_id,
            AbsenceSheet.undone_at.is_(None),
            AbsentPerson.person_id.in_(person_ids),
        )
    )
    return frozenset(PersonId(id_) for id_ in rows)
