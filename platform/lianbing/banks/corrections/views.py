"""Reports of errors: the keepers' list with its answers, a worker's own, the form to report."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from lianbing.banks.corrections import queries, use_cases
from lianbing.banks.corrections.errors import (
    AnsweredAlready,
    AnswerNeeded,
    ReportedAlready,
    ReportMisshapen,
    TooManyReports,
)
from lianbing.banks.corrections.rules import ErrorKind, ReportState
from lianbing.banks.corrections.words import ERROR_WORDS, REPORT_WORDS
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import QuestionVersionId
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import find_constraint_error, map_constraint, message_of

blueprint = Blueprint("bank_corrections", __name__, url_prefix="/banks/reports")
map_constraint("uq_question_error_report_open", ReportedAlready)


@blueprint.app_template_filter()
def error_words(kind: ErrorKind) -> str:
    """A kind of error in words."""
    return gettext(ERROR_WORDS[kind])


@blueprint.app_template_filter()
def report_words(state: ReportState) -> str:
    """How a report stands, in words."""
    return gettext(REPORT_WORDS[state])


@blueprint.app_template_global()
def error_kinds() -> list[ErrorKind]:
    """What a report may say is wrong."""
    return list(ErrorKind)


@blueprint.app_template_global()
def own_reports() -> list[queries.ReportRow]:
    """The reader's own reports with their answers."""
    person_id = current_actor().person_id
    return [] if person_id is None else queries.list_own(db.session(), person_id)


def take_report(version_id: QuestionVersionId) -> None:
    """Keep the report in the request's form and say so, or why not; for the page it came from,
    which knows that the reader saw this version."""
    error: DomainError | None = None
    try:
        with transaction() as session:
            use_cases.report_error(
                session,
                current_actor(),
                version_id,
                kind=request.form.get("kind", ""),
                text=request.form.get("text", ""),
                now=utc_now(),
            )
    except (ReportMisshapen, TooManyReports) as refusal:
        error = refusal
    except IntegrityError as violated:
        error = find_constraint_error(violated)
        if error is None:
            raise
    if error is not None:
        flash(message_of(error), "warning")
    else:
        flash(gettext("Thank you. The answer will stand on your own page."), "success")


def panel(actor: Actor) -> Markup | str:
    """Home's tasks: reports of errors that wait for an answer."""
    count = queries.count_open(db.session(), actor)
    if not count:
        return ""
    return Markup(render_template("banks/corrections/_panel.html", count=count))  # noqa: S704 - own


@blueprint.get("/")
@access.roles(Role.TRAINER)
def reports() -> ResponseReturnValue:
    """What workers reported, open or answered."""
    answered = request.args.get("state") == "answered"
    page: Any = queries.page_of_reports(
        db.session(), current_actor(), request.args.get("page", 1, type=int), answered=answered
    )
    return render_template("banks/corrections/index.html", page=page, answered=answered)


@blueprint.post("/<int:report_id>/answer")
@access.roles(Role.TRAINER)
def answer(report_id: int) -> ResponseReturnValue:
    """Mended, or no error because."""
    try:
        with transaction() as session:
            use_cases.answer_report(
                session,
                current_actor(),
                report_id,
                mended=request.form.get("verdict") == "mended",
                text=request.form.get("text", ""),
                now=utc_now(),
            )
    except (AnswerNeeded, AnsweredAlready) as refusal:
        flash(message_of(refusal), "warning")
    else:
        flash(gettext("Answered. The worker sees it on their own page."), "success")
    return redirect(url_for("bank_corrections.reports"))
