"""The assessment points of one scope with what a person has done of each."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lianbing.infra.paging import Page
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId
from lianbing.practice.queries import (
    PracticeBank,
    get_practice_bank,
    identities_of,
    point_counts,
)
from lianbing.subjects.queries import ScopeRow, scope_tree

POINTS_A_PAGE = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class PointFigures:
    """A point with how many of its questions were answered, and right the last time."""

    id: int
    code: str
    title: str
    total: int
    done: int
    right: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScopePoints:
    """A scope of a bank with one page of those of its points that have questions to practise."""

    bank: PracticeBank
    id: int
    title: str
    page: Page[PointFigures]


def get_scope_points(
    session: Session, actor: Actor, bank_id: BankId, scope_id: int, *, number: int
) -> ScopePoints:
    """The scope with its points and those below it, in order; raises NotFound."""
    bank = get_practice_bank(session, actor, bank_id)
    scope = _find(scope_tree(session, bank.subject_id, outline_id=bank.outline_id), scope_id)
    if scope is None:
        raise NotFound
    counts = point_counts(session, identities_of(session, actor), bank.id)
    rows = []
    for point in scope.all_points():
        total, done, right = counts.get(point.id, (0, 0, 0))
        if total:
            rows.append(
                PointFigures(
                    id=point.id,
                    code=point.code,
                    title=point.title,
                    total=total,
                    done=done,
                    right=right,
                )
            )
    start = (max(number, 1) - 1) * POINTS_A_PAGE
    page = Page(
        rows=rows[start : start + POINTS_A_PAGE],
        number=max(number, 1),
        total=len(rows),
        per_page=POINTS_A_PAGE,
    )
    return ScopePoints(bank=bank, id=scope.id, title=scope.title, page=page)


def _find(scopes: tuple[ScopeRow, ...] | list[ScopeRow], scope_id: int) -> ScopeRow | None:
    for scope in scopes:
        found = scope if scope.id == scope_id else _find(scope.children, scope_id)
        if found is not None:
            return found
    return None
