"""Acts on a person's page: memberships, claims, merging. Each posts and returns there."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice

from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.blueprint import blueprint
from lianbing.people.choices import organisation_choices
from lianbing.people.organisations.queries import list_reachable_organisations
from lianbing.people.persons import memberships, merging
from lianbing.people.persons.claims import decide_request
from lianbing.people.persons.errors import NobodyHasNumber
from lianbing.people.persons.forms import (
    AddMemberForm,
    EndMembershipForm,
    KnownPersonForm,
    MergeForm,
    MoveForm,
)
from lianbing.people.persons.lists import find_by_staff_number, list_claims, teams_of
from lianbing.people.persons.memberships import NewMembership
from lianbing.people.persons.queries import find_by_number, person_cards
from lianbing.people.persons.rules import mask_name
from lianbing.people.persons.screens import require_sight
from lianbing.people.refusals import REFUSED, refuse
from lianbing.web import access


def _back(person_id: int) -> ResponseReturnValue:
    return redirect(url_for("people.person", person_id=person_id))


def _offered() -> list[SelectChoice]:
    actor = access.current_actor()
    return [
        *organisation_choices(list_reachable_organisations(db.session(), actor, Role.ADMINISTRATOR))
    ]


@blueprint.post("/people/<int:person_id>/memberships")
@access.roles(Role.ADMINISTRATOR)
def add_member(person_id: int) -> ResponseReturnValue:
    """List a person at one more node."""
    form = AddMemberForm()
    form.organisation.choices = _offered()
    if not form.validate_on_submit():
        flash(gettext("Choose where the person belongs."), "error")
        return _back(person_id)
    new = NewMembership(
        organisation_id=OrganisationId(form.organisation.data),
        staff_number=form.staff_number.data or "",
        is_home=form.is_home.data or None,
    )
    try:
        with transaction() as writing:
            is_home = memberships.add_member(
                writing, access.current_actor(), PersonId(person_id), new, now=utc_now()
            )
    except REFUSED as error:
        refuse(error)
    else:
        _say_added(is_home)
    return _back(person_id)


@blueprint.route("/people/known", methods=["GET", "POST"])
@access.roles(Role.ADMINISTRATOR)
def add_known() -> ResponseReturnValue:
    """Add someone already registered elsewhere, by a whole phone or ID number.

    The number travels in the form's body, never in an address.
    """
    form = KnownPersonForm(organisation=request.args.get("organisation", type=int))
    form.organisation.choices = _offered()
    found, status = None, 200
    if form.validate_on_submit():
        try:
            if form.confirmed.data:
                return _add_known(form)
            found = find_by_number(db.session(), form.number.data, keyring=current_keyring())
            if found is None:
                raise NobodyHasNumber
        except REFUSED as error:
            status = refuse(error)
    card = person_cards(db.session(), [found])[found] if found else None
    name = mask_name(card.name) if card else ""
    return render_template("people/known.html", form=form, card=card, name=name), status


def _add_known(form: KnownPersonForm) -> ResponseReturnValue:
    new = NewMembership(
        organisation_id=OrganisationId(form.organisation.data),
        staff_number=form.staff_number.data or "",
        is_home=form.is_home.data or None,
    )
    with transaction() as writing:
        person_id, is_home = memberships.add_known_person(
            writing,
            access.current_actor(),
            form.number.data,
            new,
            keyring=current_keyring(),
            now=utc_now(),
        )
    _say_added(is_home)
    return _back(person_id)


def _say_added(is_home: bool) -> None:
    flash(
        gettext("Added; they count here from now on.")
        if is_home
        else gettext("Added. They count where they did until they say otherwise under “Me”."),
        "success",
    )


@blueprint.post("/people/<int:person_id>/memberships/<int:membership_id>/move")
@access.roles(Role.ADMINISTRATOR)
def move_member(person_id: int, membership_id: int) -> ResponseReturnValue:
    """Move a person to another team or unit."""
    form = MoveForm()
    form.organisation.choices = _offered()
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                memberships.move_member(
                    writing,
                    access.current_actor(),
                    membership_id,
                    organisation_id=OrganisationId(form.organisation.data),
                    now=utc_now(),
                )
            flash(gettext("Moved."), "success")
        except REFUSED as error:
            refuse(error)
    return _back(person_id)


@blueprint.post("/people/<int:person_id>/memberships/<int:membership_id>/end")
@access.roles(Role.ADMINISTRATOR)
def end_membership(person_id: int, membership_id: int) -> ResponseReturnValue:
    """Let a membership end on a day."""
    form = EndMembershipForm()
    if not form.validate_on_submit():
        flash(gettext("Choose the day on which it ends."), "error")
        return _back(person_id)
    try:
        with transaction() as writing:
            memberships.end_membership(
                writing,
                access.current_actor(),
                membership_id,
                valid_to=form.valid_to.data,
                now=utc_now(),
            )
        flash(gettext("Ended. Whoever belongs nowhere else joins the local union."), "success")
    except REFUSED as error:
        refuse(error)
    return _back(person_id)


@blueprint.get("/people/claims")
@access.roles(Role.ADMINISTRATOR)
def claims() -> ResponseReturnValue:
    """People who say that they work in a unit of the actor's."""
    session = db.session()
    page = list_claims(
        session,
        access.current_actor(),
        keyring=current_keyring(),
        page=request.args.get("page", 1, type=int),
    )
    teams = {row.unit_id: teams_of(session, row.unit_id) for row in page.rows}
    return render_template("people/claims.html", page=page, teams=teams)


