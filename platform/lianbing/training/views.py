"""A worker's page of training: own classes, what is open to study, the time spent."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lianbing.infra.database import db
from lianbing.people.queries import organisation_names
from lianbing.training.classes import queries as classes
from lianbing.training.materials import queries as materials
from lianbing.training.reading.queries import find_own_seconds
from lianbing.web import access
from lianbing.web.access import current_actor

blueprint = Blueprint("training", __name__, url_prefix="/training", template_folder="templates")


@blueprint.get("/")
@access.signed_in
def home() -> ResponseReturnValue:
    """Own classes, and what is open to study with a search by title."""
    session, actor = db.session(), current_actor()
    search = request.args.get("search", "").strip()
    number = request.args.get("page", 1, type=int)
    page = materials.page_of_open(session, actor, number, search=search)
    own_classes = classes.page_of_own(session, actor, 1)
    holders = [row.organisation_id for row in page.rows]
    holders += [row.organisation_id for row in own_classes.rows]
    return render_template(
        "training/home.html",
        page=page,
        classes=own_classes,
        search=search,
        owners=organisation_names(session, holders),
        seconds=find_own_seconds(session, actor),
    )
