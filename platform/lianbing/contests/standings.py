"""The standing of a theory round: its exam's newest published list with those of its make-ups.

A person counts once, under all merged identities, by the latest sitting that has a published
list; ranks are given anew over all who count. Nothing is stored: each line names its list.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from lianbing.exams.models import ResultRow
from lianbing.exams.result_lists import newest_lists
from lianbing.exams.seating.make_up import original_of, sittings_of
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import ExamId, PersonId, ResultListId
from lianbing.people.queries import identities

PER_PAGE = 100
Columns = tuple[int, int, int, Decimal, bool, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingLine:
    """Who is where in a round, and by which list."""

    rank: int
    person_id: PersonId
    result_list_id: ResultListId
    marks: Decimal
    passed: bool
    seconds_used: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sittings:
    """The exams of a round in their order, and the newest list of each that has published one."""

    exam_ids: tuple[ExamId, ...]
    lists: dict[ExamId, ResultListId]

    @property
    def unpublished(self) -> int:
        """How many of them have not published yet."""
        return len(self.exam_ids) - len(self.lists)


def find_sittings(session: Session, exam_id: ExamId) -> Sittings:
    """The sittings of the round that an exam, original or make-up, belongs to."""
    exam_ids = sittings_of(session, original_of(session, exam_id))
    return Sittings(exam_ids=tuple(exam_ids), lists=newest_lists(session, exam_ids))


def list_standing(session: Session, sittings: Sittings, *, number: int = 1) -> Page[StandingLine]:
    """A page of a round's standing, in order of rank."""
    page = page_of(session, _counted(sittings), number, per_page=PER_PAGE)
    return page.with_rows([_line(*row) for row in page.rows])


def standing_by_list(
    session: Session, sittings: Sittings, result_list_id: ResultListId
) -> list[StandingLine]:
    """Those who count by one list, with their ranks in the whole round."""
    counted = _counted(sittings).subquery()
    rows = session.execute(
        select(counted).where(counted.c.result_list_id == result_list_id).order_by(counted.c.rank)
    )
    return [_line(*row) for row in rows]


def find_line(
    session: Session, sittings: Sittings, person_ids: Collection[PersonId]
) -> StandingLine | None:
    """The line of one person, by all identities; None for who is not in the standing."""
    counted = _counted(sittings).subquery()
    row = session.execute(select(counted).where(counted.c.person_id.in_(person_ids))).first()
    return None if row is None else _line(*row)


def _counted(sittings: Sittings) -> Select[*Columns]:
    """One line a person: of the last sitting with one; ranked as ``exams.rules.rank`` does."""
    ordered = [sittings.lists[id_] for id_ in sittings.exam_ids if id_ in sittings.lists]
    turn = {0: -1} | {list_id: number for number, list_id in enumerate(ordered)}
    who = identities().subquery()
    latest = case(turn, value=ResultRow.result_list_id, else_=-1).desc()
    lines = (
        select(
            ResultRow,
            func.row_number()
            .over(partition_by=who.c.kept_id, order_by=(latest, ResultRow.rank, ResultRow.id))
            .label("turn"),
        )
        .join(who, who.c.id == ResultRow.person_id)
        .where(ResultRow.result_list_id.in_(ordered))
        .subquery()
    )
    place = func.rank().over(order_by=(lines.c.marks.desc(), lines.c.seconds_used))
    return (
        select(
            place.label("rank"),
            lines.c.person_id,
            lines.c.result_list_id,
            lines.c.marks,
            lines.c.passed,
            lines.c.seconds_used,
        )
        .where(lines.c.turn == 1)
        .order_by("rank", lines.c.person_id)
    )


def _line(
    rank: int, person_id: int, result_list_id: int, marks: Decimal, passed: bool, seconds_used: int
) -> StandingLine:
    return StandingLine(
        rank=rank,
        person_id=PersonId(person_id),
        result_list_id=ResultListId(result_list_id),
        marks=marks,
        passed=passed,
        seconds_used=seconds_used,
    )