@blueprint.post("/people/claims/<int:request_id>")
@access.roles(Role.ADMINISTRATOR)
def decide_claim(request_id: int) -> ResponseReturnValue:
    """Confirm a claim into a team, or decline it."""
    accept = request.form.get("decision") == "accept"
    place = request.form.get("organisation", type=int)
    membership = (
        NewMembership(
            organisation_id=OrganisationId(place),
            staff_number=request.form.get("staff_number", "")[:32],
        )
        if place
        else None
    )
    try:
        with transaction() as writing:
            decide_request(
                writing,
                access.current_actor(),
                request_id,
                accept=accept,
                membership=membership,
                now=utc_now(),
            )
        flash(gettext("Confirmed.") if accept else gettext("Declined."), "success")
    except REFUSED as error:
        refuse(error)
    return redirect(url_for("people.claims"))


@blueprint.post("/people/<int:person_id>/merge/find")
@access.roles(Role.ADMINISTRATOR)
def find_other(person_id: int) -> ResponseReturnValue:
    """Find the other entry by a whole number, which travels in the body, not in an address."""
    number = request.form.get("number", "").strip()[:40]
    session = db.session()
    found = find_by_number(session, number, keyring=current_keyring()) or find_by_staff_number(
        session, access.current_actor(), number
    )
    if found is None or found == person_id:
        flash(gettext("No other entry has this number."), "error")
    return redirect(url_for("people.merge", person_id=person_id, other=found))


@blueprint.route("/people/<int:person_id>/merge", methods=["GET", "POST"])
@access.roles(Role.ADMINISTRATOR)
def merge(person_id: int) -> ResponseReturnValue:
    """Look at both entries of one person, then merge them."""
    actor, session, kept_id = access.current_actor(), db.session(), PersonId(person_id)
    chosen = request.args.get("other", type=int)
    other = PersonId(chosen) if chosen and chosen != person_id else None
    wanted = [kept_id, *([other] if other else [])]
    for id_ in wanted:
        require_sight(session, actor, id_)
    form = MergeForm()
    status = 200
    if other and form.validate_on_submit():
        try:
            with transaction() as writing:
                merging.merge_persons(
                    writing,
                    actor,
                    kept_id=kept_id,
                    absorbed_id=other,
                    reason=form.reason.data,
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("Merged. You can undo this on this page at any time."), "success")
            return _back(kept_id)
    cards = person_cards(db.session(), wanted)
    return render_template(
        "people/merge.html", form=form, kept=cards[kept_id], other=cards[other] if other else None
    ), status


@blueprint.post("/people/<int:person_id>/merges/<int:merge_id>/undo")
@access.roles(Role.ADMINISTRATOR)
def undo_merge(person_id: int, merge_id: int) -> ResponseReturnValue:
    """Take a merge back."""
    try:
        with transaction() as writing:
            merging.undo_merge(writing, access.current_actor(), merge_id, reason="", now=utc_now())
        flash(gettext("The merge is undone; both entries are as they were."), "success")
    except REFUSED as error:
        refuse(error)
    return _back(person_id)


def claims_panel(actor: Actor) -> str:
    """The home page's word on claims that wait for this administrator; empty when none do."""
    page = list_claims(db.session(), actor, keyring=current_keyring(), page=1)
    return render_template("people/claims_panel.html", waiting=page.total) if page.total else ""
