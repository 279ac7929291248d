"""The proof would notice: whatever is taken from or added to the database is found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from havoc.books import Findings, compare
from havoc.candidates import Candidate
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, save, token_of

from lianbing.exams.closing import close_due
from lianbing.exams.models import AnswerEntry
from lianbing.exams.use_cases import publish_results
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.infra import outbox
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.qualifications.models import QualificationRecord

Hall = tuple[ExamWorld, list[Candidate]]


@pytest.fixture
def hall(session: Session, app: Flask) -> Hall:
    """A closed, published exam, and the candidates' books of it, all in order."""
    start = utc_now() - timedelta(hours=3)
    world = make_exam_world(
        session, candidates=3, opens_at=start, closes_at=start + timedelta(hours=2), pass_mark=1
    )
    crowd = []
    for index in range(3):
        seat = enter(world, index, at=start)
        saved = save(seat, [(seq, seq, "B") for seq in range(1, 5)], at=start)
        crowd.append(
            Candidate(
                index=index,
                attempt_id=seat.attempt_id,
                token=token_of(app, seat),
                contents={seq: (seq, "B") for seq in range(1, 5)},
                acknowledged={seq: str(told) for seq, told in saved.standings.items() if told},
            )
        )
    session.rollback()
    assert close_due() == 3
    with transaction() as writing:
        publish_results(
            writing,
            world.organiser,
            world.exam_id,
            sign=current_keyring().sign,
            now=utc_now(),
        )
    outbox.deliver_due()
    session.rollback()
    return world, crowd


def found(session: Session, hall: Hall) -> Findings:
    session.expire_all()
    return compare(session, hall[0].exam_id, hall[1])


def test_books_in_order_find_nothing(session: Session, hall: Hall) -> None:
    assert found(session, hall) == Findings(acknowledged=12)
    assert session.scalar(select(func.count()).select_from(QualificationRecord)) == 3


def lose_an_answer(session: Session) -> None:
    session.execute(delete(AnswerEntry).where(AnswerEntry.seq == 2))


def alter_an_answer(session: Session) -> None:
    session.execute(update(AnswerEntry).where(AnswerEntry.seq == 2).values(answer='"C"'))


def lose_marks(session: Session) -> None:
    session.execute(delete(MarkSheetRow))


def mark_twice(session: Session) -> None:
    sheet = session.scalars(select(MarkSheetRow)).first()
    assert sheet is not None
    columns = {c.name: getattr(sheet, c.name) for c in MarkSheetRow.__table__.columns}
    columns = {**columns, "id": sheet.id + 1000, "number": sheet.number + 1}
    session.execute(insert(MarkSheetRow).values(columns))


def end_twice(session: Session) -> None:
    script = session.scalars(select(Script)).first()
    assert script is not None
    columns = {c.name: getattr(script, c.name) for c in Script.__table__.columns}
    columns = {**columns, "id": script.id + 1000, "version": script.version + 1}
    session.execute(insert(Script).values(columns))


def lose_a_record(session: Session) -> None:
    first = session.scalar(select(func.min(QualificationRecord.id)))
    session.execute(delete(QualificationRecord).where(QualificationRecord.id == first))


@pytest.mark.parametrize(
    ("harm", "where"),
    [
        (lose_an_answer, {"lost", "marks", "chains"}),
        (alter_an_answer, {"lost", "strange", "marks", "chains"}),
        (lose_marks, {"marks"}),
        (mark_twice, {"marks"}),
        (end_twice, {"marks"}),
        (lose_a_record, {"records"}),
    ],
)
def test_harm_is_found(
    session: Session, hall: Hall, harm: Callable[[Session], None], where: set[str]
) -> None:
    harm(session)
    session.flush()
    findings = found(session, hall)
    kinds = ("lost", "strange", "marks", "records", "chains")
    assert {kind for kind in kinds if getattr(findings, kind)} >= where
    session.rollback()


def test_answers_that_were_never_given_are_strange(session: Session, hall: Hall) -> None:
    del hall[1][0].contents[4]
    del hall[1][0].acknowledged[4]
    assert found(session, hall).strange


def test_refusals_are_told(session: Session, hall: Hall) -> None:
    hall[1][0].refused.append("3: refused other_content")
    assert found(session, hall).strange
