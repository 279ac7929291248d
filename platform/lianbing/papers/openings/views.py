"""The page of a sealed paper: who asked for it to be opened, who agreed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PaperId
from lianbing.papers.openings import queries, use_cases
from lianbing.papers.queries import get_paper
from lianbing.papers.vault import is_held
from lianbing.people.authority import reaches, require_reach
from lianbing.people.queries import person_names, same_person_ids
from lianbing.web import access
from lianbing.web.access import current_actor

pages = Blueprint("paper_openings", __name__, url_prefix="/papers")


@pages.get("/<int:paper_id>/seal")
@access.roles(*use_cases.AGREERS)
def show(paper_id: int) -> ResponseReturnValue:
    session, actor, now = db.session(), current_actor(), utc_now()
    row = get_paper(session, PaperId(paper_id))
    node = row.organisation_id
    require_reach(session, actor, *use_cases.AGREERS, organisation_id=node)
    openings = queries.list_openings(session, row.id, now=now)
    mine = same_person_ids(session, actor.person_id) if actor.person_id is not None else ()
    may_ask = reaches(session, actor, Role.TRAINER, organisation_id=node)
    person_ids = {one.asked_by for one in openings} | {
        one.agreed_by for one in openings if one.agreed_by is not None
    }
    return render_template(
        "papers/openings/show.html",
        row=row,
        openings=openings,
        names=person_names(session, person_ids),
        mine=mine,
        may_ask=may_ask,
        may_open=may_ask and _may_open(row.id),
        is_held=is_held(session, row.id, now=now),
    )


def _may_open(paper_id: PaperId) -> bool:
    session, actor, now = db.session(), current_actor(), utc_now()
    if not is_held(session, paper_id, now=now):
        return True
    if actor.person_id is None:
        return False
    return queries.find_agreed(session, paper_id, actor.person_id, now=now) is not None


@pages.post("/<int:paper_id>/seal/ask")
@access.roles(Role.TRAINER)
def ask(paper_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.ask_to_open(
            session,
            current_actor(),
            PaperId(paper_id),
            reason=request.form.get("reason", ""),
            now=utc_now(),
        )
    flash(gettext("Asked. Another trainer, organiser or judge has to agree on this page."), "info")
    return redirect(url_for("paper_openings.show", paper_id=paper_id))


@pages.post("/<int:paper_id>/seal/<int:opening_id>/agree")
@access.roles(*use_cases.AGREERS)
def agree(paper_id: int, opening_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.agree_to_open(
            session, current_actor(), PaperId(paper_id), opening_id, now=utc_now()
        )
    flash(gettext("Agreed. Who asked may open the paper for an hour."), "success")
    return redirect(url_for("paper_openings.show", paper_id=paper_id))
