"""An organiser's page: a make-up exam for the absent and the voided."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice

from lianbing.exams.queries import ExamRow
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.seating.forms import MakeUpForm
from lianbing.exams.seating.make_up import MakeUpPlan, list_eligible, list_make_ups, make_up
from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import ExamId, PaperId, PersonId
from lianbing.papers.queries import get_paper, list_sibling_papers
from lianbing.people.queries import person_cards
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why

SHOWN = 200

pages = Blueprint("make_up", __name__, url_prefix="/exams/seating")


@pages.route("/<int:exam_id>/make-up", methods=["GET", "POST"])
@access.roles(Role.ORGANISER)
def index(exam_id: int) -> ResponseReturnValue:
    session = db.session()
    exam = exam_within_reach(exam_id, Role.ORGANISER)
    eligible, form = list_eligible(session, exam.id), _offering(exam)
    if form.validate_on_submit():
        try:
            made = _make(exam, form, eligible)
        except DomainError as error:
            form.form_errors = [message_of_why(error)]
        else:
            flash(gettext("The make-up exam is scheduled with its roster."), "success")
            return redirect(url_for("manage_exams.show", exam_id=made))
    shown = eligible[:SHOWN]
    return render_template(
        "exams/seating/make_up.html",
        exam=exam,
        form=form,
        eligible=shown,
        total=len(eligible),
        cards=person_cards(db.session(), shown),
        chosen=set(request.form.getlist("person", type=int)),
        made=list_make_ups(db.session(), exam.id),
    )


def _offering(exam: ExamRow) -> MakeUpForm:
    session, form = db.session(), MakeUpForm()
    same = get_paper(session, exam.paper_id)
    form.paper_id.choices = [
        SelectChoice("0", gettext("Another paper, drawn from the same blueprint")),
        SelectChoice(str(same.id), gettext("The same paper, in another order")),
        *(
            SelectChoice(str(paper.id), f"{paper.title} · {paper.frozen_at:%Y-%m-%d}")
            for paper in list_sibling_papers(session, exam.paper_id)
        ),
    ]
    if not form.is_submitted():
        form.title.data = gettext("%(title)s (make-up)", title=exam.title)[:200]
    return form


def _make(exam: ExamRow, form: MakeUpForm, eligible: list[PersonId]) -> ExamId:
    zone = current_settings().zone
    everybody = form.everybody.data
    chosen = eligible if everybody else request.form.getlist("person", type=int)
    opens_at, closes_at = form.window(zone)
    plan = MakeUpPlan(
        title=form.title.data,
        opens_at=opens_at,
        closes_at=closes_at,
        person_ids=tuple(PersonId(id_) for id_ in chosen),
        reason=form.reason.data,
        paper_id=PaperId(form.paper_id.data) if form.paper_id.data else None,
    )
    with transaction() as session:
        return make_up(session, current_actor(), exam.id, plan, now=utc_now())
