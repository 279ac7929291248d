"""The page of a bank's near duplicates: merge one of a pair into the other, or tell them apart."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.banks.duplicates.errors import MarkGone
from lianbing.banks.duplicates.queries import MOST_AT_ONCE, compare_bank
from lianbing.banks.duplicates.use_cases import merge_questions, no_longer_apart, tell_apart
from lianbing.banks.queries import count_questions
from lianbing.banks.question_queries import get_question
from lianbing.banks.retiring import restore_question
from lianbing.banks.use_cases import open_bank
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, QuestionId
from lianbing.people.queries import person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import map_constraint

blueprint = Blueprint("bank_duplicates", __name__, url_prefix="/banks")
map_constraint("uq_question_distinct_pair_low_question_id_high_question_id", MarkGone)


@blueprint.get("/<int:bank_id>/duplicates")
@access.roles(Role.TRAINER)
def index(bank_id: int) -> ResponseReturnValue:
    session = db.session()
    bank = open_bank(session, current_actor(), BankId(bank_id))
    too_many = count_questions(session, bank.id) > MOST_AT_ONCE
    number = request.args.get("page", 1, type=int)
    apart_shown = request.args.get("apart") == "1"
    page = None
    if not too_many:
        page = compare_bank(session, bank.id).page(number, told_apart=apart_shown)
    marks = [pair.mark for pair in page.rows if pair.mark] if page is not None else []
    return render_template(
        "banks/duplicates/index.html",
        bank=bank,
        page=page,
        apart=apart_shown,
        names=person_names(session, {mark.by_id for mark in marks if mark.by_id}),
        merged=request.args.get("merged", type=int),
        marked=request.args.get("marked", type=int),
    )


@blueprint.post("/questions/<int:question_id>/merge/<int:gone>")
@access.roles(Role.TRAINER)
def merge(question_id: int, gone: int) -> ResponseReturnValue:
    with transaction() as session:
        bank_id = merge_questions(
            session,
            current_actor(),
            kept=QuestionId(question_id),
            gone=QuestionId(gone),
            now=utc_now(),
        )
    return redirect(url_for("bank_duplicates.index", bank_id=bank_id, merged=gone))


@blueprint.post("/questions/<int:question_id>/unmerge")
@access.roles(Role.TRAINER)
def unmerge(question_id: int) -> ResponseReturnValue:
    with transaction() as session:
        bank_id = restore_question(session, current_actor(), QuestionId(question_id), now=utc_now())
    flash(gettext("Both questions are in use again."), "success")
    return redirect(url_for("bank_duplicates.index", bank_id=bank_id))


@blueprint.post("/questions/<int:question_id>/apart/<int:other>")
@access.roles(Role.TRAINER)
def apart(question_id: int, other: int) -> ResponseReturnValue:
    """Mark the two as no duplicates."""
    one = QuestionId(question_id)
    with transaction() as session:
        marked = tell_apart(session, current_actor(), one, QuestionId(other), now=utc_now())
        bank_id = get_question(session, one).bank_id
    page = request.args.get("page", type=int)
    return redirect(url_for("bank_duplicates.index", bank_id=bank_id, marked=marked, page=page))


@blueprint.post("/questions/apart/<int:mark_id>/undo")
@access.roles(Role.TRAINER)
def not_apart(mark_id: int) -> ResponseReturnValue:
    """Show the pair again."""
    with transaction() as session:
        bank_id = no_longer_apart(session, current_actor(), mark_id, now=utc_now())
    flash(gettext("The pair is shown again."), "success")
    return redirect(url_for("bank_duplicates.index", bank_id=bank_id))
