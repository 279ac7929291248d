"""The reading list: a page of questions in review with their keys, decided of in one go."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.banks.queries import list_banks
from lianbing.banks.rounds import queries, use_cases
from lianbing.banks.rounds.errors import (
    EditedSince,
    NothingDecided,
    RoundRefused,
    TooManyDecisions,
)
from lianbing.banks.rounds.queries import ReadingRow
from lianbing.banks.rounds.rules import Decision, Verdict
from lianbing.banks.secrecy.queries import has_opened
from lianbing.banks.secrecy.use_cases import record_views
from lianbing.infra.database import db, transaction
from lianbing.infra.paging import Page
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import BankId, QuestionId
from lianbing.people.queries import person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import STATUS, message_of

blueprint = Blueprint("bank_rounds", __name__, url_prefix="/banks/review")


@blueprint.get("/read")
@access.roles(Role.TRAINER)
def read() -> ResponseReturnValue:
    """What waits for the reader, with contents and keys; each exam-only view is on the record."""
    return _page()


@blueprint.post("/read")
@access.roles(Role.TRAINER)
def decide() -> ResponseReturnValue:
    """Save the decisions of the page; what is refused keeps all that was chosen and typed."""
    try:
        with transaction() as session:
            use_cases.decide_many(session, current_actor(), _decisions(), now=utc_now())
    except RoundRefused as refusal:
        return _page(refusal, refusal.problems), STATUS[refusal.kind]
    except (NothingDecided, TooManyDecisions) as refusal:
        return _page(refusal), STATUS[refusal.kind]
    return redirect(url_for("bank_rounds.read", bank=request.args.get("bank") or None))


@blueprint.post("/rounds/<int:round_id>/undo")
@access.roles(Role.TRAINER)
def undo(round_id: int) -> ResponseReturnValue:
    """Put the questions of the round back into review."""
    with transaction() as session:
        use_cases.undo_round(session, current_actor(), round_id, now=utc_now())
    flash(gettext("Undone: these questions are in review again."), "success")
    return redirect(url_for("bank_rounds.read"))


def _decisions() -> list[Decision]:
    """What the form decides; a question without a verdict is left alone."""
    found: dict[QuestionId, Decision] = {}
    for seen in request.form.getlist("seen"):
        question, _colon, number = seen.partition(":")
        verdict = request.form.get(f"verdict-{question}", "")
        if not (question.isdecimal() and number.isdecimal() and verdict in set(Verdict)):
            continue
        found[QuestionId(int(question))] = Decision(
            question_id=QuestionId(int(question)),
            number=int(number),
            verdict=Verdict(verdict),
            reason=request.form.get(f"reason-{question}", ""),
        )
    return list(found.values())


def _page(
    refusal: DomainError | None = None, problems: dict[QuestionId, DomainError] | None = None
) -> str:
    session, actor = db.session(), current_actor()
    bank = request.args.get("bank", type=int)
    bank_id = None if bank is None else BankId(bank)
    page = queries.page_of_reading(session, actor, bank_id, request.args.get("page", 1, type=int))
    closed = _record(page)
    told = {id_: message_of(error) for id_, error in (problems or {}).items()}
    here = {row.id for row in page.rows}
    codes = queries.codes_of(session, told.keys() - here)
    unread = {id_ for id_, error in (problems or {}).items() if isinstance(error, EditedSince)}
    return render_template(
        "banks/rounds/read.html",
        page=page,
        closed=closed,
        bank_id=bank_id,
        banks=list_banks(session, actor),
        names=person_names(session, [row.author_id for row in page.rows if row.author_id]),
        last=queries.find_last_round(session, actor),
        refusal=message_of(refusal) if refusal is not None else "",
        told=told,
        gone={codes[id_]: text for id_, text in told.items() if id_ in codes},
        chosen=_typed("verdict", here - unread) | dict.fromkeys(unread, ""),
        reasons=_typed("reason", here),
    )


def _record(page: Page[ReadingRow]) -> set[QuestionId]:
    """Write down the exam-only questions that are shown; those whose door is closed."""
    session, actor, now = db.session(), current_actor(), utc_now()
    secret = [row for row in page.rows if row.is_secret]
    opened = {
        bank_id: has_opened(session, actor, bank_id, now=now)
        for bank_id in {row.bank_id for row in secret}
    }
    with transaction() as writing:
        for bank_id in sorted(bank for bank, is_open in opened.items() if is_open):
            shown = [row.content.version_id for row in secret if row.bank_id == bank_id]
            record_views(writing, actor, bank_id, shown, now=now)
    return {row.id for row in secret if not opened[row.bank_id]}


def _typed(name: str, ids: Collection[QuestionId]) -> dict[QuestionId, Any]:
    return {id_: request.form.get(f"{name}-{id_}", "") for id_ in ids}
