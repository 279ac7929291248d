"""Files on their way into a bank, as frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.interchange.drafts import FileFormat, Level
from lianbing.banks.interchange.models import ImportLine, MappedHeading, QuestionImport
from lianbing.banks.interchange.rules import ImportState
from lianbing.banks.rules import QuestionType
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRow:
    """A file; ``counts`` of good, bad, warned, and by type and point."""

    id: int
    bank_id: BankId
    file_name: str
    format: FileFormat | None
    state: ImportState
    progress: int
    cancel_asked: bool
    wanted: dict[str, Any]
    counts: dict[str, Any]
    columns: Sequence[dict[str, Any]]
    refusal: dict[str, Any] | None
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRow:
    """A line of the preview; ``level`` None when nothing is to be said."""

    number: int
    sheet: str
    row: int
    level: Level | None
    type: QuestionType | None
    point: str
    stem: str
    answer: str
    findings: Sequence[dict[str, Any]]


def import_row(row: QuestionImport) -> ImportRow:
    """A row of the table as a frozen value."""
    return ImportRow(
        id=row.id,
        bank_id=BankId(row.bank_id),
        file_name=row.file_name,
        format=FileFormat(row.format) if row.format else None,
        state=ImportState(row.state),
        progress=row.progress,
        cancel_asked=row.cancel_asked,
        wanted=row.wanted,
        counts=row.counts,
        columns=row.columns,
        refusal=row.refusal,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
    )


def get_import(session: Session, import_id: int) -> ImportRow:
    """The file; raises NotFound."""
    row = session.get(QuestionImport, import_id)
    if row is None:
        raise NotFound
    return import_row(row)


def page_of_imports(
    session: Session, actor: Actor, bank_id: BankId, number: int
) -> Page[ImportRow]:
    """One page of the files that a trainer sent into a bank, the newest first."""
    statement = (
        select(QuestionImport)
        .where(QuestionImport.bank_id == bank_id, QuestionImport.asked_by == actor.person_id)
        .order_by(QuestionImport.id.desc())
    )
    page = page_of(session, statement, number)
    rows = [import_row(row[0]) for row in page.rows]
    return page.with_rows(rows)


def page_of_lines(
    session: Session, import_id: int, number: int, *, told_only: bool
) -> Page[LineRow]:
    """One page of a file's lines, or of those of which something is said."""
    statement = (
        select(ImportLine).where(ImportLine.import_id == import_id).order_by(ImportLine.number)
    )
    if told_only:
        statement = statement.where(ImportLine.level != "")
    page = page_of(session, statement, number)
    rows = [_line(row[0]) for row in page.rows]
    return page.with_rows(rows)


def list_told(session: Session, import_id: int) -> list[LineRow]:
    """Every line of which something is said, for the annotated file."""
    statement = (
        select(ImportLine)
        .where(ImportLine.import_id == import_id, ImportLine.level != "")
        .order_by(ImportLine.number)
    )
    return [_line(line) for line in session.scalars(statement)]


def _line(line: ImportLine) -> LineRow:
    return LineRow(
        number=line.number,
        sheet=line.sheet,
        row=line.row,
        level=Level(line.level) if line.level else None,
        type=QuestionType(line.type) if line.type else None,
        point=line.point,
        stem=line.stem,
        answer=line.answer,
        findings=line.findings,
    )


def mapped_headings(session: Session, organisation_id: int) -> dict[str, str]:
    """What an organisation's headings stand for."""
    statement = select(MappedHeading.heading, MappedHeading.field).where(
        MappedHeading.organisation_id == organisation_id
    )
    return {row[0]: row[1] for row in session.execute(statement)}
