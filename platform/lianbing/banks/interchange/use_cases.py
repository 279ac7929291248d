"""Send a file, map its headings, accept it or give it up, undo what it brought."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lianbing.banks.interchange.errors import AlreadyUsed, HasErrors, NothingGood, NotReady
from lianbing.banks.interchange.headings import MAPPABLE, folded_heading
from lianbing.banks.interchange.models import ImportLine, MappedHeading, QuestionImport
from lianbing.banks.interchange.queries import ImportRow, import_row
from lianbing.banks.interchange.rules import ImportState, Wanted
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import BankRow
from lianbing.banks.review.rules import QuestionState
from lianbing.banks.rules import QuestionUse
from lianbing.banks.secrecy.use_cases import require_opened
from lianbing.banks.use_cases import open_bank
from lianbing.infra import audit
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import BankId
from lianbing.subjects.rules import SkillGrade

LONGEST_HEADING = 100
IDS_AT_ONCE = 500


def wanted_to_json(wanted: Wanted) -> dict[str, Any]:
    """What holds for all lines, as it is stored."""
    return asdict(wanted) | {"difficulty": str(wanted.difficulty)}


def wanted_from_json(stored: Mapping[str, Any]) -> Wanted:
    """The same again."""
    return Wanted(
        point_code=stored["point_code"],
        grade=SkillGrade(stored["grade"]) if stored["grade"] else None,
        use=QuestionUse(stored["use"]),
        difficulty=Decimal(stored["difficulty"]),
        source_code=stored["source_code"],
    )


def send_file(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    *,
    name: str,
    data: bytes,
    wanted: Wanted,
    now: datetime,
) -> int:
    """Keep a file to be read for a bank; return its number. Nothing enters the bank yet."""
    open_bank(session, actor, bank_id)
    row = QuestionImport(
        bank_id=bank_id,
        file_name=name[-200:],
        state=ImportState.WAITING,
        wanted=wanted_to_json(wanted),
        counts={},
        columns=[],
        data=data,
        asked_at=now,
        asked_by=actor.person_id,
    )
    session.add(row)
    session.flush()
    return row.id


def open_import(session: Session, actor: Actor, import_id: int) -> tuple[ImportRow, BankRow]:
    """A file and its bank, for the trainer who sent it; raises NotFound, Forbidden."""
    row = _mine(session, actor, import_id)
    return import_row(row), open_bank(session, actor, BankId(row.bank_id))


def _mine(session: Session, actor: Actor, import_id: int, *, lock: bool = False) -> QuestionImport:
    row = session.get(QuestionImport, import_id, with_for_update=lock or None)
    if row is None:
        raise NotFound
    open_bank(session, actor, BankId(row.bank_id))
    if row.asked_by != actor.person_id:  # what is meant for exams only may stand in it
        raise Forbidden
    return row


def file_of(session: Session, actor: Actor, import_id: int) -> bytes | None:
    """The bytes of a file, as long as they are kept."""
    return _mine(session, actor, import_id).data


def read_again(
    session: Session,
    actor: Actor,
    import_id: int,
    *,
    wanted: Wanted,
    headings: Mapping[str, str],
) -> None:
    """Read a file anew with other values for all lines, or with headings mapped by hand."""
    row = _mine(session, actor, import_id, lock=True)
    if row.state != ImportState.READ:
        raise NotReady
    bank = open_bank(session, actor, BankId(row.bank_id))
    insert = insert_for(session, cast(Table, MappedHeading.__table__))
    for heading, name in headings.items():
        word = folded_heading(heading)[:LONGEST_HEADING]
        if word and (not name or name in MAPPABLE):
            values = {"organisation_id": bank.organisation_id, "heading": word, "field": name}
            session.execute(
                insert.values(**values).on_conflict_do_update(
                    index_elements=["organisation_id", "heading"], set_={"field": name}
                )
            )
    session.execute(delete(ImportLine).where(ImportLine.import_id == row.id))
    row.state, row.progress, row.wanted = ImportState.WAITING, 0, wanted_to_json(wanted)


def accept(
    session: Session, actor: Actor, import_id: int, *, good_only: bool, now: datetime
) -> int:
    """Have the questions of a file taken in, all or the good ones; return how many these are.

    Raises HasErrors when all are asked for and one has an error, NothingGood, NotReady; and
    PurposeNeeded when some are for exams only, before pledge and purpose.
    """
    row = _mine(session, actor, import_id, lock=True)
    if row.state != ImportState.READ:
        raise NotReady
    if row.counts["bad"] and not good_only:
        raise HasErrors(count=row.counts["bad"])
    if not row.counts["good"]:
        raise NothingGood
    if row.counts["exam_only"]:
        require_opened(session, actor, BankId(row.bank_id), now=now)
    row.state, row.progress, row.alive_at = ImportState.ACCEPTED, 0, None
    row.counts = {**row.counts, "good_only": good_only}
    return int(row.counts["good"])


def cancel(session: Session, actor: Actor, import_id: int, *, now: datetime) -> None:
    """Give a file up; work under way stops at its next sign of life, and nothing of it stays."""
    row = _mine(session, actor, import_id, lock=True)
    if row.state in (ImportState.READING, ImportState.TAKING):
        row.cancel_asked = True
        return
    if row.state not in (ImportState.WAITING, ImportState.READ, ImportState.ACCEPTED):
        raise NotReady
    row.state, row.ended_at, row.data = ImportState.CANCELLED, now, None
    session.execute(delete(ImportLine).where(ImportLine.import_id == row.id))


def undo(session: Session, actor: Actor, import_id: int, *, now: datetime) -> int:
    """Take back all that a file brought, while none of it was touched; return how many.

    The drafts were nowhere but in the bank's list, so they go wholly; raises AlreadyUsed when one
    was changed, sent for review, approved, retired, or is named by anything else.
    """
    row = _mine(session, actor, import_id, lock=True)
    if row.state != ImportState.DONE:
        raise NotReady
    ids = _take_back(session, row.id)
    row.state, row.ended_at = ImportState.UNDONE, now
    audit.record(
        session,
        actor,
        "banks.undo_import",
        subject=("question_bank", row.bank_id),
        now=now,
        details={"import_id": row.id, "questions": len(ids)},
    )
    return len(ids)


def _take_back(session: Session, import_id: int) -> list[int]:
    """Delete the untouched questions of a file; their ids."""
    mine = select(ImportLine.question_id).where(
        ImportLine.import_id == import_id, ImportLine.question_id.is_not(None)
    )
    ids = [question_id for question_id in session.scalars(mine) if question_id is not None]
    chunks = [ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE)]
    untouched = (
        Question.newest_number == 1,
        Question.current_number == 0,
        Question.state == QuestionState.DRAFT,
        Question.retired_at.is_(None),
    )
    for some in chunks:
        count = select(func.count()).where(Question.id.in_(some), *untouched)
        if session.scalar(count) != len(some):
            raise AlreadyUsed
    session.execute(
        update(ImportLine).where(ImportLine.import_id == import_id).values(question_id=None)
    )
    try:
        for some in chunks:
            for statement in (
                delete(QuestionVersion).where(QuestionVersion.question_id.in_(some)),
                delete(Question).where(Question.id.in_(some)),
            ):
                session.execute(statement.execution_options(synchronize_session=False))
    except IntegrityError as error:
        raise AlreadyUsed from error
    return ids
