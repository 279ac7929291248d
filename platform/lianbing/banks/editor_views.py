"""The question editor: one form a type, previewed as candidates see it, each save a version."""

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from lianbing.banks import question_queries, use_cases
from lianbing.banks.duplicates.queries import near_stems
from lianbing.banks.errors import (
    BankChangedMeanwhile,
    QuestionChangedMeanwhile,
    QuestionInvalid,
)
from lianbing.banks.forms import QuestionForm
from lianbing.banks.forms_by_type import FORMS
from lianbing.banks.illustrating import add_picture
from lianbing.banks.pictures.rules import MOST_BYTES_IN
from lianbing.banks.queries import BankRow
from lianbing.banks.question_queries import QuestionRow
from lianbing.banks.rules import QuestionType
from lianbing.banks.use_cases import QuestionDraft
from lianbing.banks.views import blueprint
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError, NotFound
from lianbing.kernel.ids import BankId, QuestionId
from lianbing.subjects.queries import get_subject, list_points
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import map_constraint, message_of
from lianbing.web.grade_words import grade_words

for _name, _error in {
    "uq_question_bank_organisation_id_code": BankChangedMeanwhile,
    "uq_assessment_outline_organisation_id_code": BankChangedMeanwhile,
    "uq_question_bank_id_code": BankChangedMeanwhile,
    "uq_question_source_bank_id_code_content_hash": BankChangedMeanwhile,
    "uq_question_version_question_id_number": QuestionChangedMeanwhile,
}.items():
    map_constraint(_name, _error)


@blueprint.route("/<int:bank_id>/questions/new/<kind>", methods=["GET", "POST"])
@access.roles(Role.TRAINER)
def new_question(bank_id: int, kind: str) -> ResponseReturnValue:
    if kind not in set(QuestionType):
        raise NotFound
    session = db.session()
    bank = use_cases.open_bank(session, current_actor(), BankId(bank_id))
    form = FORMS[QuestionType(kind)]()
    _offer(session, form, bank)
    if request.method == "GET":  # what the question before it has, when they are written in a row
        for field in (form.point, form.source, form.grade):
            if field.name in request.args:
                field.data = request.args[field.name]
    return _edit(form, bank, QuestionType(kind), None)


@blueprint.route("/questions/<int:question_id>/edit", methods=["GET", "POST"])
@access.roles(Role.TRAINER)
def edit_question(question_id: int) -> ResponseReturnValue:
    with transaction() as session:
        found = use_cases.open_question(
            session, current_actor(), QuestionId(question_id), now=utc_now()
        )
        bank = use_cases.open_bank(session, current_actor(), found.bank_id)
    current = found.version()
    form = FORMS[current.content.type]()
    _offer(db.session(), form, bank)
    if request.method == "GET":
        form.show(current.content)
        form.base_number.data = str(current.number)
        form.use.data, form.source.data = current.use.value, current.source_code
        form.grade.data = current.grade.value if current.grade else ""
    return _edit(form, bank, current.content.type, found)


@blueprint.post("/<int:bank_id>/questions/look/<kind>")
@access.roles(Role.TRAINER)
def look(bank_id: int, kind: str) -> ResponseReturnValue:
    """What is being written, as candidates will see it, and what says nearly the same."""
    if kind not in set(QuestionType):
        raise NotFound
    session = db.session()
    bank = use_cases.open_bank(session, current_actor(), BankId(bank_id))
    form = FORMS[QuestionType(kind)]()
    _offer(session, form, bank)
    besides = request.args.get("besides", type=int)
    entry = form.unfinished_entry(QuestionType(kind))
    near = near_stems(session, bank.id, form.stem.data or "", besides=[besides] if besides else [])
    return render_template("banks/_live.html", preview=entry, near=near)


def _offer(session: Session, form: QuestionForm, bank: BankRow) -> None:
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


def _edit(
    form: QuestionForm, bank: BankRow, kind: QuestionType, question: QuestionRow | None
) -> ResponseReturnValue:
    draft = None
    if "add_picture" in request.form:
        _add_picture(form, bank)  # the question may still be half written
        return _page(form, bank, kind, question, None)
    if form.validate_on_submit():
        draft = _draft(form, kind, question)
        if "preview" not in request.form:
            try:
                question_id = _save(bank, draft)
            except QuestionInvalid as refusal:
                form.mark(refusal.problems)
            else:
                flash(gettext("The question is saved."), "success")
                return redirect(url_for("banks.question", question_id=question_id))
        else:
            form.mark(use_cases.check_draft(db.session(), bank, draft))
    return _page(form, bank, kind, question, draft)


def _page(
    form: QuestionForm,
    bank: BankRow,
    kind: QuestionType,
    question: QuestionRow | None,
    draft: QuestionDraft | None,
) -> ResponseReturnValue:
    besides = [question.id] if question is not None else []
    page = render_template(
        "banks/edit.html",
        near=near_stems(db.session(), bank.id, form.stem.data or "", besides=besides),
        form=form,
        bank=bank,
        kind=kind,
        question=question,
        preview=draft.entry if draft is not None else None,
    )
    return page, 400 if form.errors and "preview" not in request.form else 200


def _add_picture(form: QuestionForm, bank: BankRow) -> None:
    """Put a picture at the end of the stem, where the trainer moves it from."""
    file = request.files.get("picture")
    if not file:
        form.picture.errors = [gettext("Choose a file first.")]
        return
    raw = file.stream.read(MOST_BYTES_IN + 1)
    try:
        with transaction() as session:
            shown = add_picture(
                session,
                current_actor(),
                bank.id,
                raw,
                alt=form.picture_alt.data or "",
                now=utc_now(),
            )
    except DomainError as refusal:
        form.picture.errors = [message_of(refusal)]
    else:
        form.stem.data = f"{(form.stem.data or '').rstrip()}\n{shown}".lstrip()
        form.picture_alt.data = ""


def _draft(form: QuestionForm, kind: QuestionType, question: QuestionRow | None) -> QuestionDraft:
    new_source = form.new_source(f"s-{secrets.token_hex(6)}")
    source_code = new_source.code if new_source is not None else form.source.data
    code = question.code if question is not None else ""
    return QuestionDraft(
        entry=form.entry(kind, code=code, source_code=source_code),
        new_source=new_source,
        question_id=question.id if question is not None else None,
        base_number=int(form.base_number.data) if form.base_number.data.isdecimal() else 0,
    )


def _save(bank: BankRow, draft: QuestionDraft) -> QuestionId:
    with transaction() as session:
        return use_cases.save_question(session, current_actor(), bank.id, draft, now=utc_now())
