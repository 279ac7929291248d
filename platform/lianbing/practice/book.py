"""The wrong book (错题本): what is in it.

Of a merged person's identities, the row changed last speaks for a question; what follows is
written under the kept one, so an undone merge finds the other's book as it was.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, PersonId, QuestionId, QuestionVersionId
from lianbing.practice.models import WrongBookItem
from lianbing.practice.queries import identities_of
from lianbing.practice.speaking import speaks
from lianbing.practice.study_lines import StudyLine, study_lines

BOOK_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class BookRow:
    """A question in the wrong book; ``counts_today``: a right answer today would count."""

    line: StudyLine
    right_streak: int
    wrong_count: int
    entered_at: datetime
    counts_today: bool


def _book(
    identities: Collection[PersonId], bank_ids: Collection[BankId]
) -> Select[WrongBookItem, int, int]:
    return (
        select(WrongBookItem, QuestionVersion.id, Question.id)
        .join(Question, Question.id == WrongBookItem.question_id)
        .join(QuestionVersion, is_current())
        .where(
            WrongBookItem.person_id.in_(identities),
            WrongBookItem.left_at.is_(None),
            speaks(WrongBookItem, identities),
            Question.bank_id.in_(bank_ids),
            is_drillable(),
        )
        .order_by(WrongBookItem.entered_at.desc(), WrongBookItem.id.desc())
    )


def count_book(
    session: Session, identities: Collection[PersonId], bank_ids: Collection[BankId]
) -> int:
    """How many questions of the banks are in the person's wrong book."""
    book = _book(identities, bank_ids).order_by(None)
    return session.scalar(select(func.count()).select_from(book.subquery())) or 0


def book_versions(
    session: Session, identities: Collection[PersonId], bank_ids: Collection[BankId]
) -> dict[QuestionId, QuestionVersionId]:
    """The questions in the wrong book that may be drilled, with their current versions."""
    rows = session.execute(_book(identities, bank_ids))
    return {QuestionId(row[2]): QuestionVersionId(row[1]) for row in rows}


def page_of_book(
    session: Session, actor: Actor, bank_ids: Collection[BankId], number: int, *, on: date
) -> Page[BookRow]:
    """One page of the wrong book as it stands on a local day, what entered last first."""
    statement = _book(identities_of(session, actor), bank_ids)
    page = page_of(session, statement, number, per_page=BOOK_PAGE)
    lines = study_lines(session, [row[1] for row in page.rows])
    rows = [
        BookRow(
            line=lines[version_id],
            right_streak=item.right_streak,
            wrong_count=item.wrong_count,
            entered_at=item.entered_at,
            counts_today=item.counted_on < on,
        )
        for item, version_id, _question_id in page.rows
    ]
    return page.with_rows(rows)
