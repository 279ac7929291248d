"""SEB's pages: the organiser's settings, the config file, the last page SEB ends on."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams import queries
from lianbing.exams.models import Exam
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.seb.admission import gate
from lianbing.exams.seb.errors import BadSebPolicy, SebNotWanted
from lianbing.exams.seb.forms import SebForm
from lianbing.exams.seb.rules import SebPolicy, config_key, seb_file, seb_settings
from lianbing.exams.seb.use_cases import policy_of_exam, set_seb
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why

pages = Blueprint("exams_seb", __name__, url_prefix="/exams", template_folder="templates")
SCHEMES = {"http": "seb", "https": "sebs"}


@pages.route("/manage/<int:exam_id>/seb", methods=["GET", "POST"])
@access.roles(Role.ORGANISER)
def rules(exam_id: int) -> ResponseReturnValue:
    found = exam_within_reach(exam_id, Role.ORGANISER)
    exam = db.session().get_one(Exam, found.id)
    policy, title = policy_of_exam(exam), exam.title
    shown = {
        "required": policy.required,
        "browser_exam_keys": "\n".join(policy.browser_exam_keys),
    }
    form = SebForm(data=shown if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                set_seb(session, current_actor(), ExamId(exam_id), form.plan(), now=utc_now())
        except BadSebPolicy as error:
            form.form_errors = [message_of_why(error)]
        else:
            gate().forget(ExamId(exam_id))
            flash(gettext("Saved. It binds everywhere within half a minute."), "success")
            return redirect(url_for("exams_seb.rules", exam_id=exam_id))
    key = config_key(_settings(policy, exam_id)) if policy.required else ""
    return render_template(
        "exams/seb/rules.html", form=form, title=title, exam_id=exam_id, policy=policy, key=key
    )


@pages.get("/<int:exam_id>/config.seb")
@access.public
def config(exam_id: int) -> Response:
    """The config file. Public: SEB fetches it before anybody can sign in, and it opens nothing."""
    policy = gate().policy(ExamId(exam_id), db.session())
    if not policy.required:
        raise SebNotWanted
    answer = Response(seb_file(_settings(policy, exam_id)), mimetype="application/seb")
    answer.headers["Content-Disposition"] = f"attachment; filename=exam-{exam_id}.seb"
    return answer


@pages.get("/<int:exam_id>/seb-done")
@access.public
def done(exam_id: int) -> ResponseReturnValue:
    """SEB ends when it comes here; any other browser sees that it may be closed."""
    return render_template("exams/seb/done.html", exam_id=exam_id)


@pages.app_template_global("seb_launch")
def seb_launch(exam: queries.ExamRow) -> str:
    """The address that starts SEB with an exam's file, from any other browser."""
    parts = urlsplit(gate().base(request.environ) + url_for("exams_seb.config", exam_id=exam.id))
    return urlunsplit(parts._replace(scheme=SCHEMES[parts.scheme]))


def _settings(policy: SebPolicy, exam_id: int) -> dict[str, Any]:
    return seb_settings(policy, base=gate().base(request.environ), exam_id=exam_id)
