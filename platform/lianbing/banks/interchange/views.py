"""A trainer's pages of taking files in: sending, waiting, preview, mapping, accepting, undoing."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from lianbing.banks import question_queries
from lianbing.banks.interchange import queries, use_cases
from lianbing.banks.interchange.annotating import Said, annotated
from lianbing.banks.interchange.drafts import FileFormat
from lianbing.banks.interchange.errors import AlreadyUsed, HasErrors, NothingGood
from lianbing.banks.interchange.forms import FileForm, WantedForm
from lianbing.banks.interchange.headings import OPTION_FIELDS
from lianbing.banks.interchange.queries import ImportRow, LineRow
from lianbing.banks.interchange.rules import ImportState
from lianbing.banks.interchange.running import (
    AT_ONCE_BYTES,
    AT_ONCE_QUESTIONS,
    TASK,
    work_at_once,
)
from lianbing.banks.interchange.use_cases import wanted_from_json
from lianbing.banks.interchange.words import (
    FIELD_WORDS,
    FORMAT_WORDS,
    PLACE_WORDS,
    SAMPLES,
    STATE_WORDS,
)
from lianbing.banks.queries import BankRow
from lianbing.banks.rules import QuestionType
from lianbing.banks.use_cases import open_bank
from lianbing.infra import tasks
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import N_
from lianbing.kernel.ids import BankId
from lianbing.subjects.queries import get_subject, list_points
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of
from lianbing.web.grade_words import grade_words

blueprint = Blueprint("bank_imports", __name__, url_prefix="/banks")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_HEADINGS = 400


@blueprint.app_template_filter()
def format_words(file_format: FileFormat) -> str:
    """A format as people call it."""
    return gettext(FORMAT_WORDS[file_format])


@blueprint.app_template_filter()
def finding_words(finding: Mapping[str, Any]) -> str:
    """What is wrong with a line, in the reader's language."""
    message = finding["message"]
    return gettext(message, **finding["params"])


@blueprint.app_template_filter()
def place_words(line: LineRow, file_format: FileFormat) -> str:
    """Where in the file a line stands, as its program counts."""
    words = PLACE_WORDS.get(file_format, N_("row %(row)s"))
    row = gettext(words, row=line.row) if words and line.row else ""
    return f"{line.sheet} {row}".strip()


@blueprint.route("/<int:bank_id>/import", methods=["GET", "POST"])
@access.roles(Role.TRAINER)
def send(bank_id: int) -> ResponseReturnValue:
    session = db.session()
    bank = open_bank(session, current_actor(), BankId(bank_id))
    form = FileForm()
    _offer(session, form, bank)
    if form.validate_on_submit():
        sent = request.files.get("file")
        data = sent.read() if sent is not None else b""
        if data and sent is not None:
            return _keep(bank, form, sent.filename or "file", data)
        form.file.errors = [gettext("Choose a file.")]
    page = queries.page_of_imports(
        session, current_actor(), bank.id, request.args.get("page", 1, type=int)
    )
    body = render_template(
        "banks/interchange/send.html",
        form=form,
        bank=bank,
        page=page,
        words=STATE_WORDS,
        samples=SAMPLES,
    )
    return body, 400 if form.errors else 200


def _keep(bank: BankRow, form: FileForm, name: str, data: bytes) -> ResponseReturnValue:
    with transaction() as session:
        import_id = use_cases.send_file(
            session,
            current_actor(),
            bank.id,
            name=name,
            data=data,
            wanted=form.wanted(),
            now=utc_now(),
        )
    _work(import_id, small=len(data) <= AT_ONCE_BYTES)
    return redirect(url_for("bank_imports.show", import_id=import_id))


def _work(import_id: int, *, small: bool) -> None:
    if small:
        work_at_once(import_id)
    else:
        tasks.kick(TASK)


def _offer(session: Session, form: WantedForm, bank: BankRow) -> None:
    subject = get_subject(session, bank.subject_id)
    form.offer(
        points=[
            SelectChoice(point.code, f"{point.code} {point.title}", optgroup=point.scope_title)
            for point in list_points(session, bank.outline_id)
        ],
        grades=[SelectChoice(grade.value, grade_words(grade)) for grade in subject.grades],
        sources=[
            SelectChoice(source.code, f"{source.title} ({source.edition})")
            for source in question_queries.list_sources(session, bank.id)
        ],
    )


