"""Pages of a bank's sources: the list, a new edition, and the questions resting on an old one."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.banks.finding.errors import NothingToChange, TooManyAtOnce
from lianbing.banks.finding.queries import list_questions
from lianbing.banks.finding.rules import QuestionFilter
from lianbing.banks.queries import BankRow, get_bank
from lianbing.banks.rules import SourceKind
from lianbing.banks.sources import queries, use_cases
from lianbing.banks.sources.errors import EditionNeeded, NothingTicked, SupersededAlready
from lianbing.banks.words import SOURCE_WORDS
from lianbing.infra.calendar import today
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId
from lianbing.people.authority import require_reach
from lianbing.people.queries import person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import map_constraint, message_of

blueprint = Blueprint("bank_sources", __name__, url_prefix="/banks")
map_constraint("uq_source_supersession_old_source_id", SupersededAlready)


@blueprint.app_template_filter()
def source_kind_words(kind: SourceKind) -> str:
    """A kind of source in words."""
    return gettext(SOURCE_WORDS[kind])


def _bank(bank_id: BankId) -> BankRow:
    bank = get_bank(db.session(), bank_id)
    node = bank.organisation_id
    require_reach(db.session(), current_actor(), Role.TRAINER, organisation_id=node)
    return bank


@blueprint.get("/<int:bank_id>/sources")
@access.roles(Role.TRAINER)
def sources(bank_id: int) -> ResponseReturnValue:
    """A bank's laws and standards, with what still rests on superseded ones."""
    bank = _bank(BankId(bank_id))
    number = request.args.get("page", 1, type=int)
    page = queries.page_of_sources(db.session(), bank.id, number)
    return render_template("banks/sources/index.html", bank=bank, page=page)


@blueprint.get("/sources/<int:source_id>")
@access.roles(Role.TRAINER)
def source(source_id: int) -> ResponseReturnValue:
    """One source: a new edition of it, or the questions that still rest on the old one."""
    session = db.session()
    found = queries.get_source(session, source_id)
    bank = _bank(found.bank_id)
    number = request.args.get("page", 1, type=int)
    wanted = QuestionFilter(source_id=source_id)
    page = list_questions(session, bank.id, wanted, number, opened=False)
    names = person_names(session, [found.by_id] if found.by_id else [])
    return render_template(
        "banks/sources/show.html", bank=bank, source=found, page=page, names=names, today=today()
    )


@blueprint.post("/sources/<int:source_id>/supersede")
@access.roles(Role.TRAINER)
def supersede(source_id: int) -> ResponseReturnValue:
    """Keep the new edition."""
    try:
        valid_from = date.fromisoformat(request.form.get("valid_from", ""))
        with transaction() as session:
            use_cases.supersede(
                session,
                current_actor(),
                source_id,
                title=request.form.get("title", ""),
                edition=request.form.get("edition", ""),
                valid_from=valid_from,
                now=utc_now(),
            )
    except ValueError:
        flash(gettext("Enter the day from which the new edition holds."), "error")
    except (EditionNeeded, SupersededAlready) as refusal:
        flash(message_of(refusal), "error")
    else:
        flash(gettext("The new edition is kept. Look at the questions that rest on it."), "success")
    return redirect(url_for("bank_sources.source", source_id=source_id))


@blueprint.post("/sources/<int:source_id>/settle")
@access.roles(Role.TRAINER)
def settle(source_id: int) -> ResponseReturnValue:
    """Still right by the new edition, or back to review."""
    whole = request.form.get("whole") == "1"
    still_right = request.form.get("verdict") == "still_right"
    try:
        with transaction() as session:
            count = use_cases.settle(
                session,
                current_actor(),
                source_id,
                still_right=still_right,
                chosen=None if whole else request.form.getlist("question", type=int),
                now=utc_now(),
            )
    except (NothingTicked, NothingToChange, TooManyAtOnce) as refusal:
        flash(message_of(refusal), "warning")
    else:
        words = _still_right(count) if still_right else _to_review(count)
        flash(words, "success")
    return redirect(url_for("bank_sources.source", source_id=source_id))


def _still_right(count: int) -> str:
    return ngettext("%(num)d question is still right.", "%(num)d questions are still right.", count)


def _to_review(count: int) -> str:
    return ngettext(
        "%(num)d question is back in review and out of use.",
        "%(num)d questions are back in review and out of use.",
        count,
    )
