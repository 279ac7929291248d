"""A candidate's receipts, and the public page that verifies one."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lianbing.exams import closing, queries
from lianbing.exams.receipts.errors import MalformedReceipt
from lianbing.exams.receipts.forms import VerifyForm
from lianbing.exams.receipts.merkle import Proof
from lianbing.exams.receipts.public_check import ReceiptCheck, check_receipt
from lianbing.exams.receipts.queries import find_root, list_receipts
from lianbing.exams.receipts.rules import SignedReceipt, in_groups, read_code, read_text
from lianbing.exams.receipts.sealing import find_proof
from lianbing.exams.views import my_ids
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId
from lianbing.web import access
from lianbing.web.errors import message_of
from lianbing.web.qr_codes import qr_image

pages = Blueprint("receipts", __name__)
pages.add_app_template_filter(in_groups, "digit_groups")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptCard:
    """A receipt as its holder keeps it: text, address, image, and its way to the root."""

    signed: SignedReceipt
    address: str
    image: str
    proof: Proof | None


@pages.get("/exams/<int:exam_id>/receipt")
@access.signed_in
def mine(exam_id: int) -> ResponseReturnValue:
    now = utc_now()
    exam = queries.get_exam(db.session(), ExamId(exam_id))
    standing = queries.standing_of(db.session(), exam, my_ids(), now=now)
    if standing.attempt_id is None or standing.state is queries.CandidateStanding.IN_PROGRESS:
        return redirect(url_for("exams.lobby", exam_id=exam_id))
    with transaction() as session:
        closing.close_if_due(session, standing.attempt_id, now=now)
    root = find_root(db.session(), exam.id)
    cards = [
        ReceiptCard(
            signed=signed,
            address=address_of(signed),
            image=qr_image(address_of(signed)),
            proof=None if root is None else find_proof(db.session(), root, signed.receipt),
        )
        for signed in list_receipts(db.session(), standing.attempt_id)
    ]
    return render_template(
        "exams/receipts/mine.html",
        exam=exam,
        cards=cards,
        root=root,
        public_key=current_keyring().public_key,
    )


@pages.route("/verify", methods=["GET", "POST"])
@access.public
def verify() -> ResponseReturnValue:
    """Whether a receipt is genuine and still holds, for anybody who has its text or its code."""
    form = VerifyForm()
    code = request.args.get("r", "")
    check: ReceiptCheck | None = None
    try:
        if form.validate_on_submit():
            check = _checked(read_text(form.text.data))
        elif code:
            check = _checked(read_code(code))
    except MalformedReceipt as error:
        form.text.errors = [*form.text.errors, message_of(error)]
    return render_template(
        "exams/receipts/verify.html",
        form=form,
        check=check,
        public_key=current_keyring().public_key,
    )


def address_of(signed: SignedReceipt) -> str:
    """The public address that verifies a receipt: what its QR image holds."""
    return url_for("receipts.verify", r=signed.code, _external=True)


def _checked(signed: SignedReceipt) -> ReceiptCheck:
    return check_receipt(db.session(), signed, current_keyring().verify)
