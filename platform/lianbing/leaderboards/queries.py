"""Which boards there are for whom, as frozen rows."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, or_, select, text
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards.errors import BoardNotFound
from lianbing.leaderboards.models import BoardEntry, BoardTable
from lianbing.leaderboards.rules import MaskPolicy, Measure, TieRule, is_visible
from lianbing.people.authority import reachable_ids
from lianbing.people.queries import organisation_names, person_facts, same_person_ids

AWAITING = (
    "SELECT epoch, revision, EXISTS (SELECT 1 FROM board_entry"
    " WHERE board_id = board.id AND projected = false AND person_id {among}) AS awaits"
    " FROM board WHERE id = :board_id"
)
CURRENCY = {
    "postgresql": text(AWAITING.format(among="= ANY(:people)")),
    "sqlite": text(AWAITING.format(among="IN (SELECT value FROM json_each(:people))")),
}
STAFF = tuple(role for role in Role if role is not Role.WORKER)
PER_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Currency:
    """What a copy needs to be current; ``awaits_projection``: one of those asked about is newer."""

    epoch: int
    revision: int
    awaits_projection: bool


def find_currency(
    session: Session, board_id: BoardId, people: Collection[PersonId]
) -> Currency | None:
    """What a copy must have to answer for these people; None without such a board."""
    dialect = session.get_bind().dialect.name
    asked = list(people) if dialect == "postgresql" else json.dumps(list(people))
    row = session.execute(CURRENCY[dialect], {"board_id": board_id, "people": asked}).one_or_none()
    if row is None:
        return None
    return Currency(epoch=row.epoch, revision=row.revision, awaits_projection=bool(row.awaits))


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardRow:
    """A board as lists and pages show it; what is on it is read through ``Board``."""

    id: BoardId
    title: str
    organisation_id: OrganisationId
    organisation_name: str
    tie_rule: TieRule
    mask_policy: MaskPolicy
    pass_mark: Decimal | None
    measure: Measure
    visible_from: datetime | None
    opened_at: datetime
    closed: bool

    def is_visible(self, now: datetime) -> bool:
        """Whether the board shows anything yet."""
        return is_visible(self.visible_from, now)


def get_board(session: Session, actor: Actor, board_id: BoardId, *, now: datetime) -> BoardRow:
    """A board the actor may see; raises BoardNotFound for another's as for none."""
    board = session.scalars(
        select(BoardTable).where(BoardTable.id == board_id, _open_to(session, actor, now))
    ).one_or_none()
    if board is None:
        raise BoardNotFound
    return _rows(session, [board])[0]


def list_boards(
    session: Session, actor: Actor, *, number: int = 1, now: datetime
) -> Page[BoardRow]:
    """The boards open to an actor that someone stands on already, the newest first."""
    begun = exists().where(BoardEntry.board_id == BoardTable.id)
    statement = (
        select(BoardTable)
        .where(_open_to(session, actor, now), begun)
        .order_by(BoardTable.opened_at.desc(), BoardTable.id.desc())
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows(_rows(session, [row[0] for row in page.rows]))


def standing_person(session: Session, board_id: BoardId, person_id: PersonId) -> PersonId | None:
    """Under which of a person's merged identities they stand on a board."""
    found = session.scalar(
        select(BoardEntry.person_id)
        .where(
            BoardEntry.board_id == board_id,
            BoardEntry.person_id.in_(same_person_ids(session, person_id)),
        )
        .order_by(BoardEntry.sort_key.desc())
        .limit(1)
    )
    return None if found is None else PersonId(found)


def _open_to(session: Session, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Members below the board's organisation, whoever stands on it, and staff who reach it."""
    if actor.person_id is None:
        return BoardTable.id.is_not(None)
    facts = person_facts(session, actor.person_id, on=local_date(now))
    mine = select(BoardEntry.board_id).where(
        BoardEntry.person_id.in_(same_person_ids(session, actor.person_id))
    )
    open_to = [
        BoardTable.organisation_id.in_(facts.organisation_ids),
        BoardTable.id.in_(mine),
    ]
    if actor.holds(*STAFF):
        open_to.append(BoardTable.organisation_id.in_(reachable_ids(actor, *STAFF)))
    return or_(*open_to)


def _rows(session: Session, boards: Collection[BoardTable]) -> list[BoardRow]:
    names = organisation_names(session, {OrganisationId(board.organisation_id) for board in boards})
    return [
        BoardRow(
            id=BoardId(board.id),
            title=board.title,
            organisation_id=OrganisationId(board.organisation_id),
            organisation_name=names.get(OrganisationId(board.organisation_id), ""),
            tie_rule=TieRule(board.tie_rule),
            mask_policy=MaskPolicy(board.mask_policy),
            pass_mark=board.pass_mark,
            measure=Measure(board.measure),
            visible_from=board.visible_from,
            opened_at=board.opened_at,
            closed=board.closed,
        )
        for board in boards
    ]
