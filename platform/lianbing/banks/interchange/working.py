"""The work on a file: read and check it, take its questions in; each ends in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from lianbing.banks.bank_file import QuestionEntry, SourceEntry
from lianbing.banks.checks import stem_key
from lianbing.banks.finding.rules import searched_text
from lianbing.banks.interchange.drafts import Finding, ReadFile, Refused
from lianbing.banks.interchange.models import ImportLine, QuestionImport
from lianbing.banks.interchange.nearness import with_near
from lianbing.banks.interchange.queries import mapped_headings
from lianbing.banks.interchange.reading import read_file
from lianbing.banks.interchange.rules import (
    FILE_SOURCE,
    KEPT_FOR,
    Bank,
    Checked,
    Checker,
    ImportState,
    Wanted,
)
from lianbing.banks.interchange.taking_pictures import tidied
from lianbing.banks.interchange.use_cases import wanted_from_json
from lianbing.banks.loading import keep_source, version_row
from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.banks.pictures.queries import picture_names
from lianbing.banks.pictures.rules import TidyPicture
from lianbing.banks.pictures.use_cases import keep_pictures
from lianbing.banks.problems import folded
from lianbing.banks.queries import BankRow, get_bank
from lianbing.banks.question_queries import list_sources, other_stems
from lianbing.banks.review.rules import QuestionState
from lianbing.banks.rules import SourceKind
from lianbing.infra import audit
from lianbing.kernel.actor import SYSTEM, Actor
from lianbing.kernel.ids import BankId, PersonId
from lianbing.subjects.queries import get_subject, list_points

SILENT_FOR = timedelta(seconds=60)
"""After so long without a sign of life somebody else takes the work up."""
STEP = 200
ROWS_AT_ONCE = 1000
DROPPED_AT_ONCE = 100

Sign = Callable[[int], None]
"""Told the progress in percent; raises Stopped when nobody wants the work any more."""


class Stopped(Exception):
    """The trainer gave the file up."""


def take_next(session: Session, *, now: datetime) -> tuple[int, ImportState] | None:
    """Take up the oldest file that nobody works on; its number and what is to be done."""
    silent = QuestionImport.alive_at < now - SILENT_FOR
    row = session.scalars(
        select(QuestionImport)
        .where(
            QuestionImport.state.in_([ImportState.WAITING, ImportState.ACCEPTED])
            | (QuestionImport.state.in_([ImportState.READING, ImportState.TAKING]) & silent)
        )
        .order_by(QuestionImport.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return _begin(row, now) if row is not None else None


def take_up(session: Session, import_id: int, *, now: datetime) -> ImportState | None:
    """Take up one file at once, when it is small; None when a task was quicker."""
    row = session.get(QuestionImport, import_id, with_for_update=True)
    if row is None or row.state not in (ImportState.WAITING, ImportState.ACCEPTED):
        return None
    return _begin(row, now)[1]


def _begin(row: QuestionImport, now: datetime) -> tuple[int, ImportState]:
    reads = row.state in (ImportState.WAITING, ImportState.READING)
    state = ImportState.READING if reads else ImportState.TAKING
    row.state, row.alive_at, row.progress = state, now, 5
    return row.id, state


def give_sign(session: Session, import_id: int, *, progress: int, now: datetime) -> bool:
    """Say how far the work is; whether it is still wanted."""
    row = session.get_one(QuestionImport, import_id, with_for_update=True)
    if row.cancel_asked or not ImportState(row.state).is_under_way:
        return False
    row.alive_at, row.progress = now, progress
    return True


def end(
    session: Session,
    import_id: int,
    state: ImportState,
    *,
    now: datetime,
    refusal: Refused | None = None,
) -> None:
    """End the work without a result."""
    row = session.get_one(QuestionImport, import_id, with_for_update=True)
    session.execute(delete(ImportLine).where(ImportLine.import_id == import_id))
    row.state, row.ended_at, row.data = state, now, None
    if refusal is not None:
        row.refusal = {"message": refusal.message, "params": refusal.params}


def drop_old(session: Session, *, now: datetime) -> int:
    """Drop the previews that nobody finished in time; how many."""
    old = select(QuestionImport.id).where(
        QuestionImport.state == ImportState.READ, QuestionImport.asked_at < now - KEPT_FOR
    )
    ids = list(session.scalars(old.limit(DROPPED_AT_ONCE).with_for_update(skip_locked=True)))
    session.execute(delete(ImportLine).where(ImportLine.import_id.in_(ids)))
    session.execute(
        update(QuestionImport)
        .where(QuestionImport.id.in_(ids))
        .values(state=ImportState.EXPIRED, ended_at=now, data=None)
    )
    return len(ids)


class Work:
    """A file read and checked against its bank, in memory."""

    def __init__(self, session: Session, import_id: int) -> None:
        row = session.get_one(QuestionImport, import_id)
        self.id, self.name, self.data = row.id, row.file_name, row.data or b""
        self.bank: BankRow = get_bank(session, BankId(row.bank_id))
        self.wanted: Wanted = wanted_from_json(row.wanted)
        self.author_id = row.asked_by
        self._by_hand = mapped_headings(session, self.bank.organisation_id)
        points = list_points(session, self.bank.outline_id)
        self.point_ids = {point.code: point.id for point in points}
        self._points = {folded(point.title): point.code for point in points}
        self._points |= {folded(point.code): point.code for point in points}
        sources = list_sources(session, self.bank.id)
        self.source_hashes = {one.code: (one.id, one.content_hash) for one in sources}
        self._sources = {folded(one.title): one.code for one in sources}
        self._sources |= {folded(one.code): one.code for one in sources}
        self._grades = get_subject(session, self.bank.subject_id).grades
        self._by_code = other_stems(session, self.bank.id)
        self._stems = {stem_key(stem): code for code, stem in self._by_code.items()}
        self._known_pictures = {
            f"pic:{name}": name for name in picture_names(session, self.bank.id)
        }
        self.pictures: dict[str, TidyPicture] = {}

    def run(self, sign: Sign) -> tuple[ReadFile, list[Checked]]:
        """Read and check; raises Refused, Stopped."""
        sign(10)
        read = read_file(self.name, self.data, self._by_hand)
        sign(30)
        self.pictures = tidied(read.pictures)
        checker = Checker(
            Bank(
                points=self._points,
                sources=self._sources,
                grades=self._grades,
                stems=self._stems,
                pictures={
                    **self._known_pictures,
                    **{target: one.name for target, one in self.pictures.items()},
                },
            ),
            self.wanted,
        )
        told: dict[tuple[str, int], list[Finding]] = {}
        for finding in read.findings:
            told.setdefault((finding.place.sheet, finding.place.row), []).append(finding)
        checked: list[Checked] = []
        for index, draft in enumerate(read.questions):
            if index % STEP == 0:
                sign(35 + 50 * index // len(read.questions))
            own = told.pop((draft.place.sheet, draft.place.row), [])
            checked.append(checker.check(draft, own))
        self.loose = [finding for findings in told.values() for finding in findings]
        return read, with_near(checked, self._by_code)


def take_in(session: Session, work: Work, checked: Sequence[Checked], *, now: datetime) -> None:
    """Put the good questions of a file into the bank as drafts, all in this transaction."""
    row = session.get_one(QuestionImport, work.id, with_for_update=True)
    if row.state != ImportState.TAKING or row.cancel_asked:
        raise Stopped
    session.execute(
        select(QuestionBank.id).where(QuestionBank.id == work.bank.id).with_for_update()
    )
    good = [(number, one.entry) for number, one in enumerate(checked, start=1) if one.is_good]
    if len(good) < len(checked) and not row.counts.get("good_only"):
        raise Stopped  # the bank changed since the preview: look again
    actor = Actor(person_id=PersonId(work.author_id), name="") if work.author_id else SYSTEM
    keep_pictures(session, work.bank.id, work.pictures.values(), now=now)
    entries = [(number, entry) for number, entry in good if entry is not None]
    ids = _add(session, actor, work, entries, now)
    for start in range(0, len(ids), ROWS_AT_ONCE):
        session.execute(
            update(ImportLine),
            [
                {"import_id": work.id, "number": number, "question_id": question_id}
                for number, question_id in ids[start : start + ROWS_AT_ONCE]
            ],
        )
    row.state, row.progress, row.ended_at, row.data = ImportState.DONE, 100, now, None
    row.counts = {**row.counts, "taken": len(ids)}
    session.get_one(QuestionBank, work.bank.id).changed_at = now
    audit.record(
        session,
        actor,
        "banks.import_questions",
        subject=("question_bank", work.bank.id),
        now=now,
        details={"import_id": work.id, "questions": len(ids), "format": row.format},
    )


Numbered = Sequence[tuple[int, QuestionEntry]]
Sources = Mapping[str, tuple[int, str]]


def _add(
    session: Session, actor: Actor, work: Work, entries: Numbered, now: datetime
) -> list[tuple[int, int]]:
    """New questions as drafts of the actor's; each line's number with its question's id."""
    sources = _sources(session, work, entries, now)
    made: list[tuple[int, int]] = []
    for start in range(0, len(entries), ROWS_AT_ONCE):
        some = entries[start : start + ROWS_AT_ONCE]
        ids = list(
            session.scalars(
                insert(Question).returning(Question.id, sort_by_parameter_order=True),
                [_question(work, actor, number, entry) for number, entry in some],
            )
        )
        versions = [
            _version(work, sources, actor, now, entry, question_id)
            for (_number, entry), question_id in zip(some, ids, strict=True)
        ]
        session.execute(insert(QuestionVersion), versions)
        made += [(number, i) for (number, _entry), i in zip(some, ids, strict=True)]
    return made


