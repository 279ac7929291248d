"""The invigilator's pages: which exams run, the live screen, one candidate."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams import queries as exam_queries
from lianbing.exams import rosters
from lianbing.exams.conduct.queries import list_events
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.fairness.extending import extend
from lianbing.exams.fairness.queries import list_notices
from lianbing.exams.fairness.telling import send_message
from lianbing.exams.invigilation import queries, use_cases
from lianbing.exams.invigilation.counting import recent_counts
from lianbing.exams.invigilation.errors import AttemptNotFound, NothingToDecide
from lianbing.exams.invigilation.forms import LateForm, MinutesForm, StepForm, WordsForm
from lianbing.exams.invigilation.late import decide_late, list_late
from lianbing.exams.invigilation.queries import LiveFilter, LiveRow
from lianbing.exams.invigilation.records import list_devices, list_steps
from lianbing.exams.invigilation.rules import LiveState, changed_since
from lianbing.exams.result_views import answer_text
from lianbing.exams.seating.queries import list_batches, list_rooms
from lianbing.exams.seating.seat_queries import seat_words
from lianbing.infra.database import db, transaction
from lianbing.infra.paging import Page
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.authority import require_reach
from lianbing.people.queries import homes_of, person_cards, person_names
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
    exam = _exam_within_reach(exam_id)
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
    exam = _exam_within_reach(exam_id)
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


@pages.get("/<int:exam_id>/<int:person_id>")
@access.roles(*STEERERS)
def candidate(exam_id: int, person_id: int) -> ResponseReturnValue:
    exam = _exam_within_reach(exam_id)
    session, now = db.session(), utc_now()
    row = queries.find_live(session, exam.id, PersonId(person_id), now=now)
    if row is None:
        raise AttemptNotFound
    attempt_id = row.attempt_id
    return render_template(
        "exams/invigilation/candidate.html",
        exam=exam,
        row=row,
        person=person_cards(session, [row.person_id])[row.person_id],
        late=list_late(session, attempt_id) if attempt_id else [],
        devices=list_devices(session, attempt_id) if attempt_id else [],
        events=list_events(session, attempt_id) if attempt_id else [],
        steps=list_steps(session, attempt_id) if attempt_id else [],
        notices=list_notices(session, exam.id, row.person_id),
        answer_text=answer_text,
        step_form=StepForm(),
        minutes_form=MinutesForm(),
        words_form=WordsForm(),
        late_form=LateForm(),
        now=now,
    )


@pages.post("/<int:exam_id>/<int:person_id>/extend")
@access.roles(*STEERERS)
def extend_one(exam_id: int, person_id: int) -> ResponseReturnValue:
    form = MinutesForm()
    if form.validate_on_submit():
        with transaction() as session:
            extend(
                session,
                current_actor(),
                ExamId(exam_id),
                minutes=form.minutes.data,
                reason=form.reason.data,
                person_ids=[PersonId(person_id)],
                now=utc_now(),
            )
        flash(gettext("The time is extended; the candidate is told."), "success")
    else:
        flash(gettext("Give the minutes and a reason; the candidates are told."), "error")
    return _back(exam_id, person_id)


@pages.post("/<int:exam_id>/<int:person_id>/message")
@access.roles(*STEERERS)
def message_one(exam_id: int, person_id: int) -> ResponseReturnValue:
    form = WordsForm()
    if form.validate_on_submit():
        with transaction() as session:
            send_message(
                session,
                current_actor(),
                ExamId(exam_id),
                words=form.words.data,
                person_ids=[PersonId(person_id)],
                now=utc_now(),
            )
        flash(gettext("The message is sent. It appears on the exam page."), "success")
    else:
        flash(gettext("Write what the candidates should read."), "error")
    return _back(exam_id, person_id)


STEPS = {
    "hand-in": use_cases.force_hand_in,
    "void": use_cases.void_attempt,
    "undo-void": use_cases.undo_void,
}


@pages.post("/<int:exam_id>/<int:person_id>/step/<step>")
@access.roles(*STEERERS)
def take_step(exam_id: int, person_id: int, step: str) -> ResponseReturnValue:
    if step not in STEPS:
        raise NotFound
    form = StepForm()
    if form.validate_on_submit():
        with transaction() as session:
            STEPS[step](
                session,
                current_actor(),
                ExamId(exam_id),
                PersonId(person_id),
                reason=form.reason.data,
                now=utc_now(),
            )
        flash(gettext("Done, and recorded with your reason."), "success")
    else:
        flash(gettext("Give a reason; it is kept with the exam."), "error")
    return _back(exam_id, person_id)


@pages.post("/<int:exam_id>/<int:person_id>/reopen")
@access.roles(*STEERERS)
def reopen(exam_id: int, person_id: int) -> ResponseReturnValue:
    form = MinutesForm()
    if form.validate_on_submit():
        with transaction() as session:
            use_cases.reopen_attempt(
                session,
                current_actor(),
                ExamId(exam_id),
                PersonId(person_id),
                minutes=form.minutes.data,
                reason=form.reason.data,
                now=utc_now(),
            )
        flash(gettext("Reopened. The candidate enters again from the lobby."), "success")
    else:
        flash(gettext("Give the minutes and a reason; the candidates are told."), "error")
    return _back(exam_id, person_id)


@pages.post("/<int:exam_id>/<int:person_id>/late/<verdict>")
@access.roles(*STEERERS)
def judge_late(exam_id: int, person_id: int, verdict: str) -> ResponseReturnValue:
    if verdict not in ("accept", "refuse"):
        raise NotFound
    form = LateForm()
    if not form.validate_on_submit() or not form.keys():
        flash(gettext(NothingToDecide.message), "error")
        return _back(exam_id, person_id)
    with transaction() as session:
        decide_late(
            session,
            current_actor(),
            ExamId(exam_id),
            PersonId(person_id),
            form.keys(),
            accept=verdict == "accept",
            reason=form.reason.data,
            now=utc_now(),
        )
    flash(gettext("Decided. What has ended is marked anew as a further script version."), "success")
    return _back(exam_id, person_id)


def _exam_within_reach(exam_id: int) -> exam_queries.ExamRow:
    exam = exam_queries.get_exam(db.session(), ExamId(exam_id))
    require_reach(db.session(), current_actor(), *STEERERS, organisation_id=exam.organisation_id)
    return exam


def _back(exam_id: int, person_id: int) -> ResponseReturnValue:
    return redirect(url_for("invigilation.candidate", exam_id=exam_id, person_id=person_id))
