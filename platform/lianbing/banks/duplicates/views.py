"""The page of a bank's near duplicates, where one of a pair is merged into the other."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.banks.duplicates.queries import MOST_AT_ONCE, compare_bank
from lianbing.banks.duplicates.use_cases import merge_questions
from lianbing.banks.queries import count_questions
from lianbing.banks.use_cases import open_bank, restore_question
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, QuestionId
from lianbing.web import access
from lianbing.web.access import current_actor

blueprint = Blueprint("bank_duplicates", __name__, url_prefix="/banks")


@blueprint.get("/<int:bank_id>/duplicates")
@access.roles(Role.TRAINER)
def index(bank_id: int) -> ResponseReturnValue:
    session = db.session()
    bank = open_bank(session, current_actor(), BankId(bank_id))
    too_many = count_questions(session, bank.id) > MOST_AT_ONCE
    number = request.args.get("page", 1, type=int)
    return render_template(
        "banks/duplicates/index.html",
        bank=bank,
        page=None if too_many else compare_bank(session, bank.id).page(number),
        merged=request.args.get("merged", type=int),
    )


@blueprint.post("/questions/<int:question_id>/merge/<int:gone>")
@access.roles(Role.TRAINER)
def merge(question_id: int, gone: int) -> ResponseReturnValue:
    with transaction() as session:
        bank_id = merge_questions(
            session, current_actor(), kept=QuestionId(question_id), gone=QuestionId(gone),
            now=utc_now(),
        )  # fmt: skip
    return redirect(url_for("bank_duplicates.index", bank_id=bank_id, merged=gone))


@blueprint.post("/questions/<int:question_id>/unmerge")
@access.roles(Role.TRAINER)
def unmerge(question_id: int) -> ResponseReturnValue:
    with transaction() as session:
        bank_id = restore_question(session, current_actor(), QuestionId(question_id), now=utc_now())
    flash(gettext("Both questions are in use again."), "success")
    return redirect(url_for("bank_duplicates.index", bank_id=bank_id))
