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
REFUSED, CLOSED, SEND_AGAIN = 400, 409, 307
RESUME = "resume-at"
OWN_FIELDS = {"csrf_token", "purpose", "pledge"}


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
    """A page is opened after the door; what was sent waits in the door's form and is sent again.

    So an edit begun before midnight is not lost to the new day's purpose.
    """
    bank_id = int(str(error.params["bank_id"]))
    here = request.full_path.rstrip("?")
    if request.method == "GET":
        return redirect(url_for("bank_secrecy.door", bank_id=bank_id, next=here))
    return _door_page(bank_id, carried=[(RESUME, here), *_sent()]), CLOSED


def _sent() -> list[tuple[str, str]]:
    """What the reader sent, but for the door's own fields."""
    return [pair for pair in request.form.items(multi=True) if pair[0] not in OWN_FIELDS]


def _is_ours(address: str) -> bool:
    """Whether an address is a page of banks or papers of this site."""
    return address.startswith(("/banks/", "/papers/")) and "\\" not in address


def _on(bank_id: int) -> ResponseReturnValue:
    """On to where the reader wanted to go; what waited is sent again by the browser.

    Only this form's own body names where: a link that somebody else wrote cannot.
    """
    resumed = request.form.get(RESUME, "")
    if _is_ours(resumed):
        return redirect(resumed, code=SEND_AGAIN)
    wanted = request.args.get("next", "")
    whole_bank = url_for("banks.show", bank_id=bank_id, _anchor="questions")
    return redirect(wanted if _is_ours(wanted) else whole_bank)


def _door_page(bank_id: int, *, carried: list[tuple[str, str]], error: str = "") -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    bank = get_bank(session, BankId(bank_id))
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)
    if actor.person_id is None:
        raise Forbidden
    year = local_date(now).year
    return render_template(
        "banks/secrecy/door.html",
        bank=bank,
        pledged=queries.has_pledged(session, actor.person_id, bank.id, year=year),
        year=year,
        error=error,
        purpose=request.form.get("purpose", ""),
        carried=carried,
    )


@blueprint.get("/<int:bank_id>")
@access.roles(Role.TRAINER)
def door(bank_id: int) -> ResponseReturnValue:
    """The pledge, when it is not signed this year, and the purpose of today."""
    return _door_page(bank_id, carried=[])


@blueprint.post("/<int:bank_id>")
@access.roles(Role.TRAINER)
def open_for_today(bank_id: int) -> ResponseReturnValue:
    """Sign and state; then on, with what was sent before, if anything was."""
    try:
        with transaction() as session:
            use_cases.state_purpose(
                session,
                current_actor(),
                BankId(bank_id),
                purpose=request.form.get("purpose", ""),
                pledges=request.form.get("pledge") == "1",
                now=utc_now(),
            )
    except (PledgeNeeded, PurposeMisshapen) as refusal:
        return _door_page(bank_id, carried=_sent(), error=message_of(refusal)), REFUSED
    flash(gettext("Opened for today. Each view is on the record."), "info")
    return _on(bank_id)


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
