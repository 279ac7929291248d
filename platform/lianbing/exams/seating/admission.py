"""The one rule of rooms and batches on entering: one small query, one pure decision.

An exam whose ``plain_admission`` is true has no published seating plan: nothing here applies
to it, and a start need not ask.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.models import Exam
from lianbing.exams.seating.errors import BatchNotOpen, BatchOver, NoSeat, NotCheckedIn
from lianbing.exams.seating.models import CheckIn, ExamBatch, ExamSeat, ExamSeating
from lianbing.exams.seating.rules import CheckInRule, Refusal, SeatFacts, decide_admission
from lianbing.kernel.errors import DomainError

SAID: dict[Refusal, type[DomainError]] = {
    Refusal.NO_SEAT: NoSeat,
    Refusal.BATCH_NOT_OPEN: BatchNotOpen,
    Refusal.BATCH_OVER: BatchOver,
    Refusal.NOT_CHECKED_IN: NotCheckedIn,
}


def check_seat(session: Session, exam: Exam, person_id: int, *, arrived_at: datetime) -> None:
    """Raise for a candidate (the roster's id) who may not begin here and now."""
    if exam.plain_admission:
        return
    refusal = decide_admission(find_seat_facts(session, exam.id, [person_id]), at=arrived_at)
    if refusal is not None:
        raise SAID[refusal]


def find_seat_facts(
    session: Session, exam_id: int, person_ids: Collection[int]
) -> SeatFacts | None:
    """What decides a person's admission, in one statement; None without a seat."""
    found = list_seat_facts(session, [exam_id], person_ids)
    return next(iter(found.values()), None)


def list_seat_facts(
    session: Session, exam_ids: Collection[int], person_ids: Collection[int]
) -> dict[tuple[int, int], SeatFacts]:
    """The same of many, by exam and the roster's person, in one statement."""
    rows = session.execute(
        select(
            ExamSeat.exam_id,
            ExamSeat.person_id,
            ExamBatch.opens_at,
            ExamBatch.closes_at,
            ExamSeating.check_in,
            CheckIn.id,
        )
        .select_from(ExamSeat)
        .join(ExamBatch, ExamBatch.id == ExamSeat.batch_id)
        .join(ExamSeating, ExamSeating.exam_id == ExamSeat.exam_id)
        .outerjoin(
            CheckIn,
            (CheckIn.exam_id == ExamSeat.exam_id)
            & (CheckIn.person_id == ExamSeat.person_id)
            & CheckIn.undone_at.is_(None),
        )
        .where(ExamSeat.exam_id.in_(exam_ids), ExamSeat.person_id.in_(person_ids))
    )
    return {
        (row.exam_id, row.person_id): SeatFacts(
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            check_in=CheckInRule(row.check_in),
            checked_in=row.id is not None,
        )
        for row in rows
    }
