"""Opening a trial sitting, taking its made-up answers, filing its report, switching it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.conduct.queries import networks_of, policy_of
from lianbing.exams.conduct.rules import Action, EventKind, is_inside
from lianbing.exams.errors import AlreadyPublished, BadToken, ExamNotFound, NotEnrolled
from lianbing.exams.journal import Entry
from lianbing.exams.models import Exam, ExamCandidate
from lianbing.exams.rules import ExamState
from lianbing.exams.scratch import SeatSigner, Standing, keep_answers, standing_of
from lianbing.exams.trial.errors import TrialOff, TrialOver
from lianbing.exams.trial.models import TrialSitting
from lianbing.exams.trial.queries import is_trial_open
from lianbing.exams.trial.rules import GRAVE, LASTS, DeviceReport, Wanted, find_problems
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId, OrganisationId, PersonId
from lianbing.people.authority import require_reach
from lianbing.people.queries import same_person_ids


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialSeat:
    """What a trial's token says; salted apart, so it never passes for an attempt's."""

    exam_id: ExamId
    person_id: PersonId
    number: int


class TrialTokens:
    """Signs and reads the tokens of trial sittings."""

    def __init__(self, secret: str) -> None:
        self._signer = SeatSigner(secret, salt="lianbing.exams.trial")

    def issue(self, seat: TrialSeat) -> str:
        """The token of a trial seat, URL-safe text."""
        return self._signer.issue(seat.exam_id, seat.person_id, seat.number)

    def read(self, token: str) -> TrialSeat:
        """The seat again; BadToken when it was not issued here."""
        exam_id, person_id, number = self._signer.read(token, count=3)
        return TrialSeat(exam_id=ExamId(exam_id), person_id=PersonId(person_id), number=number)


def begin_trial(
    session: Session, actor: Actor, exam_id: ExamId, *, user_agent: str, now: datetime
) -> TrialSeat:
    """Open the trial, as often as wanted until the exam opens; an earlier page is put out."""
    exam = session.get(Exam, exam_id)
    if exam is None:
        raise ExamNotFound
    person_id = candidate_id(session, exam_id, actor)
    if not is_trial_open(exam, now=now):
        raise TrialOver if exam.trial and now >= exam.opens_at else TrialOff
    row = session.get(TrialSitting, (exam_id, person_id))
    if row is None:
        row = TrialSitting(exam_id=exam_id, person_id=person_id, number=0)
        session.add(row)
    row.number += 1
    row.began_at = now
    row.due_at = min(now + LASTS, exam.opens_at)
    row.ended_at = row.reported_at = None
    row.answers, row.last_seq = "{}", 0
    row.report, row.problems, row.is_grave = "{}", "", False
    row.user_agent = user_agent[:300]
    return TrialSeat(exam_id=exam_id, person_id=person_id, number=row.number)


def candidate_id(session: Session, exam_id: ExamId, actor: Actor) -> PersonId:
    """The identity under which somebody stands on the roster, locked; raises NotEnrolled."""
    if actor.person_id is None:
        raise Forbidden
    found = session.scalar(
        select(ExamCandidate.person_id)
        .where(
            ExamCandidate.exam_id == exam_id,
            ExamCandidate.person_id.in_(same_person_ids(session, actor.person_id)),
        )
        .with_for_update()  # two tabs at one instant: the second finds the first's row
    )
    if found is None:
        raise NotEnrolled
    return PersonId(found)


def standing_of_trial(session: Session, seat: TrialSeat, *, now: datetime) -> Standing:
    """How a trial stands; BadToken for one that is not known."""
    return standing_of(_row(session, seat), now=now)


def save_trial(
    session: Session, seat: TrialSeat, entries: Collection[Entry], *, now: datetime
) -> Standing:
    """Keep made-up answers until the hand-in; those of an old page or after the end are dropped."""
    row = _row(session, seat, lock=True)
    standing = standing_of(row, now=now)
    if standing.is_open and row.number == seat.number:
        keep_answers(row, entries)
    return standing


def end_trial(session: Session, seat: TrialSeat, *, now: datetime) -> Standing:
    """Hand in: the answers are thrown away. Again is harmless."""
    row = _row(session, seat, lock=True)
    if row.number == seat.number and row.ended_at is None:
        row.ended_at = now
        row.answers = "{}"
    return standing_of(row, now=now)


def file_report(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    report: DeviceReport,
    *,
    user_agent: str,
    address: str,
    now: datetime,
) -> None:
    """Judge what a device reports and keep it for its candidate and the organiser."""
    exam = session.get(Exam, exam_id)
    if exam is None:
        raise ExamNotFound
    row = session.get(TrialSitting, (exam_id, candidate_id(session, exam_id, actor)))
    if row is None:
        raise TrialOff
    if now >= exam.opens_at:
        raise TrialOver
    wanted = Wanted(
        full_screen=policy_of(exam).action(EventKind.FULL_SCREEN_LEFT) is not Action.IGNORE,
        inside_network=is_inside(address, networks_of(exam)),
    )
    problems = find_problems(report, user_agent, wanted)
    row.report = json.dumps(report.to_json())
    row.problems = " ".join(problems)
    row.is_grave = not GRAVE.isdisjoint(problems)
    row.user_agent = user_agent[:300]
    row.reported_at = now
    row.ended_at = row.ended_at or now
    row.answers = "{}"


def switch_trial(
    session: Session, actor: Actor, exam_id: ExamId, *, on: bool, now: datetime
) -> None:
    """Switch an exam's trial sitting on or off; reports stay."""
    exam = session.scalars(select(Exam).where(Exam.id == exam_id).with_for_update()).one_or_none()
    if exam is None:
        raise ExamNotFound
    require_reach(
        session, actor, Role.ORGANISER, organisation_id=OrganisationId(exam.organisation_id)
    )
    if exam.state == ExamState.PUBLISHED:
        raise AlreadyPublished
    exam.trial = on
    audit.record(
        session, actor, "exam.switch_trial", subject=("exam", exam_id), now=now, details={"on": on}
    )


def _row(session: Session, seat: TrialSeat, *, lock: bool = False) -> TrialSitting:
    row = session.get(
        TrialSitting, (seat.exam_id, seat.person_id), with_for_update=True if lock else None
    )
    if row is None:
        raise BadToken
    return row
