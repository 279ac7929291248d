"""The page of writing a bank out: which format holds what, and the download."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from lianbing.banks.interchange.drafts import FileFormat
from lianbing.banks.interchange.exporting import WRITTEN, export_questions
from lianbing.banks.interchange.formats.word_writer import KeysAt
from lianbing.banks.interchange.words import KEYS_AT_WORDS, LOSSES
from lianbing.banks.use_cases import open_bank
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId
from lianbing.web import access
from lianbing.web.access import current_actor

blueprint = Blueprint("bank_exports", __name__, url_prefix="/banks")


@blueprint.get("/<int:bank_id>/export")
@access.roles(Role.TRAINER)
def choose(bank_id: int) -> ResponseReturnValue:
    bank = open_bank(db.session(), current_actor(), BankId(bank_id))
    return render_template(
        "banks/interchange/export.html",
        bank=bank,
        formats=WRITTEN,
        losses=LOSSES,
        keys_at=KEYS_AT_WORDS,
    )


@blueprint.get("/<int:bank_id>/export/file")
@access.roles(Role.TRAINER)
def download(bank_id: int) -> ResponseReturnValue:
    wanted = request.args.get("format", "")
    keys_at = request.args.get("keys", KeysAt.BESIDE.value)
    if wanted not in {one.value for one in WRITTEN} or keys_at not in set(KeysAt):
        raise NotFound
    with transaction() as session:
        made = export_questions(
            session,
            current_actor(),
            BankId(bank_id),
            FileFormat(wanted),
            with_exam_only=request.args.get("exam") == "1",
            now=utc_now(),
            keys_at=KeysAt(keys_at),
        )
    answer = Response(made.data, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename={made.name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
