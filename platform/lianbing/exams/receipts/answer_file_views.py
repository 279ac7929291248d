"""Staff pages of answer files: take one in, and see it beside what counts."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams.attempt_tokens import SeatTokens
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.queries import get_exam
from lianbing.exams.receipts import answer_file_queries, taking_in
from lianbing.exams.receipts.errors import (
    DamagedAnswerFile,
    NoAnswerFile,
    OtherExamsAnswerFile,
    StillAnswering,
)
from lianbing.exams.receipts.forms import AnswerFileForm
from lianbing.exams.result_views import answer_text
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId
from lianbing.people.queries import person_cards
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

pages = Blueprint("answer_files", __name__, url_prefix="/exams/manage")
pages.add_app_template_filter(answer_text, "answer_words")
REFUSED = (NoAnswerFile, OtherExamsAnswerFile, DamagedAnswerFile, StillAnswering)


@pages.route("/<int:exam_id>/answer-files", methods=["GET", "POST"])
@access.roles(*STEERERS)
def index(exam_id: int) -> ResponseReturnValue:
    form = AnswerFileForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                file_id = taking_in.take_in(
                    session,
                    current_actor(),
                    ExamId(exam_id),
                    form.content(),
                    read_seat=_seats().read,
                    keyring=current_keyring(),
                    now=utc_now(),
                )
        except REFUSED as error:
            form.form_errors = [message_of(error)]
        else:
            flash(gettext("The answer file is taken in. Its answers do not count yet."), "success")
            return redirect(url_for("answer_files.show", exam_id=exam_id, file_id=file_id))
    number = request.args.get("page", 1, type=int)
    page = answer_file_queries.list_answer_files(
        db.session(), current_actor(), ExamId(exam_id), number
    )
    return render_template(
        "exams/receipts/answer_files.html",
        exam=get_exam(db.session(), ExamId(exam_id)),
        form=form,
        page=page,
        cards=person_cards(db.session(), [row.person_id for row in page.rows]),
    )


@pages.get("/<int:exam_id>/answer-files/<int:file_id>")
@access.roles(*STEERERS)
def show(exam_id: int, file_id: int) -> ResponseReturnValue:
    view = answer_file_queries.view_answer_file(
        db.session(),
        current_actor(),
        file_id,
        read_seat=_seats().read,
        keyring=current_keyring(),
    )
    return render_template(
        "exams/receipts/answer_file.html",
        view=view,
        person=person_cards(db.session(), [view.file.person_id])[view.file.person_id],
    )


def _seats() -> SeatTokens:
    tokens: SeatTokens = current_app.extensions["lianbing_seats"]
    return tokens
