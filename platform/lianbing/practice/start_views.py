"""Starting drills of the core: each posts, then leads to the drill's next question."""

import secrets
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId
from lianbing.practice import starting
from lianbing.practice.drill_pages import DrillRow
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.rules import DrillMode
from lianbing.practice.slots import way_of
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

SEED_BITS = 48
Begin = Callable[[Session, int, datetime], int]

blueprint = Blueprint("practice_start", __name__, url_prefix="/practice")


@blueprint.post("/banks/<int:bank_id>/choose")
@access.signed_in
def choose(bank_id: int) -> ResponseReturnValue:
    """Practise another bank from now on."""
    with transaction() as session:
        starting.choose_bank(session, current_actor(), BankId(bank_id))
    return redirect(url_for("practice.home"))


@blueprint.post("/banks/<int:bank_id>/drill")
@access.signed_in
def bank(bank_id: int) -> ResponseReturnValue:
    """Ten questions of a bank."""
    return _of_bank(bank_id)


@blueprint.post("/banks/<int:bank_id>/daily")
@access.signed_in
def daily(bank_id: int) -> ResponseReturnValue:
    """The ten that the person needs most today."""

    def begin(session: Session, seed: int, now: datetime) -> int:
        return starting.start_daily_drill(
            session, current_actor(), BankId(bank_id), seed=seed, now=now
        )

    return begin_drill(begin)


@blueprint.post("/banks/<int:bank_id>/scopes/<int:scope_id>/drill")
@access.signed_in
def scope(bank_id: int, scope_id: int) -> ResponseReturnValue:
    """Ten questions of one scope."""
    return _of_bank(bank_id, scope_id=scope_id)


@blueprint.post("/banks/<int:bank_id>/points/<int:point_id>/drill")
@access.signed_in
def point(bank_id: int, point_id: int) -> ResponseReturnValue:
    """Ten questions of one assessment point."""
    return _of_bank(bank_id, point_id=point_id)


@blueprint.post("/banks/<int:bank_id>/sequential")
@access.signed_in
def sequential(bank_id: int) -> ResponseReturnValue:
    """The next ten of a bank in order; ``from_first`` begins it again."""

    def begin(session: Session, seed: int, now: datetime) -> int:
        return starting.start_sequential(
            session,
            current_actor(),
            BankId(bank_id),
            from_first="from_first" in request.form,
            seed=seed,
            now=now,
        )

    return begin_drill(begin)


@blueprint.post("/wrong-book/drill")
@access.signed_in
def wrong_book() -> ResponseReturnValue:
    """Up to ten questions of the wrong book."""

    def begin(session: Session, seed: int, now: datetime) -> int:
        return starting.start_book_drill(session, current_actor(), seed=seed, now=now)

    return begin_drill(begin, otherwise="practice.wrong_book")


def begin_drill(begin: Begin, *, otherwise: str = "practice.home") -> ResponseReturnValue:
    """Open a drill and go to it; with nothing to drill, say so on another page."""
    try:
        with transaction() as session:
            drill_id = begin(session, secrets.randbits(SEED_BITS), utc_now())
    except NothingToDrill as error:
        flash(message_of(error), "warning")
        return redirect(url_for(otherwise))
    return redirect(url_for("practice.drill", drill_id=drill_id))


def again(row: DrillRow) -> str:
    """Where to post to begin a drill of the same kind; empty for a kind that is not repeated."""
    own = way_of(row.mode).again
    if own is not None:
        return own(row)
    match row.mode:
        case DrillMode.WRONG_BOOK:
            return url_for("practice_start.wrong_book")
        case DrillMode.SCOPE:
            return url_for("practice_start.scope", bank_id=row.bank_id, scope_id=row.scope_id)
        case DrillMode.POINT:
            return url_for("practice_start.point", bank_id=row.bank_id, point_id=row.point_id)
        case DrillMode.SEQUENTIAL:
            return url_for("practice_start.sequential", bank_id=row.bank_id)
        case DrillMode.DAILY:
            return url_for("practice_start.daily", bank_id=row.bank_id)
        case DrillMode.RANDOM:
            return url_for("practice_start.bank", bank_id=row.bank_id)
        case _:
            return ""


def _of_bank(
    bank_id: int, *, scope_id: int | None = None, point_id: int | None = None
) -> ResponseReturnValue:
    def begin(session: Session, seed: int, now: datetime) -> int:
        return starting.start_drill(
            session,
            current_actor(),
            BankId(bank_id),
            scope_id=scope_id,
            point_id=point_id,
            seed=seed,
            now=now,
        )

    return begin_drill(begin)
