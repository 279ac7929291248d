"""The beat of a page that is being studied, and how time spent reads."""

from datetime import timedelta

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import MaterialId
from lianbing.training.reading import queries, use_cases
from lianbing.web import access
from lianbing.web.access import current_actor

LONGEST_CLAIM = 3_600_000

blueprint = Blueprint("reading", __name__, url_prefix="/training/materials")


@blueprint.app_template_filter()
def spent_words(seconds: int) -> str:
    """Time spent, in whole minutes, or hours and minutes."""
    minutes = seconds // 60
    if minutes < 60:
        return gettext("%(minutes)d min", minutes=minutes)
    return gettext("%(hours)d h %(minutes)d min", hours=minutes // 60, minutes=minutes % 60)


@blueprint.post("/<int:material_id>/beat")
@access.signed_in
def beat(material_id: int) -> ResponseReturnValue:
    """Count the milliseconds a page claims; answer with the reader's whole time on it."""
    claimed = request.form.get("active", 0, type=int)
    material = MaterialId(material_id)
    with transaction() as session:
        use_cases.count_beat(
            session,
            current_actor(),
            material,
            timedelta(milliseconds=min(max(claimed, 0), LONGEST_CLAIM)),
            now=utc_now(),
        )
    seconds = queries.find_own_seconds(db.session(), current_actor(), material)
    return jsonify(seconds=seconds, words=spent_words(seconds))
