"""Teams against the standard's scopes: how right and how much of each, as a heat map's cells.

Only for leaders over their own subtree. Under three people a cell stays empty, as a weak point
does: nobody is to be read out of a picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from lianbing.infra.paging import Page
from lianbing.kernel.ids import OrganisationId
from lianbing.people.organisations.queries import list_children
from lianbing.people.queries import members_of, organisation_names
from lianbing.practice.campaigns.rules import HeatMeasure, heat_step
from lianbing.practice.campaigns.teams import FEWEST_PEOPLE, points_of_bank
from lianbing.practice.mastery.models import PointMastery
from lianbing.practice.queries import PracticeBank
from lianbing.subjects.queries import scope_tree


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatScope:
    """A column: a top scope of the standard; ``points`` are those with questions to practise."""

    id: int
    title: str
    points: frozenset[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatCell:
    """A team in a scope; ``percent`` is None where fewer than three people have answered."""

    people: int
    percent: int | None

    @property
    def step(self) -> int | None:
        """The step of the colour scale, 0 the best."""
        return None if self.percent is None else heat_step(self.percent)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatRow:
    """A team, or with ``is_whole`` the organisation itself; ``cells`` stand as the scopes do."""

    id: OrganisationId
    name: str
    is_whole: bool
    cells: tuple[HeatCell, ...]


def scopes_of(session: Session, bank: PracticeBank) -> list[HeatScope]:
    """The top scopes of a bank's outline in which it has questions to practise."""
    asked = points_of_bank(session, bank.id)
    found = [
        HeatScope(
            id=scope.id,
            title=scope.title,
            points=frozenset(point.id for point in scope.all_points()) & asked,
        )
        for scope in scope_tree(session, bank.subject_id, outline_id=bank.outline_id)
    ]
    return [scope for scope in found if scope.points]


def page_of_heat(
    session: Session,
    organisation_id: OrganisationId,
    scopes: Sequence[HeatScope],
    number: int,
    *,
    measure: HeatMeasure,
    on: date,
) -> Page[HeatRow]:
    """The parts of an organisation, a page of them, below the organisation as a whole."""
    page = list_children(session, organisation_id, page=number)
    whole = organisation_names(session, [organisation_id])[organisation_id]
    named = [(organisation_id, whole), *((child.id, child.name) for child in page.rows)]
    rows = [
        HeatRow(
            id=place,
            name=name,
            is_whole=place == organisation_id,
            cells=_cells(session, members_of(session, place, on=on), scopes, measure),
        )
        for place, name in named
    ]
    return page.with_rows(rows)


def _cells(
    session: Session, members: Select[int], scopes: Sequence[HeatScope], measure: HeatMeasure
) -> tuple[HeatCell, ...]:
    if not scopes:
        return ()
    of_scope: Mapping[int, int] = {point: scope.id for scope in scopes for point in scope.points}
    scope_id = case(of_scope, value=PointMastery.point_id).label("scope")
    right, wrong = func.sum(PointMastery.right_weight), func.sum(PointMastery.wrong_weight)
    people = func.count(PointMastery.person_id.distinct())
    answered = func.count(PointMastery.point_id.distinct())
    rows = session.execute(
        select(scope_id, people, right, wrong, answered)
        .where(PointMastery.person_id.in_(members), PointMastery.point_id.in_(of_scope))
        .group_by("scope")
    )
    found = {row[0]: row for row in rows}
    cells = []
    for scope in scopes:
        _, count, good, bad, met = found.get(scope.id, (scope.id, 0, 0, 0, 0))
        percent = None
        if count >= FEWEST_PEOPLE:
            part, all_ = (met, len(scope.points))
            if measure is HeatMeasure.RIGHT:
                part, all_ = good, good + bad
            percent = round(100 * part / all_) if all_ else None
        cells.append(HeatCell(people=count, percent=percent))
    return tuple(cells)
