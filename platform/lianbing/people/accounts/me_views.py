"""A person's own page: own data (masked), where one belongs, language, text size, devices."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import logout_user

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import LoginSessionId
from lianbing.people.accounts.forms import DisplayForm
from lianbing.people.accounts.sessions import list_sessions, revoke_all, revoke_session
from lianbing.people.authority import identities_of
from lianbing.people.blueprint import blueprint
from lianbing.people.persons.claims import choose_home, decline_membership
from lianbing.people.persons.registering import choose_display
from lianbing.people.persons.screens import get_profile
from lianbing.people.roles.queries import list_holdings
from lianbing.web import access
from lianbing.web.preferences import remember_language


@blueprint.get("/me")
@access.signed_in
def me() -> ResponseReturnValue:
    """The actor's own page."""
    actor = access.current_actor()
    now = utc_now()
    assert actor.person_id is not None  # noqa: S101 - whoever signed in is a person
    session = db.session()
    form = DisplayForm(formdata=None, locale=actor.locale or "zh_CN", larger_text=actor.larger_text)
    return render_template(
        "people/me.html",
        actor=actor,
        profile=get_profile(session, actor.person_id, keyring=current_keyring()),
        holdings=list_holdings(session, actor.person_id, on=local_date(now)),
        sessions=list_sessions(session, actor, now=now),
        form=form,
    )


@blueprint.post("/me/display")
@access.signed_in
def change_display() -> ResponseReturnValue:
    """Keep language and text size."""
    form = DisplayForm()
    response = redirect(url_for("people.me"))
    if form.validate_on_submit():
        with transaction() as writing:
            choose_display(
                writing,
                access.current_actor(),
                locale=form.locale.data,
                larger_text=form.larger_text.data,
            )
        remember_language(response, form.locale.data)
        flash(gettext("Saved."), "success")
    return response


@blueprint.post("/me/sessions/<int:session_id>/revoke")
@access.signed_in
def revoke_own_session(session_id: int) -> ResponseReturnValue:
    """Sign one of one's devices out."""
    with transaction() as writing:
        revoke_session(writing, access.current_actor(), LoginSessionId(session_id), now=utc_now())
    flash(gettext("That device has been signed out."), "success")
    return redirect(url_for("people.me"))


@blueprint.post("/me/sessions/revoke-all")
@access.signed_in
def revoke_own_sessions() -> ResponseReturnValue:
    """Sign all of one's devices out, this one too."""
    actor = access.current_actor()
    with transaction() as writing:
        if actor.person_id is not None:
            revoke_all(writing, identities_of(writing, actor.person_id), now=utc_now())
    logout_user()
    return redirect(url_for("people.sign_in"))


@blueprint.post("/me/memberships/<int:membership_id>/home")
@access.signed_in
def choose_own_home(membership_id: int) -> ResponseReturnValue:
    """Say that this is where one works."""
    with transaction() as writing:
        choose_home(writing, access.current_actor(), membership_id, now=utc_now())
    flash(gettext("Saved. From now on you count there."), "success")
    return redirect(url_for("people.me"))


@blueprint.post("/me/memberships/<int:membership_id>/decline")
@access.signed_in
def decline_own_membership(membership_id: int) -> ResponseReturnValue:
    """Say that one does not belong there."""
    with transaction() as writing:
        decline_membership(writing, access.current_actor(), membership_id, now=utc_now())
    flash(gettext("Saved. They no longer list you."), "success")
    return redirect(url_for("people.me"))
