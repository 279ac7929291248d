"""Pages of a list: every list is paged, and the page stays in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")
Made = TypeVar("Made")
Key = TypeVar("Key")
PER_PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[Row]):
    """One page of rows; ``number`` counts from 1."""

    rows: Sequence[Row]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    def with_rows(self, rows: "Sequence[Made]") -> "Page[Made]":
        """The same page of the same list, its rows made into others."""
        return Page(rows=rows, number=self.number, total=self.total, per_page=self.per_page)


def page_within(number: int, total: int, per_page: int = PER_PAGE) -> int:
    """The page that is shown when one is asked for: the last one instead of any beyond it.

    A list grows shorter while people work through it, and an empty page says what is not true.
    """
    return max(1, min(number, -(-total // per_page)))


def page_of(
    session: Session, statement: Select[*tuple[Any, ...]], number: int, *, per_page: int = PER_PAGE
) -> Page[Any]:
    """Run an ordered statement for one page; rows come as SQLAlchemy rows."""
    total = _count(session, statement)
    number = page_within(number, total, per_page)
    rows = session.execute(statement.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(rows=rows, number=number, total=total, per_page=per_page)


def page_by_key(
    session: Session,
    keys: Select[Key],
    shown: Select[*tuple[Any, ...]],
    key: SQLColumnExpression[Key],
    number: int,
    *,
    per_page: int = PER_PAGE,
) -> Page[Any]:
    """One page of a long list with costly columns: ``keys`` finds it in order, ``shown`` fills it.

    A database computes the columns of the rows before an offset too; here it has keys only.
    """
    total = _count(session, keys)
    number = page_within(number, total, per_page)
    here = keys.limit(per_page).offset((number - 1) * per_page).subquery()
    rows = session.execute(shown.where(key.in_(select(here)))).all()
    return Page(rows=rows, number=number, total=total, per_page=per_page)


def _count(session: Session, statement: Select[*tuple[Any, ...]]) -> int:
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    return session.scalar(counted) or 0
