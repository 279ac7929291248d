"""The wrong book (错题本): what is in it.

Of a merged person's identities, the row changed last speaks for a question; what follows is
written under the kept one, so an undone merge finds the other's book as it was.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import contents, is_current, is_drillable
from lianbing.banks.rules import QuestionType
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, PersonId, QuestionId, QuestionVersionId
from lianbing.practice.models import WrongBookItem
from lianbing.practice.queries import identities_of
from lianbing.practice.shown import plain_stem, right_answer

BOOK_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class BookRow:
    """A question in the wrong book; ``answer`` a line an option or blank."""

    stem: str
    is_true_false: bool
    answer: tuple[str, ...]
    explanation: str
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
            _speaks(identities),
            Question.bank_id.in_(bank_ids),
            is_drillable(),
        )
        .order_by(WrongBookItem.entered_at.desc(), WrongBookItem.id.desc())
    )


def _speaks(identities: Collection[PersonId]) -> ColumnElement[bool]:
    if len(identities) == 1:
        return WrongBookItem.id.is_not(None)
    later = aliased(WrongBookItem)
    return ~(
        select(later.id)
        .where(
            later.person_id.in_(identities),
            later.question_id == WrongBookItem.question_id,
            or_(
                later.changed_at > WrongBookItem.changed_at,
                and_(later.changed_at == WrongBookItem.changed_at, later.id > WrongBookItem.id),
            ),
        )
        .exists()
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
    found = contents(session, [QuestionVersionId(row[1]) for row in page.rows])
    rows = []
    for item, version_id, _question_id in page.rows:
        content = found[version_id]
        rows.append(
            BookRow(
                stem=plain_stem(content),
                is_true_false=content.type is QuestionType.TRUE_FALSE,
                answer=right_answer(content),
                explanation=content.explanation,
                right_streak=item.right_streak,
                wrong_count=item.wrong_count,
                entered_at=item.entered_at,
                counts_today=item.counted_on < on,
            )
        )
    return page.with_rows(rows)
