"""A trainer's pages of banks: the list, a bank with its filters, a question with its versions."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.banks import queries, rich_filters, use_cases
from lianbing.banks.figures import figures_of, list_coverage
from lianbing.banks.finding.views import list_part
from lianbing.banks.retiring import restore_question, retire_question
from lianbing.banks.review.views import review_card
from lianbing.banks.rules import (
    BlanksKey,
    CaseKey,
    ChoiceKey,
    DifficultyBand,
    Key,
    MatchingKey,
    ModelKey,
    OrderingKey,
    QuestionType,
    QuestionUse,
    TruthKey,
)
from lianbing.banks.sharing.use_cases import read_bank
from lianbing.banks.stems import plain_stem, stem_parts
from lianbing.banks.words import BAND_WORDS, TYPE_WORDS, USE_WORDS
from lianbing.infra.calendar import today
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, QuestionId
from lianbing.people.authority import reaches
from lianbing.people.queries import organisation_names, person_names
from lianbing.web import access
from lianbing.web.access import current_actor

blueprint = Blueprint("banks", __name__, url_prefix="/banks", template_folder="templates")
blueprint.add_app_template_filter(stem_parts)
blueprint.add_app_template_filter(plain_stem)
rich_filters.register(blueprint)


@blueprint.app_template_filter()
def type_words(kind: QuestionType) -> str:
    """A type of question as people call it."""
    return gettext(TYPE_WORDS[kind])


@blueprint.app_template_filter()
def use_words(use: QuestionUse) -> str:
    """Where a question may appear, in words."""
    return gettext(USE_WORDS[use])


@blueprint.app_template_filter()
def band_words(band: DifficultyBand) -> str:
    """A band of difficulty as people call it."""
    return gettext(BAND_WORDS[band])


@blueprint.app_template_test("letters_key")
def is_letters(key: Key) -> bool:
    """Whether the key names options."""
    return isinstance(key, ChoiceKey)


@blueprint.app_template_test("truth_key")
def is_truth(key: Key) -> bool:
    """Whether the key says true or false."""
    return isinstance(key, TruthKey)


@blueprint.app_template_test("blanks_key")
def is_blanks(key: Key) -> bool:
    """Whether the key fills blanks."""
    return isinstance(key, BlanksKey)


def _is_kind(kind: type[Key], key: Key) -> bool:
    return isinstance(key, kind)


for _name, _kind in {
    "matching_key": MatchingKey,
    "ordering_key": OrderingKey,
    "model_key": ModelKey,
    "case_key": CaseKey,
}.items():
    blueprint.add_app_template_test(partial(_is_kind, _kind), _name)


@blueprint.get("/")
@access.roles(Role.TRAINER)
def index() -> ResponseReturnValue:
    session = db.session()
    number = request.args.get("page", 1, type=int)
    banks = queries.page_of_banks(session, current_actor(), number, on=today())
    owners = organisation_names(session, [bank.organisation_id for bank in banks.rows])
    figures = figures_of(session, [bank.id for bank in banks.rows])
    return render_template("banks/index.html", page=banks, owners=owners, figures=figures)


def _keeps(bank: queries.BankRow) -> bool:
    """Whether the reader keeps the bank, and not only reads it by grant."""
    node = bank.organisation_id
    return reaches(db.session(), current_actor(), Role.TRAINER, organisation_id=node)


@blueprint.get("/<int:bank_id>/")
@access.roles(Role.TRAINER)
def show(bank_id: int) -> ResponseReturnValue:
    session = db.session()
    bank = read_bank(session, current_actor(), BankId(bank_id), now=utc_now())
    shown = list_part(bank)
    is_whole = not shown["kept_filters"] and shown["page"].number == 1
    coverage = list_coverage(session, bank.id, bank.outline_id) if is_whole else []
    return render_template(
        "banks/show.html",
        bank=bank,
        coverage=coverage,
        held=[kind for kind in QuestionType if any(row.by_type[kind] for row in coverage)],
        keeps=_keeps(bank),
        in_use=sum(row.total for row in coverage),
        types=list(QuestionType),
        **shown,
    )


@blueprint.get("/questions/<int:question_id>")
@access.roles(Role.TRAINER)
def question(question_id: int) -> ResponseReturnValue:
    with transaction() as session:
        found = use_cases.open_question(
            session,
            current_actor(),
            QuestionId(question_id),
            shown=(request.args.get("version", type=int),),
            now=utc_now(),
        )
        authors = person_names(
            session, [version.author_id for version in found.versions if version.author_id]
        )
        bank = queries.get_bank(session, found.bank_id)
    return render_template(
        "banks/question.html",
        bank=bank,
        question=found,
        shown=found.version(request.args.get("version", type=int)),
        authors=authors,
        keeps=_keeps(bank),
        **review_card(found.id, bank.organisation_id),
    )


@blueprint.post("/questions/<int:question_id>/retire")
@access.roles(Role.TRAINER)
def retire(question_id: int) -> ResponseReturnValue:
    with transaction() as session:
        retire_question(session, current_actor(), QuestionId(question_id), now=utc_now())
    flash(gettext("The question is retired. Papers that hold it stay as they are."), "success")
    return redirect(url_for("banks.question", question_id=question_id))


@blueprint.post("/questions/<int:question_id>/restore")
@access.roles(Role.TRAINER)
def restore(question_id: int) -> ResponseReturnValue:
    with transaction() as session:
        restore_question(session, current_actor(), QuestionId(question_id), now=utc_now())
    flash(gettext("The question is in use again."), "success")
    return redirect(url_for("banks.question", question_id=question_id))
