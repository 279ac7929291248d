"""Opening a board, recording on it, and deciding when it may be seen.

The callers (exams, contests) own the visibility rule and the marks; a board holds what it
is given. Every write joins the caller's transaction.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards.board import Entry
from lianbing.leaderboards.models import BoardTable
from lianbing.leaderboards.rules import MaskPolicy, Measure, TieRule
from lianbing.leaderboards.sql_board import SqlBoard


def open_board(
    session: Session,
    *,
    key: str,
    title: str,
    organisation_id: OrganisationId,
    mask_policy: MaskPolicy,
    visible_from: datetime | None,
    tie_rule: TieRule = TieRule.MARKS_THEN_TIME,
    pass_mark: Decimal | None = None,
    measure: Measure = Measure.MARKS,
    now: datetime,
) -> BoardId:
    """Open the board of a key, or return the one that is open; None shows nothing until set."""
    statement = insert_for(session, cast(Table, BoardTable.__table__)).values(
        key=key,
        title=title,
        organisation_id=organisation_id,
        mask_policy=mask_policy,
        visible_from=visible_from,
        tie_rule=tie_rule,
        pass_mark=pass_mark,
        measure=measure,
        opened_at=now,
        closed=False,
        epoch=0,
        revision=0,
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    return BoardId(session.scalars(select(BoardTable.id).where(BoardTable.key == key)).one())


def set_visible_from(session: Session, board_id: BoardId, visible_from: datetime | None) -> None:
    """Show the board from an instant on; None hides it until another is set."""
    session.execute(
        update(BoardTable).where(BoardTable.id == board_id).values(visible_from=visible_from)
    )


def close_board(session: Session, board_id: BoardId) -> None:
    """Say that the standing is final, so that pages stop asking for changes."""
    session.execute(update(BoardTable).where(BoardTable.id == board_id).values(closed=True))


def record(
    session: Session,
    board_id: BoardId,
    *,
    person_id: PersonId,
    sort_key: int,
    shown: Mapping[str, object],
    groups: Collection[str],
    now: datetime,
) -> None:
    """Set one person's result (key from ``rules.encode``), replacing an earlier one."""
    entry = Entry(person_id=person_id, sort_key=sort_key, shown=shown, groups=groups)
    SqlBoard(session).record(board_id, entry, now=now)


def record_many(
    session: Session, board_id: BoardId, entries: Collection[Entry], *, now: datetime
) -> None:
    """Set many people's results, in few statements."""
    SqlBoard(session).record_many(board_id, entries, now=now)


def remove(session: Session, board_id: BoardId, person_id: PersonId) -> None:
    """Take a person off the board, as when an attempt is voided."""
    SqlBoard(session).remove(board_id, person_id)
