"""Taking in an answer file: its entries are stored as late evidence and count for nothing yet."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lianbing.exams import closing
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.entries import MOST_ENTRIES, read_entries
from lianbing.exams.errors import BadToken, MalformedSave
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.journal import Entry, answer_text
from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.exams.queries import get_exam
from lianbing.exams.receipts.answer_keys import find_private_key
from lianbing.exams.receipts.chain import write_keys
from lianbing.exams.receipts.envelope import OpenedFile, open_envelope
from lianbing.exams.receipts.errors import (
    DamagedAnswerFile,
    OtherExamsAnswerFile,
    StillAnswering,
)
from lianbing.exams.receipts.models import AnswerFile
from lianbing.exams.rules import AttemptState, Standing
from lianbing.infra import audit
from lianbing.infra.crypto import Keyring
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import AttemptId, ExamId
from lianbing.papers.queries import get_frozen_paper
from lianbing.people.authority import require_reach


@dataclass(frozen=True, kw_only=True, slots=True)
class FileEntry:
    """An entry of a file with the device number its token was issued for."""

    device: int
    entry: Entry

    @property
    def key(self) -> tuple[int, int]:
        return self.device, self.entry.seq


def take_in(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    text: str,
    *,
    read_seat: Callable[[str], Seat],
    keyring: Keyring,
    now: datetime,
) -> int:
    """Decrypt, check and store an answer file; return its number. The same file again is harmless.

    Entries keep the numbers the device gave them, so if the network does return after all, what
    the device sends itself is a harmless repeat.
    """
    exam = get_exam(session, exam_id)
    require_reach(session, actor, *STEERERS, organisation_id=exam.organisation_id)
    private_key = find_private_key(session, exam_id, keyring)
    opened = open_envelope(text, exam_id=exam_id, private_key=private_key)
    digest = hashlib.sha256(text.encode()).hexdigest()
    attempt = _ended_attempt(session, exam_id, opened, read_seat, now)
    known = session.scalar(
        select(AnswerFile.id).where(AnswerFile.exam_id == exam_id, AnswerFile.digest == digest)
    )
    if known is not None:
        return known
    entries, refused = file_entries(session, opened, read_seat)
    found = AnswerFile(
        exam_id=exam_id,
        attempt_id=attempt.id,
        digest=digest,
        content=text,
        device_made_at=opened.made_at,
        covers=write_keys([entry.key for entry in entries]),
        new_entries=_store(session, attempt, entries, now),
        refused=refused,
        uploaded_by=actor.person_id,
        uploaded_at=now,
    )
    session.add(found)
    session.flush()
    _note(session, actor, found, now)
    return found.id


def _note(session: Session, actor: Actor, file: AnswerFile, now: datetime) -> None:
    audit.record(
        session,
        actor,
        "exam.take_in_answer_file",
        subject=("attempt", file.attempt_id),
        now=now,
        details={
            "exam": file.exam_id,
            "file": file.id,
            "digest": file.digest,
            "new": file.new_entries,
        },
    )


def _ended_attempt(
    session: Session,
    exam_id: ExamId,
    opened: OpenedFile,
    read_seat: Callable[[str], Seat],
    now: datetime,
) -> Attempt:
    """The one attempt all tokens are for, closed if it was due, its row locked."""
    try:
        seats = {read_seat(part.token) for part in opened.sittings}
    except BadToken as error:
        raise DamagedAnswerFile from error
    if {seat.exam_id for seat in seats} != {exam_id}:
        raise OtherExamsAnswerFile
    if len({seat.attempt_id for seat in seats}) != 1:
        raise DamagedAnswerFile
    attempt_id = seats.pop().attempt_id
    if session.get(Attempt, attempt_id) is None:
        raise DamagedAnswerFile
    closing.close_if_due(session, AttemptId(attempt_id), now=now)
    attempt = session.scalars(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update()
    ).one()
    if attempt.state == AttemptState.OPEN:
        raise StillAnswering
    return attempt


def file_entries(
    session: Session, opened: OpenedFile, read_seat: Callable[[str], Seat]
) -> tuple[list[FileEntry], int]:
    """The entries that fit the paper, and how many do not; raises DamagedAnswerFile."""
    fitting: dict[tuple[int, int], FileEntry] = {}
    refused = 0
    for part in opened.sittings:
        seat = read_seat(part.token)
        paper = get_frozen_paper(session, seat.paper_id)
        for start in range(0, len(part.entries), MOST_ENTRIES):
            try:
                entries, bad = read_entries(paper, part.entries[start : start + MOST_ENTRIES])
            except MalformedSave as error:
                raise DamagedAnswerFile from error
            refused += len(bad)
            for entry in entries:
                found = FileEntry(device=seat.device, entry=entry)
                fitting.setdefault(found.key, found)
    return list(fitting.values()), refused


def _store(session: Session, attempt: Attempt, entries: list[FileEntry], now: datetime) -> int:
    """Add what the journal does not hold yet, as late; return how many rows that were."""
    if not entries:
        return 0
    table = AnswerEntry.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class has a table
    rows = [
        {
            "attempt_id": attempt.id,
            "device": found.device,
            "seq": found.entry.seq,
            "question": found.entry.question,
            "answer": answer_text(found.entry.answer),
            "standing": Standing.LATE.value,
            "arrived_at": now,
            "device_clock": found.entry.device_clock,
        }
        for found in sorted(entries, key=lambda found: found.key)
    ]
    fresh = session.scalars(
        insert_for(session, table).on_conflict_do_nothing().returning(table.c.seq), rows
    )
    return len(fresh.all())
