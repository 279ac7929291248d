"""What the public page says of a receipt: never an answer, never a whole name."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lianbing.exams.models import Attempt, Exam
from lianbing.exams.receipts.checking import Verify, receipt_faults
from lianbing.exams.receipts.merkle import Proof
from lianbing.exams.receipts.queries import (
    RootRow,
    StoredReceipt,
    decisions_of,
    find_root,
    receipts_of,
    scripts_of,
    stored_entries,
)
from lianbing.exams.receipts.rules import SignedReceipt
from lianbing.exams.receipts.sealing import find_proof
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.leaderboards.rules import MaskPolicy, mask_name
from lianbing.people.queries import person_names


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptCheck:
    """``agrees``: the journal and the script kept here still give this receipt."""

    signed: SignedReceipt
    genuine: bool
    agrees: bool = False
    exam_title: str = ""
    name: str = ""
    newest_version: int = 0
    root: RootRow | None = None
    proof: Proof | None = None

    @property
    def is_valid(self) -> bool:
        return self.genuine and self.agrees


def check_receipt(session: Session, signed: SignedReceipt, verify: Verify) -> ReceiptCheck:
    """Hold a receipt from anywhere against what is kept; nothing is read for a forged one."""
    receipt = signed.receipt
    if not verify(receipt.text.encode(), signed.signature):
        return ReceiptCheck(signed=signed, genuine=False)
    attempt = session.get(Attempt, receipt.attempt)
    exam = session.get(Exam, receipt.exam)
    if attempt is None or exam is None:
        return ReceiptCheck(signed=signed, genuine=True)
    stored = {row.version: row for row in receipts_of(session, [attempt.id])}
    found = stored.get(receipt.version)
    root = find_root(session, ExamId(exam.id))
    name = person_names(session, [PersonId(attempt.person_id)]).get(PersonId(attempt.person_id), "")
    return ReceiptCheck(
        signed=signed,
        genuine=True,
        agrees=found is not None
        and found.content == receipt.text
        and _is_as_sealed(session, found, verify),
        exam_title=exam.title,
        name="" if exam.mask_policy == MaskPolicy.NONE else _masked(name),
        newest_version=max(stored, default=0),
        root=root,
        proof=None if root is None else find_proof(session, root, receipt),
    )


def _is_as_sealed(session: Session, stored: StoredReceipt, verify: Verify) -> bool:
    scripts = {row.version: row for row in scripts_of(session, [stored.attempt_id])}
    rows = stored_entries(session, [stored.attempt_id]).get(stored.attempt_id, ())
    entries = {entry.key: entry for entry in rows}
    decisions = decisions_of(session, [stored.attempt_id]).get(stored.attempt_id, ())
    script = scripts.get(stored.version)
    return not any(receipt_faults(stored, script, entries, decisions, verify))


def _masked(name: str) -> str:
    return mask_name(name, MaskPolicy.SURNAME, number="")
