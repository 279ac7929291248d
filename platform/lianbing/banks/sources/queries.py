"""A bank's sources with their validity, and the questions that still rest on a superseded one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lianbing.banks.models import Question, QuestionSource, QuestionVersion
from lianbing.banks.queries import is_newest
from lianbing.banks.rules import SourceKind
from lianbing.banks.sources.models import SourceSupersession
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLine:
    """A source in one edition; ``questions`` rest on it in their newest versions.

    ``superseded_by`` names what came after it, and ``valid_to`` the day from which that holds.
    """

    id: int
    bank_id: BankId
    title: str
    edition: str
    kind: SourceKind
    valid_from: date | None
    valid_to: date | None
    superseded_by: int | None
    new_edition: str
    by_id: PersonId | None
    at: datetime | None
    questions: int


def page_of_sources(session: Session, bank_id: BankId, number: int) -> Page[SourceLine]:
    """One page of a bank's sources: first those that are superseded and still rested on."""
    new = aliased(QuestionSource)
    counts = (
        select(QuestionVersion.source_id, func.count().label("questions"))
        .select_from(Question)
        .join(QuestionVersion, is_newest())
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
        .group_by(QuestionVersion.source_id)
        .subquery()
    )
    count = func.coalesce(counts.c.questions, 0)
    to_do = SourceSupersession.id.is_not(None) & (count > 0)
    statement = (
        select(QuestionSource, SourceSupersession, new.edition, count)
        .outerjoin(SourceSupersession, SourceSupersession.old_source_id == QuestionSource.id)
        .outerjoin(new, new.id == SourceSupersession.new_source_id)
        .outerjoin(counts, counts.c.source_id == QuestionSource.id)
        .where(QuestionSource.bank_id == bank_id)
        .order_by(to_do.desc(), QuestionSource.title, QuestionSource.id.desc())
    )
    page = page_of(session, statement, number)
    rows = [_line(*row) for row in page.rows]
    return page.with_rows(rows)


def get_source(session: Session, source_id: int) -> SourceLine:
    """The source; raises NotFound."""
    new = aliased(QuestionSource)
    row = session.execute(
        select(QuestionSource, SourceSupersession, new.edition)
        .outerjoin(SourceSupersession, SourceSupersession.old_source_id == QuestionSource.id)
        .outerjoin(new, new.id == SourceSupersession.new_source_id)
        .where(QuestionSource.id == source_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _line(row[0], row[1], row[2], 0)


def _line(
    source: QuestionSource,
    supersession: SourceSupersession | None,
    new_edition: str | None,
    questions: int,
) -> SourceLine:
    by_id = supersession.by_id if supersession is not None else None
    return SourceLine(
        id=source.id,
        bank_id=BankId(source.bank_id),
        title=source.title,
        edition=source.edition,
        kind=SourceKind(source.kind),
        valid_from=source.valid_from,
        valid_to=supersession.valid_from if supersession is not None else None,
        superseded_by=supersession.new_source_id if supersession is not None else None,
        new_edition=new_edition or "",
        by_id=PersonId(by_id) if by_id else None,
        at=supersession.at if supersession is not None else None,
        questions=questions,
    )