def _sources(session: Session, work: Work, entries: Numbered, now: datetime) -> Sources:
    """The bank's sources, with the file itself where an entry rests on it."""
    sources = dict(work.source_hashes)
    if any(entry.source_code == FILE_SOURCE for _number, entry in entries):
        source = SourceEntry(
            code=FILE_SOURCE,
            title=work.name,
            edition=f"{now:%Y-%m-%d}",
            kind=SourceKind.STANDARD,
        )
        sources[FILE_SOURCE] = (keep_source(session, work.bank.id, source), source.content_hash)
    return sources


def _question(work: Work, actor: Actor, number: int, entry: QuestionEntry) -> dict[str, Any]:
    code = f"w{work.id}-{number:05d}"
    return {
        "bank_id": work.bank.id,
        "code": code,
        "current_number": 0,
        "newest_number": 1,
        "state": QuestionState.DRAFT.value,
        "author_id": actor.person_id,
        "words": _words(code, entry),
    }


def _version(
    work: Work,
    sources: Sources,
    actor: Actor,
    now: datetime,
    entry: QuestionEntry,
    question_id: int,
) -> dict[str, Any]:
    source_id, source_hash = sources[entry.source_code]
    row = version_row(
        entry,
        question_id=question_id,
        number=1,
        content_hash=entry.content_hash(source_hash),
        point_id=work.point_ids[entry.point_code],
        source_id=source_id,
        actor=actor,
        now=now,
    )
    names = [column.key for column in QuestionVersion.__table__.columns if column.key != "id"]
    return {name: getattr(row, name) for name in names}


def _words(code: str, entry: QuestionEntry) -> str:
    options = [option.text for option in entry.options]
    parts = [part.stem for part in entry.parts]
    return searched_text([code, entry.stem, options, list(entry.prompts), parts])
