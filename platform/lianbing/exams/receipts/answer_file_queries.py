"""Answer files as staff see them: which there are, and what each says beside what counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.journal import answer_text
from lianbing.exams.models import Attempt
from lianbing.exams.queries import ExamRow, get_exam
from lianbing.exams.receipts.answer_keys import find_private_key
from lianbing.exams.receipts.chain import ChainEntry
from lianbing.exams.receipts.envelope import open_envelope
from lianbing.exams.receipts.errors import AnswerFileNotFound
from lianbing.exams.receipts.models import AnswerFile
from lianbing.exams.receipts.queries import stored_entries
from lianbing.exams.receipts.taking_in import FileEntry, file_entries
from lianbing.exams.rules import Standing
from lianbing.grading.queries import find_marked_script
from lianbing.infra.crypto import Keyring
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import AttemptId, ExamId, PersonId
from lianbing.papers.queries import get_frozen_paper
from lianbing.people.authority import require_reach


class Bearing(StrEnum):
    """What a file's answer means beside what counts."""

    SAME = "same"
    DIFFERS = "differs"
    COUNTED = "counted"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerFileRow:
    """An answer file in a list."""

    id: int
    exam_id: ExamId
    attempt_id: AttemptId
    person_id: PersonId
    uploaded_at: datetime
    device_made_at: str
    new_entries: int
    refused: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FileLine:
    """One question of a file: the answer that counts now, and the file's last one."""

    number: int
    stem: str
    counts: Answer
    given: Answer
    device: int
    seq: int
    device_clock: str
    bearing: Bearing


@dataclass(frozen=True, kw_only=True, slots=True)
class FileView:
    """A file laid beside the candidate's newest script."""

    exam: ExamRow
    file: AnswerFileRow
    lines: tuple[FileLine, ...]


def list_answer_files(
    session: Session, actor: Actor, exam_id: ExamId, number: int = 1
) -> Page[AnswerFileRow]:
    """The answer files of an exam, the newest first."""
    exam = get_exam(session, exam_id)
    require_reach(session, actor, *STEERERS, organisation_id=exam.organisation_id)
    statement = (
        select(AnswerFile, Attempt.person_id)
        .join(Attempt, Attempt.id == AnswerFile.attempt_id)
        .where(AnswerFile.exam_id == exam_id)
        .order_by(AnswerFile.id.desc())
    )
    page = page_of(session, statement, number)
    return page.with_rows([_row(file, person_id) for file, person_id in page.rows])


def view_answer_file(
    session: Session,
    actor: Actor,
    file_id: int,
    *,
    read_seat: Callable[[str], Seat],
    keyring: Keyring,
) -> FileView:
    """A file opened once more and laid beside what counts; raises AnswerFileNotFound."""
    file = session.get(AnswerFile, file_id)
    if file is None:
        raise AnswerFileNotFound
    exam = get_exam(session, ExamId(file.exam_id))
    require_reach(session, actor, *STEERERS, organisation_id=exam.organisation_id)
    private_key = find_private_key(session, exam.id, keyring)
    opened = open_envelope(file.content, exam_id=exam.id, private_key=private_key)
    entries, _refused = file_entries(session, opened, read_seat)
    attempt = session.get_one(Attempt, file.attempt_id)
    return FileView(
        exam=exam,
        file=_row(file, attempt.person_id),
        lines=_lines(session, exam, attempt, entries),
    )


def _lines(
    session: Session, exam: ExamRow, attempt: Attempt, entries: list[FileEntry]
) -> tuple[FileLine, ...]:
    script = find_marked_script(session, AttemptId(attempt.id))
    counting: Mapping[int, Answer] = script.answers if script else {}
    rows = stored_entries(session, [attempt.id]).get(attempt.id, ())
    stored = {row.key: row for row in rows}
    stems = {q.number: q.content.stem for q in get_frozen_paper(session, exam.paper_id).questions}
    last: dict[int, FileEntry] = {}
    for found in sorted(entries, key=lambda found: found.key):
        last[found.entry.question] = found
    return tuple(
        FileLine(
            number=number,
            stem=stems[number],
            counts=counting.get(number),
            given=found.entry.answer,
            device=found.device,
            seq=found.entry.seq,
            device_clock=found.entry.device_clock,
            bearing=_bearing(found, stored.get(found.key), counting.get(number)),
        )
        for number, found in sorted(last.items())
    )


def _bearing(found: FileEntry, stored: ChainEntry | None, counts: Answer) -> Bearing:
    entry = found.entry
    text = answer_text(entry.answer)
    if stored is not None and (stored.question, stored.answer) != (entry.question, text):
        return Bearing.CONTRADICTS
    if stored is not None and stored.standing == Standing.COUNTED.value:
        return Bearing.COUNTED
    return Bearing.SAME if answer_text(counts) == text else Bearing.DIFFERS


def _row(file: AnswerFile, person_id: int) -> AnswerFileRow:
    return AnswerFileRow(
        id=file.id,
        exam_id=ExamId(file.exam_id),
        attempt_id=AttemptId(file.attempt_id),
        person_id=PersonId(person_id),
        uploaded_at=file.uploaded_at,
        device_made_at=file.device_made_at,
        new_entries=file.new_entries,
        refused=file.refused,
    )
