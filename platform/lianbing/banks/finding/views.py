"""The list of a bank's questions with its filters, and the changes to many of them."""

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.banks.finding import queries, use_cases
from lianbing.banks.finding.errors import UndoTooLate
from lianbing.banks.finding.rules import (
    LONGEST_SEARCH,
    OF_A_SOURCE,
    BulkChange,
    BulkKind,
    FoundState,
    QuestionFilter,
    clean_tag,
)
from lianbing.banks.finding.words import BULK_WORDS, FOUND_WORDS
from lianbing.banks.queries import BankRow
from lianbing.banks.question_queries import list_sources
from lianbing.banks.rules import DifficultyBand, QuestionType, QuestionUse
from lianbing.banks.secrecy.errors import PurposeNeeded
from lianbing.banks.secrecy.queries import has_opened
from lianbing.banks.secrecy.use_cases import record_views
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError, Kind
from lianbing.kernel.ids import BankId
from lianbing.people.queries import person_names
from lianbing.subjects.queries import scope_tree
from lianbing.subjects.rules import Importance
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

FILTERS = (
    "search",
    "type",
    "scope",
    "state",
    "use",
    "band",
    "point",
    "importance",
    "author",
    "source",
    "tag",
)
Choice = TypeVar("Choice", bound=StrEnum)

blueprint = Blueprint("bank_finding", __name__, url_prefix="/banks")


@blueprint.app_template_filter()
def found_words(state: FoundState) -> str:
    """A state to narrow to, in words."""
    return gettext(FOUND_WORDS[state])


@blueprint.app_template_filter()
def bulk_words(kind: BulkKind) -> str:
    """A bulk change in words."""
    return gettext(BULK_WORDS[kind])


def _choice(name: str, choices: type[Choice], values: Any = None) -> Choice | None:
    """A choice from the address or a form; what is unknown there is none."""
    value = (request.args if values is None else values).get(name, "")
    return choices(value) if value in set(choices) else None


def filter_of_address() -> QuestionFilter:
    """What the address narrows the list to; what it does not know narrows nothing."""
    return QuestionFilter(
        type=_choice("type", QuestionType),
        use=_choice("use", QuestionUse),
        band=_choice("band", DifficultyBand),
        state=_choice("state", FoundState),
        importance=_choice("importance", Importance),
        scope_id=request.args.get("scope", type=int),
        point_id=request.args.get("point", type=int),
        source_id=request.args.get("source", type=int),
        author_id=request.args.get("author", type=int),
        tag=clean_tag(request.args.get("tag", "")),
        text=request.args.get("search", "").strip()[:LONGEST_SEARCH],
    )


def _kept_filters() -> dict[str, Any]:
    """The address's filters as they stand there, and nothing else of it."""
    return {name: request.args[name] for name in FILTERS if request.args.get(name)}


def list_part(bank: BankRow) -> dict[str, Any]:
    """What ``banks/finding/_list.html`` shows of a bank."""
    session, wanted = db.session(), filter_of_address()
    opened = has_opened(session, current_actor(), bank.id, now=utc_now())
    page = queries.list_questions(
        session, bank.id, wanted, request.args.get("page", 1, type=int), opened=opened
    )
    secret = [line.version_id for line in page.rows if line.use is QuestionUse.EXAM]
    if opened and secret:
        with transaction() as writing:
            record_views(writing, current_actor(), bank.id, secret, now=utc_now())
    last = queries.find_last_change(session, bank.id)
    by = [last.by_id] if last is not None and last.by_id is not None else []
    return {
        "wanted": wanted,
        "page": page,
        "opened": opened,
        "holds_secret": bool(secret),
        "scopes": scope_tree(session, bank.subject_id, outline_id=bank.outline_id),
        "authors": queries.list_authors(session, bank.id),
        "tags": queries.list_tags(session, bank.id),
        "sources": list_sources(session, bank.id),
        "last_change": last,
        "changed_by": person_names(session, by),
        "uses": list(QuestionUse),
        "bands": list(DifficultyBand),
        "states": list(FoundState),
        "importances": list(Importance),
        "bulk_kinds": [kind for kind in BULK_WORDS if kind not in OF_A_SOURCE],
        "kept_filters": _kept_filters(),
    }


def _change_of_form() -> BulkChange | None:
    kind = _choice("kind", BulkKind, request.form)
    if kind is None or kind in OF_A_SOURCE:
        return None
    try:
        difficulty = Decimal(request.form.get("difficulty", "") or "-1")
    except InvalidOperation:
        difficulty = Decimal(-1)
    return BulkChange(
        kind=kind,
        point_id=request.form.get("point", type=int),
        difficulty=difficulty if 0 <= difficulty <= 1 else None,
        use=_choice("use", QuestionUse, request.form),
        tag=clean_tag(request.form.get("tag", "")),
    )


@blueprint.post("/<int:bank_id>/bulk")
@access.roles(Role.TRAINER)
def change(bank_id: int) -> ResponseReturnValue:
    """Change the ticked questions, or everything the filters find."""
    back = redirect(url_for("banks.show", bank_id=bank_id, _anchor="questions", **_kept_filters()))
    wanted = _change_of_form()
    # What was refused is told at the head of the page: an anchor would leave it out of sight.
    refused = redirect(url_for("banks.show", bank_id=bank_id, **_kept_filters()))
    if wanted is None:
        flash(gettext("Say what to change, and to what."), "warning")
        return refused
    whole = request.form.get("whole") == "1"
    chosen = None if whole else request.form.getlist("question", type=int)
    try:
        with transaction() as session:
            count = use_cases.change_many(
                session,
                current_actor(),
                BankId(bank_id),
                wanted,
                wanted=filter_of_address(),
                chosen=chosen,
                now=utc_now(),
            )
    except PurposeNeeded:
        raise
    except DomainError as refusal:
        if refusal.kind in (Kind.FORBIDDEN, Kind.NOT_FOUND):
            raise
        flash(message_of(refusal), "warning")
        return refused
    flash(ngettext("%(num)d question changed.", "%(num)d questions changed.", count), "success")
    return back


@blueprint.post("/bulk/<int:change_id>/undo")
@access.roles(Role.TRAINER)
def undo(change_id: int) -> ResponseReturnValue:
    """Take the last change to many questions back."""
    try:
        with transaction() as session:
            bank_id = use_cases.undo(session, current_actor(), change_id, now=utc_now())
    except UndoTooLate as refusal:  # said only to who keeps the bank
        flash(message_of(refusal), "warning")
        found = queries.bank_of_change(db.session(), change_id)
        return redirect(url_for("banks.show", bank_id=found))
    flash(gettext("The change is undone."), "success")
    return redirect(url_for("banks.show", bank_id=bank_id, _anchor="questions"))
