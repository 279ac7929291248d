"""The door: sign in and out, use a one-time code, choose a password, register."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import logout_user

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import OrganisationId
from lianbing.people.accounts import registering, signing_in
from lianbing.people.accounts.codes import redeem_code
from lianbing.people.accounts.errors import (
    ConsentMissing,
    RegistrationClosed,
    SamePassword,
    WrongSignIn,
)
from lianbing.people.accounts.forms import (
    ActivateForm,
    ChangePasswordForm,
    FirstPasswordForm,
    RegisterForm,
)
from lianbing.people.accounts.hashing import current_hashing
from lianbing.people.accounts.letting_in import can_register, let_in_by_token, this_device
from lianbing.people.accounts.rules import check_password
from lianbing.people.accounts.sessions import open_session, revoke_session
from lianbing.people.blueprint import blueprint
from lianbing.people.organisations.queries import get_organisation_row, search_organisations
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.persons.rules import EmploymentForm, clean_phone
from lianbing.people.persons.screens import own_words
from lianbing.people.refusals import REFUSED, refuse
from lianbing.web import access
from lianbing.web.preferences import safe_target


@blueprint.post("/sign-out")
@access.signed_in_before_password_change
def sign_out() -> ResponseReturnValue:
    """Sign this browser out; its session ends on the server too."""
    actor = access.current_actor()
    if actor.session_id is not None:
        with transaction() as writing:
            revoke_session(writing, actor, actor.session_id, now=utc_now())
    logout_user()
    session.clear()
    return redirect(url_for("people.sign_in"))


@blueprint.route("/activate", methods=["GET", "POST"])
@access.public
def activate() -> ResponseReturnValue:
    """Come in with a one-time code; a password of one's own is demanded next."""
    form = ActivateForm()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                redeemed = redeem_code(
                    writing,
                    form.code.data,
                    consent=form.consent.data,
                    keyring=current_keyring(),
                    device=this_device(),
                    now=utc_now(),
                )
            return let_in_by_token(redeemed.token)
        except REFUSED as error:
            status = refuse(error)
    return render_template("people/activate.html", form=form), status


@blueprint.route("/change-password", methods=["GET", "POST"])
@access.signed_in_before_password_change
def change_password() -> ResponseReturnValue:
    """Choose a password; the present one is asked for unless a code just stood in for it."""
    actor = access.current_actor()
    form = FirstPasswordForm() if actor.must_change_password else ChangePasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            _set_password(actor, form)
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("Your password is set. Other devices have been signed out."), "success")
            return redirect(safe_target(session.pop("after_sign_in", None)))
    return render_template("people/change_password.html", form=form, actor=actor), status


def _set_password(actor: Actor, form: FirstPasswordForm) -> None:
    now, keyring = utc_now(), current_keyring()
    if isinstance(form, ChangePasswordForm):
        account = signing_in.get_own_account(db.session(), actor)
        credentials = signing_in.credentials_of(account, keyring)
        with transaction() as writing:
            signing_in.count_try(writing, credentials.limit_key, now=now)
        if not current_hashing().verify(credentials.password_hash, form.present.data):
            raise WrongSignIn
        if form.present.data == form.password.data:
            raise SamePassword
    check_password(form.password.data, not_like=own_words(db.session(), actor, keyring=keyring))
    db.session.rollback()  # no connection is held while the hash is computed
    password_hash = current_hashing().hash(form.password.data)
    with transaction() as writing:
        signing_in.set_password(
            writing, actor, password_hash=password_hash, keyring=keyring, now=now
        )


@blueprint.route("/register", methods=["GET", "POST"])
@access.public
def register() -> ResponseReturnValue:
    """Register oneself: find the local union or unit first, then say who one is."""
    if not can_register():
        raise RegistrationClosed
    form = RegisterForm()
    chosen_id = request.args.get("organisation", type=int)
    status = 200
    if form.validate_on_submit():
        chosen_id = _whole_number(form.organisation.data)
        try:
            return let_in_by_token(_register(form, OrganisationId(chosen_id)))
        except REFUSED as error:
            status = refuse(error)
    text = request.args.get("q", "").strip()
    chosen = get_organisation_row(db.session(), OrganisationId(chosen_id)) if chosen_id else None
    found = (
        search_organisations(
            db.session(),
            text,
            kinds=(OrganisationKind.TERRITORIAL_UNION, OrganisationKind.UNIT),
        )
        if text and chosen is None
        else []
    )
    if chosen is not None:
        form.organisation.data = str(chosen.id)
    return render_template(
        "people/register.html", form=form, chosen=chosen, found=found, text=text
    ), status


def _register(form: RegisterForm, organisation_id: OrganisationId) -> str:
    if not form.consent.data:
        raise ConsentMissing
    phone = clean_phone(form.phone.data)
    check_password(form.password.data, not_like=(phone, form.name.data))
    now, keyring = utc_now(), current_keyring()
    password_hash = current_hashing().hash(form.password.data)
    employment = form.employment_form.data
    registration = registering.Registration(
        name=form.name.data,
        phone=phone,
        organisation_id=organisation_id,
        employment_form=EmploymentForm(employment) if employment else None,
        consent=form.consent.data,
    )
    with transaction() as writing:
        account_id = registering.register(
            writing, registration, password_hash=password_hash, keyring=keyring, now=now
        )
        return open_session(writing, account_id, keyring=keyring, device=this_device(), now=now)


@blueprint.get("/privacy")
@access.public
def privacy() -> ResponseReturnValue:
    """What personal data is kept, why, and who sees it."""
    return render_template("people/privacy.html", on=local_date(utc_now()))


def _whole_number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound
    return int(text)
