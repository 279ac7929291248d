"""The worker's pages of campaigns: what is asked, by whom and why; join, leave, try."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.practice.campaigns import queries, use_cases
from lianbing.practice.campaigns.errors import CampaignNotOpen, NotJoined, NoTriesLeft
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.today import Today
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

SEED_BITS = 48

blueprint = Blueprint(
    "campaigns", __name__, template_folder="../templates", url_prefix="/practice/campaigns"
)


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    """The campaigns meant for the reader."""
    number = request.args.get("page", 1, type=int)
    page = queries.page_of_own(db.session(), current_actor(), number, now=utc_now())
    return render_template("practice/campaigns/index.html", page=page)


@blueprint.get("/<int:campaign_id>")
@access.signed_in
def show(campaign_id: int) -> ResponseReturnValue:
    """One campaign: what it asks, who asks it and why, and how far one has come."""
    own = queries.get_own(db.session(), current_actor(), campaign_id, now=utc_now())
    return render_template("practice/campaigns/show.html", own=own)


@blueprint.post("/<int:campaign_id>/join")
@access.signed_in
def join(campaign_id: int) -> ResponseReturnValue:
    """Take part."""
    try:
        with transaction() as session:
            use_cases.join(session, current_actor(), campaign_id, now=utc_now())
    except CampaignNotOpen as error:
        flash(message_of(error), "warning")
    else:
        flash(gettext("You take part now."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


@blueprint.post("/<int:campaign_id>/leave")
@access.signed_in
def leave(campaign_id: int) -> ResponseReturnValue:
    """Take part no longer."""
    with transaction() as session:
        use_cases.leave(session, current_actor(), campaign_id)
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


@blueprint.post("/<int:campaign_id>/start")
@access.signed_in
def start(campaign_id: int) -> ResponseReturnValue:
    """Begin a try, or go on with one."""
    seed, now = secrets.randbits(SEED_BITS), utc_now()
    try:
        with transaction() as session:
            drill_id = use_cases.start(session, current_actor(), campaign_id, seed=seed, now=now)
    except (CampaignNotOpen, NotJoined, NoTriesLeft, NothingToDrill) as error:
        flash(message_of(error), "warning")
        return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    return redirect(url_for("practice.drill", drill_id=drill_id))


def panel(actor: Actor, _today: Today) -> Markup | str:
    """What is asked of the reader today, on the practice home."""
    due = [one for one in queries.list_due(db.session(), actor, now=utc_now()) if not one.done_now]
    if not due:
        return ""
    return Markup(render_template("practice/campaigns/_panel.html", due=due))  # noqa: S704 - own


def again(_row: object) -> str:
    """Where another try begins."""
    return url_for("campaigns.index")
