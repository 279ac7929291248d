"""The invigilator's pages: which exams run, the live screen, one candidate."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from lianbing.exams import queries as exam_queries
from lianbing.exams import rosters
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.invigilation import queries
from lianbing.exams.invigilation.counting import recent_counts
from lianbing.exams.invigilation.queries import LiveFilter, LiveRow
from lianbing.exams.invigilation.rules import LiveState, changed_since
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.seating.queries import list_batches, list_rooms
from lianbing.exams.seating.seat_queries import seat_words
from lianbing.infra.database import db
from lianbing.infra.paging import Page
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId
from lianbing.people.queries import homes_of, person_names
from lianbing.web import access
from lianbing.web.access import current_actor

OVERLAP = timedelta(seconds=10)
"""A row stamped before a poll may be committed after it: the next poll looks back this far."""

pages = Blueprint(
    "invigilation", __name__, url_prefix="/exams/invigilation", template_folder="templates"
)


@pages.get("/")
@access.roles(*STEERERS)
def index() -> ResponseReturnValue:
    page = rosters.list_managed_exams(
        db.session(), current_actor(), request.args.get("page", 1, type=int), roles=STEERERS
    )
    return render_template("exams/invigilation/index.html", page=page, now=utc_now())


@pages.get("/<int:exam_id>")
@access.roles(*STEERERS)
def live(exam_id: int) -> ResponseReturnValue:
    exam = exam_within_reach(exam_id, *STEERERS)
    now = utc_now()
    page, people = _page(exam, now)
    return render_template(
        "exams/invigilation/live.html",
        exam=exam,
        page=page,
        people=people,
        counts=queries.count_live(db.session(), exam.id, now=now, wanted=_wanted()),
        rooms=[] if exam.plain_admission else list_rooms(db.session(), exam.id),
        batches=[] if exam.plain_admission else list_batches(db.session(), exam.id),
        seats=seat_words(db.session(), exam.id, [row.person_id for row in page.rows]),
        wanted=_wanted(),
        now=now,
    )


@pages.get("/<int:exam_id>/rows")
@access.roles(*STEERERS)
def rows(exam_id: int) -> ResponseReturnValue:
    """What changed on the page since an instant; 304 when nothing did."""
    exam = exam_within_reach(exam_id, *STEERERS)
    now = utc_now()
    page, people = _page(exam, now)
    since = _instant(request.args.get("since", ""))
    seats = seat_words(db.session(), exam.id, [row.person_id for row in page.rows])
    changed = [row for row in page.rows if _has_changed(row, since, now)]
    body = {
        "ids": [row.person_id for row in page.rows],
        "rows": {str(row.person_id): _row_html(exam, row, people, seats) for row in changed},
        "counts": recent_counts(db.session(), exam.id, now=now, wanted=_wanted()),
        "total": page.total,
        "paused": exam.paused_at is not None,
    }
    return _answer(body, now)


def _has_changed(row: LiveRow, since: datetime | None, now: datetime) -> bool:
    return changed_since(since, *row.moments, last_contact=row.last_contact, now=now)


def _answer(body: dict[str, Any], now: datetime) -> Response:
    """The body under its own ETag; the instant to ask from next travels in a header."""
    raw = orjson.dumps(body)
    response = Response(raw, mimetype="application/json")
    response.set_etag(hashlib.blake2b(raw, digest_size=12).hexdigest())
    response.headers["X-Since"] = (now - OVERLAP).isoformat()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def _row_html(
    exam: exam_queries.ExamRow, row: LiveRow, people: "People", seats: dict[PersonId, str]
) -> str:
    return render_template(
        "exams/invigilation/_row.html", exam=exam, row=row, people=people, seats=seats
    )


People = dict[PersonId, tuple[str, str]]


def _page(exam: exam_queries.ExamRow, now: datetime) -> tuple[Page[LiveRow], People]:
    """The page that the address asks for, with names and where each person counts."""
    session = db.session()
    number = request.args.get("page", 1, type=int)
    page = queries.list_live(session, exam.id, _wanted(), now=now, number=number)
    ids = [row.person_id for row in page.rows]
    names, homes = person_names(session, ids), homes_of(session, ids)
    return page, {
        id_: (names.get(id_, ""), _place(homes[id_].unit_name, homes[id_].team_name))
        if id_ in homes
        else (names.get(id_, ""), "")
        for id_ in ids
    }


def _place(unit: str, team: str) -> str:
    return " · ".join(part for part in (unit, team) if part)


def _wanted() -> LiveFilter:
    state = request.args.get("state", "")
    return LiveFilter(
        state=LiveState(state) if state in set(LiveState) else None,
        flagged=state == "flagged",
        text=request.args.get("q", "").strip(),
        room_id=request.args.get("room", type=int),
        batch_id=request.args.get("batch", type=int),
    )


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
