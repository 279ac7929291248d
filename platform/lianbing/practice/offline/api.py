"""What the practice page of a phone asks for: a device number and a pack; and what it brings."""

import orjson
from flask import Blueprint, Response, request
from flask_wtf.csrf import generate_csrf

from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.practice.offline import queries, use_cases
from lianbing.practice.offline.forms import read_entries
from lianbing.practice.rules import RIGHT_TO_LEAVE
from lianbing.web import access
from lianbing.web.layout import person_mark

api = Blueprint("practice_offline_api", __name__, url_prefix="/api/practice/offline")


@api.get("/token")
@access.signed_in
def token() -> Response:
    """Who is signed in, as a page's mark says it, and what their posts carry.

    A page from the shelf has an old token, and may have been drawn for somebody else.
    """
    return _json({"csrf": generate_csrf(), "person": person_mark(access.current_actor())})


@api.post("/device")
@access.signed_in
def device() -> Response:
    """A device number for this browser and person."""
    with transaction() as session:
        number = use_cases.issue_device(session, access.current_actor(), now=utc_now())
    return _json({"device": number})


@api.get("/pack")
@access.signed_in
def pack() -> Response:
    """The coming days' questions, the wrong book and their keys."""
    made = queries.get_pack(db.session(), access.current_actor(), now=utc_now())
    return _json({**made, "needed": RIGHT_TO_LEAVE})


@api.post("/answers")
@access.signed_in
def answers() -> Response:
    """Answers given without a network; every number is told what became of it."""
    device_id, entries = read_entries(request.get_json(silent=True))
    now = arrived_at(request.environ)
    with transaction() as session:
        outcomes = use_cases.merge(session, access.current_actor(), device_id, entries, now=now)
    results = [{"seq": seq, "outcome": found.value} for seq, found in sorted(outcomes.items())]
    return _json({"results": results})


def _json(body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