@blueprint.get("/imports/<int:import_id>")
@access.roles(Role.TRAINER)
def show(import_id: int) -> ResponseReturnValue:
    session = db.session()
    row, bank = use_cases.open_import(session, current_actor(), import_id)
    if row.state is not ImportState.READ and row.state is not ImportState.DONE:
        return render_template(
            "banks/interchange/waiting.html", row=row, bank=bank, words=STATE_WORDS
        )
    form = WantedForm()
    _offer(session, form, bank)
    form.show(wanted_from_json(row.wanted))
    told_only = "told" in request.args
    lines = queries.page_of_lines(
        session, import_id, request.args.get("page", 1, type=int), told_only=told_only
    )
    return render_template(
        "banks/interchange/preview.html",
        row=row,
        bank=bank,
        lines=lines,
        told_only=told_only,
        form=form,
        fields=_field_choices(),
        types=[(QuestionType(kind), count) for kind, count in row.counts["types"].items()],
        words=STATE_WORDS,
    )


def _field_choices() -> list[tuple[str, str]]:
    options = [
        (name, gettext("Option %(letter)s", letter=name[-1].upper())) for name in OPTION_FIELDS
    ]
    return [*((name, gettext(words)) for name, words in FIELD_WORDS.items()), *options]


@blueprint.get("/imports/<int:import_id>/state")
@access.roles(Role.TRAINER)
def state(import_id: int) -> ResponseReturnValue:
    row, _bank = use_cases.open_import(db.session(), current_actor(), import_id)
    words = gettext(STATE_WORDS[row.state][0])
    return jsonify(progress=row.progress, under_way=row.state.is_under_way, words=words)


@blueprint.post("/imports/<int:import_id>/again")
@access.roles(Role.TRAINER)
def again(import_id: int) -> ResponseReturnValue:
    row, bank = use_cases.open_import(db.session(), current_actor(), import_id)
    form = WantedForm()
    _offer(db.session(), form, bank)
    if not form.validate_on_submit():
        flash(gettext("Nothing was changed. Choose from the lists."), "error")
        return redirect(url_for("bank_imports.show", import_id=import_id))
    names, fields = request.form.getlist("heading"), request.form.getlist("field")
    headings = dict(zip(names[:MOST_HEADINGS], fields[:MOST_HEADINGS], strict=False))
    with transaction() as session:
        use_cases.read_again(
            session, current_actor(), import_id, wanted=form.wanted(), headings=headings
        )
    _work(import_id, small=_is_small(row))
    return redirect(url_for("bank_imports.show", import_id=import_id))


def _is_small(row: ImportRow) -> bool:
    return int(row.counts["good"]) + int(row.counts["bad"]) <= AT_ONCE_QUESTIONS


@blueprint.post("/imports/<int:import_id>/accept")
@access.roles(Role.TRAINER)
def accept(import_id: int) -> ResponseReturnValue:
    good_only = request.form.get("good_only") == "1"
    try:
        with transaction() as session:
            count = use_cases.accept(
                session, current_actor(), import_id, good_only=good_only, now=utc_now()
            )
    except (HasErrors, NothingGood) as refusal:
        flash(message_of(refusal), "error")
        return redirect(url_for("bank_imports.show", import_id=import_id))
    _work(import_id, small=count <= AT_ONCE_QUESTIONS)
    return redirect(url_for("bank_imports.show", import_id=import_id))


@blueprint.post("/imports/<int:import_id>/cancel")
@access.roles(Role.TRAINER)
def cancel(import_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.cancel(session, current_actor(), import_id, now=utc_now())
    flash(gettext("The file is dropped. Nothing of it is kept."), "info")
    return redirect(url_for("bank_imports.show", import_id=import_id))


@blueprint.post("/imports/<int:import_id>/undo")
@access.roles(Role.TRAINER)
def undo(import_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            count = use_cases.undo(session, current_actor(), import_id, now=utc_now())
    except AlreadyUsed as refusal:
        flash(message_of(refusal), "error")
    else:
        flash(gettext("%(count)s questions are out of the bank again.", count=count), "success")
    return redirect(url_for("bank_imports.show", import_id=import_id))


@blueprint.get("/imports/<int:import_id>/findings.xlsx")
@access.roles(Role.TRAINER)
def findings(import_id: int) -> ResponseReturnValue:
    session = db.session()
    row, _bank = use_cases.open_import(session, current_actor(), import_id)
    said = [
        Said(
            sheet=one["sheet"],
            row=one["row"],
            column=one["column"],
            text=finding_words(one),
            is_error=one["level"] == "error",
            stem=line.stem,
        )
        for line in queries.list_told(session, import_id)
        for one in line.findings
    ]
    heads = (
        gettext("Sheet"),
        gettext("Row"),
        gettext("Column"),
        gettext("Stem"),
        gettext("What is wrong"),
    )
    data = use_cases.file_of(session, current_actor(), import_id)
    body = annotated(row.format, data, said, heads)
    answer = Response(body, mimetype=EXCEL)
    answer.headers["Content-Disposition"] = f"attachment; filename=findings-{import_id}.xlsx"
    answer.headers["Cache-Control"] = "no-store"
    return answer
