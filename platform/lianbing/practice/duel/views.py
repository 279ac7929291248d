"""The pages of duels: one's own, the invitation behind a link, the result."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId
from lianbing.practice import drill_pages
from lianbing.practice.drill_pages import DrillRow
from lianbing.practice.duel import queries, use_cases
from lianbing.practice.duel.errors import BankNotOpen, DuelExpired, DuelTaken, DuelWithOneself
from lianbing.practice.duel.rules import LASTS, DuelState
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.slots import Tile
from lianbing.practice.start_views import SEED_BITS
from lianbing.practice.today import Today, get_today
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of
from lianbing.web.qr_codes import qr_image

TOKEN_BYTES = 16

blueprint = Blueprint(
    "practice_duel", __name__, url_prefix="/practice/duels", template_folder="../templates"
)


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    """One's duels, and the button to invite to a new one."""
    session, actor, now = db.session(), current_actor(), utc_now()
    today = get_today(session, actor, now=now)
    number = request.args.get("page", 1, type=int)
    return render_template(
        "practice/duel/index.html",
        bank=today.bank,
        page=queries.page_of_duels(session, actor, number, now=now),
        days=LASTS.days,
    )


@blueprint.post("/banks/<int:bank_id>")
@access.signed_in
def invite(bank_id: int) -> ResponseReturnValue:
    """Draw ten questions for two and show the link to send."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        with transaction() as session:
            use_cases.invite(
                session,
                current_actor(),
                BankId(bank_id),
                token=token,
                seed=secrets.randbits(SEED_BITS),
                now=utc_now(),
            )
    except NothingToDrill as error:
        flash(message_of(error), "warning")
        return redirect(url_for("practice_duel.index"))
    return redirect(url_for("practice_duel.show", token=token))


@blueprint.get("/<token>")
@access.signed_in
def show(token: str) -> ResponseReturnValue:
    """The duel behind a link: the invitation, the way to play, the result."""
    duel = queries.get_duel(db.session(), current_actor(), token, now=utc_now())
    link = url_for("practice_duel.show", token=token, _external=True)
    summary = None
    if duel.own is not None and duel.own.finished:
        summary = drill_pages.get_summary(db.session(), current_actor(), duel.own.drill_id)
    return render_template(
        "practice/duel/show.html",
        duel=duel,
        link=link,
        code=qr_image(link) if duel.is_mine and duel.state is DuelState.INVITING else "",
        summary=summary,
    )


@blueprint.post("/<token>/take")
@access.signed_in
def take(token: str) -> ResponseReturnValue:
    """Take the duel up and play."""
    try:
        with transaction() as session:
            use_cases.take_up(session, current_actor(), token, now=utc_now())
    except (DuelWithOneself, DuelTaken, DuelExpired, BankNotOpen) as error:
        flash(message_of(error), "warning")
        return redirect(url_for("practice_duel.show", token=token))
    return play(token)


@blueprint.post("/<token>/play")
@access.signed_in
def play(token: str) -> ResponseReturnValue:
    """Play one's side, or go on with it."""
    try:
        with transaction() as session:
            drill_id = use_cases.play(session, current_actor(), token, now=utc_now())
    except (DuelExpired, BankNotOpen) as error:
        flash(message_of(error), "warning")
        return redirect(url_for("practice_duel.show", token=token))
    return redirect(url_for("practice.drill", drill_id=drill_id))


@blueprint.get("/of-drill/<int:drill_id>")
@access.signed_in
def of_drill(drill_id: int) -> ResponseReturnValue:
    """The duel one has just played."""
    drill_pages.get_drill(db.session(), current_actor(), drill_id)
    token = queries.token_of_drill(db.session(), drill_id)
    return redirect(url_for("practice_duel.show", token=token))


def tile(actor: Actor, today: Today) -> Tile:
    """The duel among the ways to practise."""
    page = queries.page_of_duels(db.session(), actor, 1, now=utc_now())
    waiting = sum(
        row.state in (DuelState.INVITING, DuelState.PLAYING)
        and not (row.own is not None and row.own.finished)
        for row in page.rows
    )
    note = gettext("Invite a colleague")
    if waiting:
        note = ngettext("%(num)d duel waits for you", "%(num)d duels wait for you", waiting)
    return Tile(
        icon="people", title=gettext("Duel"), note=note, address=url_for("practice_duel.index")
    )


def ending(row: DrillRow) -> str:
    """Where a side leads when it is played."""
    return url_for("practice_duel.of_drill", drill_id=row.id)
