"""Granting and revoking roles from a person's page."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.blueprint import blueprint
from lianbing.people.choices import organisation_choices
from lianbing.people.organisations.queries import list_reachable_organisations
from lianbing.people.persons.forms import GrantForm
from lianbing.people.persons.screens import require_sight
from lianbing.people.refusals import REFUSED, refuse
from lianbing.people.roles.use_cases import grant_role, revoke_role
from lianbing.web import access


@blueprint.post("/people/<int:person_id>/roles")
@access.roles(Role.ADMINISTRATOR)
def grant(person_id: int) -> ResponseReturnValue:
    """Grant a role at a node within the actor's reach."""
    actor = access.current_actor()
    require_sight(db.session(), actor, PersonId(person_id))
    form = GrantForm()
    form.organisation.choices = organisation_choices(
        list_reachable_organisations(db.session(), actor, Role.ADMINISTRATOR)
    )
    here = url_for("people.person", person_id=person_id)
    if not form.validate_on_submit():
        flash(gettext("Choose a role, a place and a first day."), "error")
        return redirect(here)
    try:
        with transaction() as writing:
            grant_role(
                writing,
                actor,
                person_id=PersonId(person_id),
                role=Role(form.role.data),
                organisation_id=OrganisationId(form.organisation.data),
                valid_from=form.valid_from.data,
                valid_to=form.valid_to.data,
                now=utc_now(),
            )
        flash(gettext("Granted."), "success")
    except REFUSED as error:
        refuse(error)
    return redirect(here)


@blueprint.post("/people/<int:person_id>/roles/<int:holding_id>/revoke")
@access.roles(Role.ADMINISTRATOR)
def revoke(person_id: int, holding_id: int) -> ResponseReturnValue:
    """End a role today."""
    try:
        with transaction() as writing:
            revoke_role(writing, access.current_actor(), holding_id, now=utc_now())
        flash(gettext("The role has ended."), "success")
    except REFUSED as error:
        refuse(error)
    return redirect(url_for("people.person", person_id=person_id))
