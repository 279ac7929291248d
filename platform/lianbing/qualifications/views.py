"""The passport (技能档案), a single record, and the keepers' list with its revocation."""

import base64

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from lianbing.contests.queries import list_entered_contests
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import PersonId, RecordId
from lianbing.people.authority import reaches
from lianbing.people.queries import person_cards
from lianbing.qualifications import queries, use_cases
from lianbing.qualifications.forms import RevokeForm
from lianbing.qualifications.mentoring import list_credits
from lianbing.qualifications.rules import SUPERSEDED
from lianbing.web import access
from lianbing.web.access import current_actor

blueprint = Blueprint(
    "qualifications", __name__, url_prefix="/passport", template_folder="templates"
)


@blueprint.get("/")
@access.signed_in
def passport() -> ResponseReturnValue:
    session, me = db.session(), _me()
    return render_template(
        "qualifications/passport.html",
        holder=queries.holder_of(session, me, now=utc_now()),
        page=queries.list_own_records(session, me, number=request.args.get("page", 1, type=int)),
        contests=list_entered_contests(session, me),
        mentoring=list_credits(session, me),
        now=utc_now(),
    )


@blueprint.get("/records/<int:record_id>")
@access.signed_in
def show(record_id: int) -> ResponseReturnValue:
    """One record with what proves it: the signed list's hash, signature and public key."""
    session, actor = db.session(), current_actor()
    record = queries.get_record(session, actor, RecordId(record_id))
    may_revoke = reaches(session, actor, *queries.KEEPERS, organisation_id=record.issuer_id)
    return render_template(
        "qualifications/record.html",
        record=record,
        person=person_cards(session, [record.person_id])[record.person_id],
        signature=base64.b64encode(queries.signature_of(session, record)).decode(),
        public_key=current_keyring().public_key,
        form=RevokeForm() if may_revoke and record.is_valid else None,
    )


@blueprint.post("/records/<int:record_id>/revoke")
@access.roles(*queries.KEEPERS)
def revoke(record_id: int) -> ResponseReturnValue:
    form = RevokeForm()
    if not form.validate_on_submit():
        flash(gettext("Give a reason; the worker reads it on the passport."), "error")
        return redirect(url_for("qualifications.show", record_id=record_id))
    with transaction() as session:
        use_cases.revoke_record(
            session, current_actor(), RecordId(record_id), reason=form.reason.data, now=utc_now()
        )
    flash(gettext("The record is revoked. It stays on the passport, marked."), "success")
    return redirect(url_for("qualifications.show", record_id=record_id))


@blueprint.get("/manage/")
@access.roles(*queries.KEEPERS)
def manage() -> ResponseReturnValue:
    number = request.args.get("page", 1, type=int)
    page = queries.list_kept_records(db.session(), current_actor(), number=number)
    cards = person_cards(db.session(), [record.person_id for record in page.rows])
    return render_template("qualifications/manage.html", page=page, cards=cards)


def panel(actor: Actor) -> Markup | str:
    """Home's "where am I": the present grade and the latest record."""
    if actor.person_id is None:
        return ""
    session = db.session()
    holder = queries.holder_of(session, actor.person_id, now=utc_now())
    page = queries.list_own_records(session, actor.person_id)
    if holder.grade is None and not page.rows:
        return ""
    shown = render_template("qualifications/_panel.html", holder=holder, page=page)
    return Markup(shown)  # noqa: S704 - own template


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"SUPERSEDED": SUPERSEDED}


def _me() -> PersonId:
    person_id = current_actor().person_id
    if person_id is None:
        raise Forbidden
    return person_id
