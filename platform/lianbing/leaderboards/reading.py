"""What a viewer reads off a board: masked lines, the own place, the neighbours.

The one place where names meet the mask and ``visible_from`` meets the clock, for the page
and for its JSON alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lianbing.infra.redis_client import find_redis, prefixed
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import PersonId
from lianbing.leaderboards.board import Board, Standing
from lianbing.leaderboards.errors import BoardNotFound
from lianbing.leaderboards.queries import BoardRow, standing_person
from lianbing.leaderboards.redis_board import RedisBoard
from lianbing.leaderboards.rules import (
    ALL,
    NEIGHBOURS,
    Measure,
    decode,
    mask_name,
    number_of,
    organisation_group,
    region_group,
    shown_top,
    team_group,
    tie_order,
)
from lianbing.leaderboards.sql_board import SqlBoard
from lianbing.people.queries import homes_of, person_names, regions_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Tab:
    """A group a viewer may look at; ``name`` is empty for the whole board."""

    group: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line as this viewer may see it; the own line carries the own name."""

    rank: int
    name: str
    is_me: bool
    marks: Decimal
    seconds: int
    passed: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardView:
    """One group of a board for one viewer; ``around`` is empty when ``top`` holds ``mine``."""

    count: int
    top: tuple[Line, ...]
    mine: Line | None
    around: tuple[Line, ...]


def board_in(session: Session) -> Board:
    """The board implementation of this installation over a session."""
    client = find_redis()
    return SqlBoard(session) if client is None else RedisBoard(client, prefixed(""), session)


def tabs_of(session: Session, actor: Actor, board: BoardRow) -> tuple[Tab, ...]:
    """The whole board, the viewer's unit and the viewer's work team, as far as there are any;
    on a board of points the viewer's region too."""
    tabs = [Tab(group=ALL, name="")]
    home = homes_of(session, [actor.person_id]).get(actor.person_id) if actor.person_id else None
    if home is not None and board.measure is Measure.POINTS:
        region = regions_of(session, [home.organisation_id])[home.organisation_id]
        if region.nearest is not None and region.nearest != board.organisation_id:
            tabs.append(Tab(group=region_group(region.nearest), name=region.nearest_name))
    if home is not None and home.unit_id is not None:
        tabs.append(Tab(group=organisation_group(home.unit_id), name=home.unit_name))
    if home is not None and home.team_id is not None:
        tabs.append(Tab(group=team_group(home.team_id), name=home.team_name))
    return tuple(tabs)


def read_board(
    session: Session, actor: Actor, board: BoardRow, *, group: str = ALL, now: datetime
) -> BoardView | None:
    """What the viewer may read now, None before ``visible_from``; a strange group is refused."""
    if group not in {tab.group for tab in tabs_of(session, actor, board)}:
        raise BoardNotFound
    if not board.is_visible(now):
        return None
    source = board_in(session)
    me = standing_person(session, board.id, actor.person_id) if actor.person_id else None
    count = source.count(board.id, group=group)
    top = source.top(board.id, shown_top(board.measure, count), group=group)
    mine = source.place(board.id, me, group=group) if me else None
    in_top = any(standing.person_id == me for standing in top)
    around: tuple[Standing, ...] = ()
    if mine is not None and not in_top:
        around = source.around(board.id, mine.person_id, NEIGHBOURS[board.measure], group=group)
    names = _names(session, board, [*top, *around, *((mine,) if mine else ())], me)
    return BoardView(
        count=count,
        top=tuple(_line(board, standing, names, me) for standing in top),
        mine=_line(board, mine, names, me) if mine else None,
        around=tuple(_line(board, standing, names, me) for standing in around),
    )


def _names(
    session: Session, board: BoardRow, standings: Sequence[Standing], me: PersonId | None
) -> dict[PersonId, str]:
    names = person_names(session, {standing.person_id for standing in standings})
    return {
        person_id: name
        if person_id == me
        else mask_name(name, board.mask_policy, number=number_of(tie_order(board.id, person_id)))
        for person_id, name in names.items()
    }


def _line(
    board: BoardRow, standing: Standing, names: dict[PersonId, str], me: PersonId | None
) -> Line:
    marks, seconds = decode(standing.sort_key)
    return Line(
        rank=standing.rank,
        name=names.get(standing.person_id, ""),
        is_me=standing.person_id == me,
        marks=marks,
        seconds=seconds,
        passed=None if board.pass_mark is None else marks >= board.pass_mark,
    )
