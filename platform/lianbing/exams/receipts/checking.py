"""Holding receipts against journal and scripts as they stand now, and naming what differs."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lianbing.exams.receipts.chain import Chain, ChainEntry, first_difference, fold_chain, read_keys
from lianbing.exams.receipts.errors import MalformedReceipt
from lianbing.exams.receipts.queries import Decision, FiledScript, StoredReceipt, signed_receipt
from lianbing.exams.receipts.rules import Receipt
from lianbing.exams.rules import CountedEntry, Standing, fold

Key = tuple[int, int]
Entries = Mapping[Key, ChainEntry]
Verify = Callable[[bytes, bytes], bool]
Decisions = Sequence[Decision]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something that is not as it was sealed; ``what`` is plain English for the operator."""

    attempt: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.attempt is None else f"attempt {self.attempt}: {self.what}"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAttempt:
    """All that is kept of one attempt; scripts and receipts by version."""

    attempt_id: int
    ended: bool
    may_be_folded_again: bool
    entries: Entries
    decisions: Decisions
    scripts: Mapping[int, FiledScript]
    receipts: Mapping[int, StoredReceipt]


def attempt_faults(kept: KeptAttempt, verify: Verify) -> list[Fault]:
    """What of an attempt differs from its receipts; empty when nothing does."""
    found = [*_missing_papers(kept)]
    for version, stored in sorted(kept.receipts.items()):
        script = kept.scripts.get(version)
        found += [
            f"version {version}: {what}"
            for what in receipt_faults(stored, script, kept.entries, kept.decisions, verify)
        ]
    found += _strangers(kept)
    return [Fault(attempt=kept.attempt_id, what=what) for what in found]


def receipt_faults(
    stored: StoredReceipt,
    script: FiledScript | None,
    entries: Entries,
    decisions: Decisions,
    verify: Verify,
) -> Iterator[str]:
    """What of a script and its journal differs from its receipt."""
    if not verify(stored.content.encode(), stored.signature):
        yield "the receipt does not bear this installation's signature"
    try:
        receipt = signed_receipt(stored.content, stored.signature).receipt
    except MalformedReceipt:
        yield "the receipt cannot be read"
        return
    if (receipt.exam, receipt.attempt, receipt.version) != (
        stored.exam_id,
        stored.attempt_id,
        stored.version,
    ):
        yield "the receipt speaks of another exam, attempt or version than its row"
    if script is None:
        yield "the script is gone"
        return
    yield from _script_faults(script, receipt)
    yield from _journal_faults(stored, receipt, script, entries)
    if not _follows(script, stored, entries, decisions):
        yield "the script is not what its journal and the decisions on late entries say"


def _missing_papers(kept: KeptAttempt) -> Iterator[str]:
    if kept.ended and not kept.scripts:
        yield "it has ended, and there is no script"
    for version in sorted(kept.scripts.keys() - kept.receipts.keys()):
        yield f"version {version}: the receipt is gone"


def _strangers(kept: KeptAttempt) -> Iterator[str]:
    """Counted rows that came after the last receipt, where none can have come."""
    if not kept.receipts or kept.may_be_folded_again:
        return
    newest = kept.receipts[max(kept.receipts)]
    covered = set(read_keys(newest.covers))
    for key, entry in sorted(kept.entries.items()):
        if key not in covered and entry.standing == Standing.COUNTED.value:
            yield f"{_row(key)} counts, but was not there when the script was sealed"


def _script_faults(script: FiledScript, receipt: Receipt) -> Iterator[str]:
    facts = {
        "paper": (script.paper_hash, receipt.paper),
        "cause": (script.cause, receipt.cause),
        "time": (script.made_at, receipt.made),
        "exam": (script.exam_id, receipt.exam),
    }
    for name, (now, then) in facts.items():
        if now != then:
            yield f"the script's {name} is {now}, the receipt says {then}"


def _journal_faults(
    stored: StoredReceipt, receipt: Receipt, script: FiledScript, entries: Entries
) -> Iterator[str]:
    keys = read_keys(stored.covers)
    gone = [key for key in keys if key not in entries]
    yield from (f"{_row(key)} is gone" for key in gone)
    if gone:
        return
    if len(keys) != receipt.entries:
        yield f"the receipt is over {receipt.entries} rows, its row lists {len(keys)}"
    covered = [entries[key] for key in keys]
    chain = fold_chain(
        covered,
        attempt_id=stored.attempt_id,
        version=stored.version,
        paper_hash=script.paper_hash,
        answers=script.answers,
    )
    if chain.head.hex() != receipt.head:
        yield _where(chain, stored, keys)


def _where(chain: Chain, stored: StoredReceipt, keys: list[Key]) -> str:
    place = first_difference(stored.marks, chain.marks)
    if place is not None:
        return f"{_row(keys[place])} is not what was sealed"
    if len(stored.marks) == len(chain.marks):
        return "the script's answers are not what was sealed"
    return "the journal is not what was sealed"


def _follows(
    script: FiledScript, stored: StoredReceipt, entries: Entries, decisions: Decisions
) -> bool:
    accepted: dict[Key, bool] = {}
    for decision in decisions:
        if decision.decided_at <= script.made_at:
            accepted[decision.device, decision.seq] = decision.accepted
    answers = fold(
        CountedEntry(
            device=entry.device, seq=entry.seq, question=entry.question, answer=entry.answer
        )
        for key in read_keys(stored.covers)
        if (entry := entries.get(key)) is not None
        and (entry.standing == Standing.COUNTED.value or accepted.get(key, False))
    )
    kept = json.loads(script.answers)
    return kept == {str(number): json.loads(text) for number, text in answers.items()}


def _row(key: Key) -> str:
    return f"journal row device {key[0]} seq {key[1]}"
