"""The page where two persons release an exam's questions; the doors a waiting device asks."""

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.release.queries import list_releases, opens_for_starts_at
from lianbing.exams.release.rules import PERSONS_NEEDED
from lianbing.exams.release.use_cases import release_questions
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId
from lianbing.people.queries import person_names, same_person_ids
from lianbing.web import access
from lianbing.web.access import current_actor

pages = Blueprint("exams_release", __name__, url_prefix="/exams")


@pages.get("/manage/<int:exam_id>/release")
@access.roles(*STEERERS)
def show(exam_id: int) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    exam = exam_within_reach(exam_id, *STEERERS)
    given = list_releases(session, exam.id)
    mine = same_person_ids(session, actor.person_id) if actor.person_id is not None else ()
    return render_template(
        "exams/release/show.html",
        exam=exam,
        given=given,
        names=person_names(session, [one.person_id for one in given]),
        is_mine=any(one.person_id in mine for one in given),
        persons_needed=PERSONS_NEEDED,
        now=utc_now(),
    )


@pages.post("/manage/<int:exam_id>/release")
@access.roles(*STEERERS)
def release(exam_id: int) -> ResponseReturnValue:
    with transaction() as session:
        persons = release_questions(session, current_actor(), ExamId(exam_id), now=utc_now())
    if persons < PERSONS_NEEDED:
        flash(gettext("Recorded. A second person has to release too."), "success")
    else:
        flash(gettext("The questions are released, from the opening on."), "success")
    return redirect(url_for("exams_release.show", exam_id=exam_id))


@pages.get("/<int:exam_id>/doors")
@access.public
def doors(exam_id: int) -> ResponseReturnValue:
    """Whether candidates may start: asked by waiting devices, so without anybody's session."""
    opens_at = opens_for_starts_at(db.session(), ExamId(exam_id))
    now = utc_now()
    is_open = opens_at is not None and opens_at <= now
    return jsonify({"open": is_open, "server_now": now.isoformat()})
