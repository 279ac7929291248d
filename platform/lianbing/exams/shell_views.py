"""The empty exam page, fetched before the opening: what is the same for every candidate."""

from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams import queries
from lianbing.exams.conduct.rules import REPORTED, Action, ConductPolicy, EventKind
from lianbing.exams.errors import NotEnrolled
from lianbing.exams.fairness.queries import needs_larger_text
from lianbing.exams.receipts.answer_keys import ensure_public_key
from lianbing.exams.seb.admission import admit
from lianbing.exams.shells import Shells, marked
from lianbing.infra.calendar import today
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.layout import frame_look, person_mark

early = Blueprint("exams_early", __name__, url_prefix="/api/exams")


@early.get("/shell/<int:exam_id>")
@access.signed_in
def shell(exam_id: int) -> ResponseReturnValue:
    """The exam page before the exam: all but what is the candidate's own.

    ``hot_shell`` gives what was drawn here to whoever waits with a ticket.
    """
    actor = current_actor()
    if queries.find_candidate_id(db.session(), ExamId(exam_id), actor.person_ids) is None:
        raise NotEnrolled
    admit(ExamId(exam_id))
    larger_text = needs_larger_text(db.session(), actor.person_ids, on=today())
    shells: Shells = current_app.extensions["lianbing_shells"]
    look, mark = look_of_shell(larger_text=larger_text), person_mark(actor)
    kept = shells.find(ExamId(exam_id), look, now=utc_now())
    if kept is not None:
        return kept.plain_round(marked(mark))
    exam = queries.get_exam(db.session(), ExamId(exam_id))
    data = shared_data(exam) | {"larger_text": larger_text}
    page = render_template("exams/sit.html", exam_data=data)
    shells.keep(exam.id, look, mark, page, now=utc_now())
    return page


def look_of_shell(*, larger_text: bool) -> str:
    """Which of an exam's empty pages is that of the person who asks."""
    return f"{frame_look()} {'accommodated' if larger_text else ''}"


def shared_data(exam: queries.ExamRow) -> dict[str, Any]:
    """The exam page's part that is the same for every candidate of one language."""
    answer_key = ensure_public_key(exam.id, keyring=current_keyring(), now=utc_now())
    return {
        "exam": {"id": exam.id, "title": exam.title, "total_marks": str(exam.total_marks)},
        "answer_key": answer_key,
        "save_url": url_for("exams_api.save"),
        "hand_in_url": url_for("exams_api.hand_in"),
        "state_url": url_for("exams_api.state"),
        "result_url": url_for("exams.result", exam_id=exam.id),
        "break_url": url_for("exams_fairness_api.pause_for_break"),
        "events_url": url_for("exams_conduct_api.events"),
        "grace_seconds": exam.grace_seconds,
        "conduct": _conduct(exam.conduct),
    }


def _conduct(policy: ConductPolicy) -> dict[str, Any]:
    """What the page reports; an exam without rules of conduct asks for nothing."""
    if not any(policy.action(kind) is not Action.IGNORE for kind in REPORTED):
        return {"report": []}
    full_screen = policy.action(EventKind.FULL_SCREEN_LEFT) is not Action.IGNORE
    words = {
        "wanted": gettext("This exam is sat in full screen."),
        "enter": gettext("Enter full screen"),
        "read": gettext("Got it"),
    }
    return {"report": sorted(REPORTED), "full_screen": full_screen, "words": words}
