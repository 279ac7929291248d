"""Pages of persons: a searched list of a subtree, one person, adding and correcting."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.calendar import today
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.closing import is_closed
from lianbing.people.authority import reaches, require_over_person, require_reach
from lianbing.people.blueprint import blueprint
from lianbing.people.choices import organisation_choices
from lianbing.people.organisations.queries import (
    get_organisation_row,
    list_reachable_organisations,
)
from lianbing.people.persons import registering
from lianbing.people.persons.forms import (
    AddMemberForm,
    GrantForm,
    MoveForm,
    NewPersonForm,
    PersonForm,
)
from lianbing.people.persons.lists import list_people
from lianbing.people.persons.memberships import NewMembership
from lianbing.people.persons.queries import find_by_number
from lianbing.people.persons.rules import is_personal_number
from lianbing.people.persons.screens import (
    SEE_PEOPLE,
    Profile,
    can_see,
    get_profile,
    require_sight,
)
from lianbing.people.refusals import REFUSED, refuse
from lianbing.people.roles.queries import list_holdings
from lianbing.web import access


@blueprint.get("/people/")
@access.roles(*SEE_PEOPLE)
def people() -> ResponseReturnValue:
    """People of a chosen subtree, searched by name or by a whole number."""
    actor, session = access.current_actor(), db.session()
    nodes = list_reachable_organisations(session, actor, *SEE_PEOPLE)
    chosen = request.args.get("organisation", type=int) or nodes[0].id
    node_id = OrganisationId(chosen)
    require_reach(session, actor, *SEE_PEOPLE, organisation_id=node_id)
    page = list_people(
        session,
        node_id,
        text=request.args.get("q", ""),
        keyring=current_keyring(),
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "people/people.html",
        page=page,
        nodes=nodes,
        node=get_organisation_row(session, node_id),
        text=request.args.get("q", ""),
        may_change=reaches(session, actor, Role.ADMINISTRATOR, organisation_id=node_id),
        may_issue=reaches(
            session, actor, Role.ADMINISTRATOR, Role.TEAM_LEADER, organisation_id=node_id
        ),
    )


@blueprint.post("/people/search")
@access.roles(*SEE_PEOPLE)
def search_people() -> ResponseReturnValue:
    """Take a search in the body: a phone or ID number must not end up in an address."""
    text = request.form.get("q", "").strip()[:60]
    session = db.session()
    found = find_by_number(session, text, keyring=current_keyring())
    if found is not None and can_see(session, access.current_actor(), found):
        return redirect(url_for("people.person", person_id=found))
    shown = "" if is_personal_number(text) else text
    if shown != text:
        flash(gettext("Nobody in your reach has this number."), "error")
    organisation = request.form.get("organisation", type=int)
    return redirect(url_for("people.people", organisation=organisation, q=shown or None))


@blueprint.get("/people/<int:person_id>/")
@access.roles(*SEE_PEOPLE)
def person(person_id: int) -> ResponseReturnValue:
    """One person: data masked, memberships, roles, merges, and what may be done."""
    actor, session, day = access.current_actor(), db.session(), today()
    id_ = PersonId(person_id)
    require_sight(session, actor, id_)
    nodes = list_reachable_organisations(session, actor, Role.ADMINISTRATOR)
    choices = organisation_choices(nodes)
    grant, add, move = (
        GrantForm(formdata=None, valid_from=day),
        AddMemberForm(formdata=None),
        MoveForm(formdata=None),
    )
    for form in (grant, add, move):
        form.organisation.choices = choices
    return render_template(
        "people/person.html",
        profile=get_profile(session, id_, keyring=current_keyring()),
        holdings=list_holdings(session, id_, on=day),
        may_edit=_may(id_, Role.ADMINISTRATOR),
        may_issue=_may(id_, Role.ADMINISTRATOR, Role.TEAM_LEADER),
        is_self=actor.person_id == id_,
        is_closed=is_closed(session, id_),
        reach={row.id for row in nodes},
        grant=grant,
        add=add,
        move=move,
        today=day,
    )


def _may(person_id: PersonId, *roles: Role) -> bool:
    try:
        require_over_person(
            db.session(), access.current_actor(), *roles, person_id=person_id, on=today()
        )
    except Forbidden:
        return False
    return True


@blueprint.route("/people/new", methods=["GET", "POST"])
@access.roles(Role.ADMINISTRATOR)
def add_person() -> ResponseReturnValue:
    """Add one person to a node."""
    actor = access.current_actor()
    form = NewPersonForm(organisation=request.args.get("organisation", type=int))
    form.organisation.choices = organisation_choices(
        list_reachable_organisations(db.session(), actor, Role.ADMINISTRATOR)
    )
    status = 200
    if form.validate_on_submit():
        new = registering.NewPerson(
            name=form.name.data,
            phone=form.phone.data or "",
            id_number=form.id_number.data or "",
            personal=form.personal(),
        )
        membership = NewMembership(
            organisation_id=OrganisationId(form.organisation.data),
            staff_number=form.staff_number.data or "",
        )
        try:
            with transaction() as writing:
                person_id = registering.add_person(
                    writing, actor, new, membership, keyring=current_keyring(), now=utc_now()
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("Added. Issue a one-time code so that they can sign in."), "success")
            return redirect(url_for("people.person", person_id=person_id))
    return render_template("people/person_form.html", form=form, profile=None), status


@blueprint.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@access.roles(Role.ADMINISTRATOR)
def edit_person(person_id: int) -> ResponseReturnValue:
    """Correct a person's data; numbers are typed anew, never shown."""
    actor, id_ = access.current_actor(), PersonId(person_id)
    require_over_person(db.session(), actor, Role.ADMINISTRATOR, person_id=id_, on=today())
    profile = get_profile(db.session(), id_, keyring=current_keyring())
    form = _edit_form(profile)
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                registering.edit_person(
                    writing,
                    actor,
                    profile.id,
                    name=form.name.data,
                    phone=form.phone.data or None,
                    id_number=form.id_number.data or None,
                    personal=form.personal(),
                    keyring=current_keyring(),
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("Saved."), "success")
            return redirect(url_for("people.person", person_id=profile.id))
    return render_template("people/person_form.html", form=form, profile=profile), status


def _edit_form(profile: Profile) -> PersonForm:
    return PersonForm(
        name=profile.name,
        sex=str(profile.sex or ""),
        birth_year=profile.birth_year,
        employment_form=str(profile.employment_form or ""),
        is_migrant={True: "yes", False: "no"}.get(profile.is_migrant, ""),  # type: ignore[arg-type]
        occupation_edition=profile.occupation_edition,
        occupation_code=profile.occupation_code,
        post=profile.post,
        grade=str(profile.grade or ""),
        grade_since=profile.grade_since,
    )


@blueprint.post("/people/<int:person_id>/release-phone")
@access.roles(Role.ADMINISTRATOR)
def release_phone(person_id: int) -> ResponseReturnValue:
    """Let a phone number go that now belongs to someone else."""
    with transaction() as writing:
        registering.release_phone(
            writing, access.current_actor(), PersonId(person_id), now=utc_now()
        )
    flash(gettext("The phone number is free again."), "success")
    return redirect(url_for("people.person", person_id=person_id))
