"""An organiser's page for the rules of conduct of an exam."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams.conduct.errors import BadConduct
from lianbing.exams.conduct.forms import ConductForm, as_typed
from lianbing.exams.conduct.queries import policy_of
from lianbing.exams.conduct.use_cases import set_conduct
from lianbing.exams.models import Exam
from lianbing.exams.reach import exam_within_reach
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why

pages = Blueprint(
    "exams_conduct", __name__, url_prefix="/exams/manage", template_folder="templates"
)


@pages.route("/<int:exam_id>/conduct", methods=["GET", "POST"])
@access.roles(Role.ORGANISER)
def rules(exam_id: int) -> ResponseReturnValue:
    found = exam_within_reach(exam_id, Role.ORGANISER)
    exam = db.session().get_one(Exam, found.id)
    title = exam.title
    form = ConductForm(data=as_typed(exam, policy_of(exam)) if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                set_conduct(session, current_actor(), ExamId(exam_id), form.plan(), now=utc_now())
        except BadConduct as error:
            form.form_errors = [message_of_why(error)]
        else:
            flash(gettext("The rules are saved. They bind from now on."), "success")
            return redirect(url_for("exams_conduct.rules", exam_id=exam_id))
    return render_template("exams/conduct/rules.html", form=form, title=title, exam_id=exam_id)
