"""A worker's page of training: what is open to study, and the time spent."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lianbing.infra.database import db
from lianbing.people.queries import organisation_names
from lianbing.training.materials import queries as materials
from lianbing.training.reading.queries import find_own_seconds
from lianbing.web import access
from lianbing.web.access import current_actor

blueprint = Blueprint("training", __name__, url_prefix="/training", template_folder="templates")


@blueprint.get("/")
@access.signed_in
def home() -> ResponseReturnValue:
    """What is open to the reader, with a search by title."""
    session, actor = db.session(), current_actor()
    search = request.args.get("search", "").strip()
    number = request.args.get("page", 1, type=int)
    page = materials.page_of_open(session, actor, number, search=search)
    return render_template(
        "training/home.html",
        page=page,
        search=search,
        owners=organisation_names(session, [row.organisation_id for row in page.rows]),
        seconds=find_own_seconds(session, actor),
    )
