"""The page of a bank's pairs and item parameters."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.banks.use_cases import open_bank
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import BankId
from lianbing.papers.pool import queries, use_cases
from lianbing.papers.pool.errors import PairKnown, PairOfOne, ParametersMisshapen, UnknownCodes
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

LONGEST_CODE = 40
LONGEST_REASON = 200
MOST_BYTES = 4_000_000
TOLD = (PairKnown, PairOfOne, ParametersMisshapen, UnknownCodes)

pages = Blueprint("paper_pool", __name__, url_prefix="/papers/pool")


@pages.get("/<int:bank_id>")
@access.roles(Role.TRAINER)
def show(bank_id: int) -> ResponseReturnValue:
    session = db.session()
    bank = open_bank(session, current_actor(), BankId(bank_id))
    return render_template(
        "papers/pool/show.html",
        bank=bank,
        page=queries.page_of_pairs(session, bank.id, request.args.get("page", 1, type=int)),
        parameters=queries.count_parameters(session, bank.id),
    )


@pages.post("/<int:bank_id>/pairs")
@access.roles(Role.TRAINER)
def declare(bank_id: int) -> ResponseReturnValue:
    codes = tuple(request.form.get(name, "").strip()[:LONGEST_CODE] for name in ("one", "other"))
    try:
        with transaction() as session:
            use_cases.declare_enemies(
                session,
                current_actor(),
                BankId(bank_id),
                (codes[0], codes[1]),
                reason=request.form.get("reason", "").strip()[:LONGEST_REASON],
                now=utc_now(),
            )
    except TOLD as refusal:
        return _refused(bank_id, refusal)
    flash(gettext("The two questions are kept apart from now on."), "success")
    return _back(bank_id)


@pages.post("/<int:bank_id>/pairs/<int:pair_id>/remove")
@access.roles(Role.TRAINER)
def reconcile(bank_id: int, pair_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.reconcile(session, current_actor(), BankId(bank_id), pair_id, now=utc_now())
    flash(gettext("The two questions may meet in a paper again."), "success")
    return _back(bank_id)


@pages.post("/<int:bank_id>/parameters")
@access.roles(Role.TRAINER)
def import_parameters(bank_id: int) -> ResponseReturnValue:
    file = request.files.get("file")
    content = file.stream.read(MOST_BYTES + 1) if file is not None else b""
    if len(content) > MOST_BYTES:
        flash(gettext("The file is too large."), "error")
        return _back(bank_id)
    try:
        with transaction() as session:
            count = use_cases.import_parameters(
                session, current_actor(), BankId(bank_id), _text(content), now=utc_now()
            )
    except TOLD as refusal:
        return _refused(bank_id, refusal)
    flash(
        ngettext(
            "Parameters of %(num)d question imported.",
            "Parameters of %(num)d questions imported.",
            count,
        ),
        "success",
    )
    return _back(bank_id)


def _text(content: bytes) -> str:
    """UTF-8, or what WPS writes."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _refused(bank_id: int, refusal: DomainError) -> ResponseReturnValue:
    flash(message_of(refusal), "error")
    return _back(bank_id)


def _back(bank_id: int) -> ResponseReturnValue:
    return redirect(url_for("paper_pool.show", bank_id=bank_id))
