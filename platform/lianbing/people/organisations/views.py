"""Pages of organisations: the tree, a node with its dated parents and facts, its upkeep."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.calendar import today
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId
from lianbing.people.authority import reaches, require_reach
from lianbing.people.blueprint import blueprint
from lianbing.people.choices import organisation_choices
from lianbing.people.organisations import queries, use_cases
from lianbing.people.organisations.forms import (
    EndLinkForm,
    FactsForm,
    LinkForm,
    NameForm,
    NewOrganisationForm,
)
from lianbing.people.organisations.profile import UnitFacts
from lianbing.people.organisations.rules import CHILDREN, OrganisationKind
from lianbing.people.persons.counts import participation_base
from lianbing.people.refusals import REFUSED, refuse
from lianbing.people.roles.queries import list_holders
from lianbing.web import access

SEE = (Role.ADMINISTRATOR, Role.ORGANISER, Role.OVERSEER, Role.TEAM_LEADER)
CHANGE = (Role.ADMINISTRATOR,)


@blueprint.get("/people/organisations/")
@access.roles(*SEE)
def organisations() -> ResponseReturnValue:
    """Where the actor's reach begins; or what a search in it finds."""
    actor = access.current_actor()
    text = request.args.get("q", "").strip()
    session = db.session()
    if text:
        rows = queries.search_organisations(
            session, text, kinds=tuple(OrganisationKind), actor=actor, roles=SEE, limit=50
        )
    else:
        starts = actor.nodes(*SEE)
        rows = [queries.get_organisation_row(session, node) for node in sorted(starts)]
    return render_template("people/organisations.html", rows=rows, text=text)


@blueprint.get("/people/organisations/<int:organisation_id>/")
@access.roles(*SEE)
def organisation(organisation_id: int) -> ResponseReturnValue:
    """One node: parents, facts, children, who holds which role."""
    node_id = OrganisationId(organisation_id)
    actor, session, day = access.current_actor(), db.session(), today()
    require_reach(session, actor, *SEE, organisation_id=node_id)
    node = queries.get_organisation_row(session, node_id)
    return render_template(
        "people/organisation.html",
        node=node,
        may_change=reaches(session, actor, *CHANGE, organisation_id=node_id),
        may_add=bool(CHILDREN[node.kind]),
        links=queries.list_links(session, node_id),
        facts=queries.find_facts(session, node_id, on=day),
        history=queries.list_facts(session, node_id),
        children=queries.list_children(session, node_id, page=_page()),
        holders=list_holders(session, node_id, on=day, page=1),
        base=participation_base(session, node_id, on=day),
        today=day,
    )


@blueprint.route("/people/organisations/<int:organisation_id>/add", methods=["GET", "POST"])
@access.roles(*CHANGE)
def add_organisation(organisation_id: int) -> ResponseReturnValue:
    """Add a node below this one."""
    parent = _changeable(organisation_id)
    form = NewOrganisationForm()
    form.offer_below(parent.kind)
    status = 200
    if form.validate_on_submit():
        new = use_cases.NewOrganisation(
            name=form.name.data,
            kind=OrganisationKind(form.kind.data),
            parent_id=parent.id,
            code=form.code.data or "",
        )
        try:
            with transaction() as writing:
                actor = access.current_actor()
                node_id = use_cases.add_organisation(writing, actor, new, now=utc_now())
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("Added: %(name)s", name=new.name), "success")
            return redirect(url_for("people.organisation", organisation_id=node_id))
    return render_template(
        "people/organisation_form.html", form=form, node=parent, new=True
    ), status


@blueprint.route("/people/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
@access.roles(*CHANGE)
def edit_organisation(organisation_id: int) -> ResponseReturnValue:
    """Correct a node's name and code."""
    node = _changeable(organisation_id)
    form = NameForm(name=node.name, code=node.code)
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                use_cases.rename_organisation(
                    writing,
                    access.current_actor(),
                    node.id,
                    name=form.name.data,
                    code=form.code.data or "",
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            return _saved(node.id)
    return render_template("people/organisation_form.html", form=form, node=node, new=False), status


@blueprint.route("/people/organisations/<int:organisation_id>/facts", methods=["GET", "POST"])
@access.roles(*CHANGE)
def state_facts(organisation_id: int) -> ResponseReturnValue:
    """Say what is true of a unit from a day on."""
    node = _changeable(organisation_id)
    known = queries.find_facts(db.session(), node.id, on=today()) or UnitFacts()
    form = FactsForm(
        valid_from=today(),
        industry=known.industry[:1],
        ownership=str(known.ownership or ""),
        size_class=str(known.size_class or ""),
        union_founded={True: "yes", False: "no"}.get(known.union_founded, ""),  # type: ignore[arg-type]
        park=known.park,
        head_count=known.head_count,
    )
    form.offer_industries()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                use_cases.state_facts(
                    writing,
                    access.current_actor(),
                    node.id,
                    form.facts(),
                    valid_from=form.valid_from.data,
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            return _saved(node.id)
    history = queries.list_facts(db.session(), node.id)
    return render_template("people/facts_form.html", form=form, node=node, history=history), status


@blueprint.route("/people/organisations/<int:organisation_id>/link", methods=["GET", "POST"])
@access.roles(*CHANGE)
def link_organisation(organisation_id: int) -> ResponseReturnValue:
    """Let a node belong to one more parent, within the actor's reach."""
    node = _changeable(organisation_id)
    actor = access.current_actor()
    parents = [
        row
        for row in queries.list_reachable_organisations(db.session(), actor, *CHANGE)
        if node.kind in CHILDREN[row.kind] and row.id != node.id
    ]
    form = LinkForm(valid_from=today())
    form.parent.choices = organisation_choices(parents)
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                use_cases.link_organisation(
                    writing,
                    actor,
                    parent_id=OrganisationId(form.parent.data),
                    child_id=node.id,
                    valid_from=form.valid_from.data,
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            return _saved(node.id)
    return render_template("people/link_form.html", form=form, node=node), status


@blueprint.post("/people/organisations/<int:organisation_id>/end-link")
@access.roles(*CHANGE)
def end_link(organisation_id: int) -> ResponseReturnValue:
    """Let a node stop belonging to a parent."""
    form = EndLinkForm()
    here = url_for("people.organisation", organisation_id=organisation_id)
    if not form.validate_on_submit():
        flash(gettext("Choose the day on which it ends."), "error")
        return redirect(here)
    try:
        with transaction() as writing:
            use_cases.end_link(
                writing,
                access.current_actor(),
                parent_id=OrganisationId(form.parent.data),
                child_id=OrganisationId(organisation_id),
                valid_to=form.valid_to.data,
                now=utc_now(),
            )
    except REFUSED as error:
        refuse(error)
    else:
        flash(gettext("Saved."), "success")
    return redirect(here)


def _changeable(organisation_id: int) -> queries.OrganisationRow:
    """The node, once the actor is known to administer it."""
    node_id = OrganisationId(organisation_id)
    session = db.session()
    require_reach(session, access.current_actor(), *CHANGE, organisation_id=node_id)
    return queries.get_organisation_row(session, node_id)


def _saved(organisation_id: OrganisationId) -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for("people.organisation", organisation_id=organisation_id))


def _page() -> int:
    return request.args.get("page", 1, type=int)
