"""What team leaders and administrators do for accounts: codes, printed sheets, signing out."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts import closing, codes, sheets
from lianbing.people.blueprint import blueprint
from lianbing.people.persons.homes import homes_of
from lianbing.people.refusals import REFUSED, refuse
from lianbing.web import access

ISSUERS = (Role.TEAM_LEADER, Role.ADMINISTRATOR)


@blueprint.post("/people/<int:person_id>/code")
@access.roles(*ISSUERS)
def issue_code(person_id: int) -> ResponseReturnValue:
    """Issue one person a one-time code and show its slip."""
    actor, id_ = access.current_actor(), PersonId(person_id)
    home = homes_of(db.session(), [id_]).get(id_)
    place = home.organisation_id if home else sorted(actor.nodes(*ISSUERS))[0]
    try:
        with transaction() as writing:
            sheet_id = codes.issue_reset(
                writing,
                actor,
                id_,
                organisation_id=place,
                keyring=current_keyring(),
                now=utc_now(),
            )
    except REFUSED as error:
        refuse(error)
        return redirect(url_for("people.person", person_id=person_id))
    return redirect(url_for("people.code_sheet", sheet_id=sheet_id))


@blueprint.post("/people/organisations/<int:organisation_id>/codes")
@access.roles(*ISSUERS)
def issue_codes(organisation_id: int) -> ResponseReturnValue:
    """Issue codes to all below a node who have not signed in yet."""
    try:
        with transaction() as writing:
            sheet_id = codes.issue_for_subtree(
                writing,
                access.current_actor(),
                OrganisationId(organisation_id),
                keyring=current_keyring(),
                now=utc_now(),
            )
    except REFUSED as error:
        refuse(error)
        return redirect(url_for("people.people", organisation=organisation_id))
    return redirect(url_for("people.code_sheet", sheet_id=sheet_id))


@blueprint.get("/people/sheets/<int:sheet_id>")
@access.roles(*ISSUERS)
def code_sheet(sheet_id: int) -> ResponseReturnValue:
    """The slips to print and cut, for their issuer, while the sheet is kept."""
    lines = sheets.open_sheet(
        db.session(),
        access.current_actor(),
        sheet_id,
        keyring=current_keyring(),
        now=utc_now(),
    )
    return render_template(
        "people/code_sheet.html", groups=sheets.grouped(lines), sheet_id=sheet_id
    )


@blueprint.post("/people/sheets/<int:sheet_id>/destroy")
@access.roles(*ISSUERS)
def destroy_sheet(sheet_id: int) -> ResponseReturnValue:
    """Forget a printed sheet."""
    with transaction() as writing:
        sheets.destroy_sheet(writing, access.current_actor(), sheet_id)
    flash(gettext("The sheet is destroyed. The codes on paper stay good."), "success")
    return redirect(url_for("people.people"))


@blueprint.post("/people/<int:person_id>/sign-out")
@access.roles(*ISSUERS)
def sign_person_out(person_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere, as when a phone is lost."""
    with transaction() as writing:
        codes.sign_person_out(writing, access.current_actor(), PersonId(person_id), now=utc_now())
    flash(gettext("Signed out on all devices."), "success")
    return redirect(url_for("people.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/close-account")
@access.roles(Role.ADMINISTRATOR)
def close_account(person_id: int) -> ResponseReturnValue:
    """Close a person's account."""
    with transaction() as writing:
        closing.close_account(writing, access.current_actor(), PersonId(person_id), now=utc_now())
    flash(gettext("The account is closed."), "success")
    return redirect(url_for("people.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/reopen-account")
@access.roles(Role.ADMINISTRATOR)
def reopen_account(person_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    with transaction() as writing:
        closing.reopen_account(writing, access.current_actor(), PersonId(person_id), now=utc_now())
    flash(gettext("The account is open again."), "success")
    return redirect(url_for("people.person", person_id=person_id))
