"""The door before exam-only content: pledge and purpose; who saw what; the watermark."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.banks.queries import get_bank
from lianbing.banks.secrecy import queries, use_cases
from lianbing.banks.secrecy.errors import PledgeNeeded, PurposeMisshapen, PurposeNeeded
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BankId
from lianbing.people.authority import require_reach
from lianbing.people.queries import person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

blueprint = Blueprint("bank_secrecy", __name__, url_prefix="/banks/secrecy")
REFUSED = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Watermark:
    """Who looks, and when."""

    name: str
    at: datetime


@blueprint.app_template_global()
def watermark_now() -> Watermark:
    """What ``banks/secrecy/_watermark.html`` lays over a page."""
    return Watermark(name=current_actor().name, at=utc_now())


@blueprint.app_errorhandler(PurposeNeeded)
def _to_the_door(error: PurposeNeeded) -> ResponseReturnValue:
    after = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("bank_secrecy.door", bank_id=error.params["bank_id"], next=after))


def _after(bank_id: int) -> str:
    """Where the reader wanted to go: only a page of banks or papers of this site."""
    wanted = request.args.get("next", "")
    if wanted.startswith(("/banks/", "/papers/")) and "\\" not in wanted:
        return wanted
    return url_for("banks.show", bank_id=bank_id, _anchor="questions")


@blueprint.route("/<int:bank_id>", methods=["GET", "POST"])
@access.roles(Role.TRAINER)
def door(bank_id: int) -> ResponseReturnValue:
    """The pledge, when it is not signed this year, and the purpose of today."""
    session, actor, now = db.session(), current_actor(), utc_now()
    bank = get_bank(session, BankId(bank_id))
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)
    if actor.person_id is None:
        raise Forbidden
    year, error = local_date(now).year, ""
    pledged = queries.has_pledged(session, actor.person_id, bank.id, year=year)
    if request.method == "POST":
        try:
            with transaction() as writing:
                use_cases.state_purpose(
                    writing,
                    actor,
                    bank.id,
                    purpose=request.form.get("purpose", ""),
                    pledges=request.form.get("pledge") == "1",
                    now=now,
                )
        except (PledgeNeeded, PurposeMisshapen) as refusal:
            error = message_of(refusal)
        else:
            flash(gettext("Opened for today. Each view is on the record."), "info")
            return redirect(_after(bank_id))
    page = render_template(
        "banks/secrecy/door.html",
        bank=bank,
        pledged=pledged,
        year=year,
        error=error,
        purpose=request.form.get("purpose", ""),
    )
    return page, REFUSED if error else 200


@blueprint.get("/<int:bank_id>/views")
@access.roles(Role.TRAINER)
def views(bank_id: int) -> ResponseReturnValue:
    """Who saw which exam-only version, when and for what: for who keeps the bank."""
    session = db.session()
    bank = get_bank(session, BankId(bank_id))
    require_reach(session, current_actor(), Role.TRAINER, organisation_id=bank.organisation_id)
    page = queries.page_of_views(session, bank.id, request.args.get("page", 1, type=int))
    names = person_names(session, {row.person_id for row in page.rows})
    return render_template("banks/secrecy/views.html", bank=bank, page=page, names=names)
