"""Issuing receipts with the scripts they seal, and sealing an exam's receipts as a whole."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lianbing.exams.receipts.chain import ChainEntry, fold_chain
from lianbing.exams.receipts.models import ExamReceipt
from lianbing.exams.receipts.queries import FiledScript
from lianbing.exams.receipts.rules import Receipt
from lianbing.infra.crypto import Keyring, current_keyring


def issue_many(
    session: Session,
    scripts: Collection[FiledScript],
    entries: Mapping[int, Sequence[ChainEntry]],
) -> None:
    """Fold, sign and store the receipt of each new script; the caller holds the attempts' locks.

    ``entries`` is every stored journal row of the scripts' attempts, read under those locks, so
    that a receipt covers exactly what was there when its script was made.
    """
    keyring = current_keyring()
    rows = [_row(script, entries.get(script.attempt_id, ()), keyring) for script in scripts]
    if rows:
        session.execute(insert(ExamReceipt), rows)


def _row(script: FiledScript, entries: Sequence[ChainEntry], keyring: Keyring) -> dict[str, object]:
    chain = fold_chain(
        entries,
        attempt_id=script.attempt_id,
        version=script.version,
        paper_hash=script.paper_hash,
        answers=script.answers,
    )
    receipt = Receipt(
        exam=script.exam_id,
        attempt=script.attempt_id,
        version=script.version,
        cause=script.cause,
        made=script.made_at,
        entries=chain.entries,
        paper=script.paper_hash,
        head=chain.head.hex(),
    )
    return {
        "script_id": script.script_id,
        "exam_id": script.exam_id,
        "attempt_id": script.attempt_id,
        "version": script.version,
        "content": receipt.text,
        "signature": keyring.sign(receipt.text.encode()),
        "covers": chain.covers,
        "marks": chain.marks,
        "sealed_in": None,
    }
