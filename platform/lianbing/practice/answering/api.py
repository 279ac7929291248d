"""The drill page's API: its questions without keys, and what the hot path leaves to words."""

import orjson
from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from lianbing.exams.hot import OUTCOME
from lianbing.infra.database import db
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import PersonId
from lianbing.practice import drill_pages
from lianbing.practice.answering.errors import BadDrillToken
from lianbing.practice.answering.hot_answer import told_json
from lianbing.practice.answering.kept import kept_versions
from lianbing.practice.answering.queries import Asked, items_of_drill
from lianbing.practice.answering.tokens import DrillSeat, DrillTokens
from lianbing.practice.answering.told import asked_json
from lianbing.practice.queries import learner_of
from lianbing.practice.shown import show_question
from lianbing.web import access
from lianbing.web.errors import message_of

api = Blueprint("practice_api", __name__, url_prefix="/api/practice")


@api.get("/drills/<int:drill_id>")
@access.signed_in
def questions(drill_id: int) -> ResponseReturnValue:
    """The questions still to come, never with a key, and the token to answer them with."""
    actor = access.current_actor()
    if drill_pages.get_drill(db.session(), actor, drill_id).mode.has_own_rules:
        raise NotFound
    items = items_of_drill(db.session(), drill_id)
    if actor.session_id is None:
        raise BadDrillToken
    seat = DrillSeat(
        drill_id=drill_id,
        owner_id=PersonId(items[0].owner_id),
        person_id=learner_of(actor),
        session_id=actor.session_id,
    )
    return _json(
        {
            "token": drill_tokens().issue(seat),
            "position": items[0].stands,
            "length": items[0].length,
            "questions": _asked([item for item in items if item.position >= item.stands]),
        }
    )


def _asked(items: list[Asked]) -> list[dict[str, object]]:
    shown = [item for item in items if item.is_drillable]
    kept = kept_versions(db.session(), {item.version_id for item in shown})
    asked = {
        item.position: asked_json(
            kept[item.version_id].text,
            show_question(kept[item.version_id].content, seed=item.seed, position=item.position),
        )
        for item in shown
    }
    return [{"position": item.position, "asked": asked.get(item.position)} for item in items]


@api.post("/answer")
@access.attempt_token
def answer() -> ResponseReturnValue:
    """Say what ``hot_answer`` made of the answers, where that takes words or is an error."""
    outcome = request.environ[OUTCOME]
    if isinstance(outcome, Exception):
        raise outcome
    errors = [told.error for told in outcome if told.error is not None]
    return Response(
        told_json(outcome, {error.code: message_of(error) for error in errors}),
        mimetype="application/json",
    )


def drill_tokens() -> DrillTokens:
    """The signer of this application."""
    tokens: DrillTokens = current_app.extensions["lianbing_drill_tokens"]
    return tokens


def _json(body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
