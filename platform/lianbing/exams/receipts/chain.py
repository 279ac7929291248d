"""The hash chain of an attempt: its stored entries in order, sealed by the script they make.

Every step is SHA-256 over a tag that names its kind, the step before, and canonical JSON, so
that no step can be taken for another. docs/receipts.md shows how to compute it by hand.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

import orjson

START_TAG = b"lianbing.chain/1\n"
ENTRY_TAG = b"lianbing.entry/1\n"
SCRIPT_TAG = b"lianbing.script/1\n"
MARK_BYTES = 4


class ChainEntry(NamedTuple):
    """A journal row as the chain reads it; ``answer`` is the stored JSON text, unparsed.

    A tuple, since there are a hundred a script.
    """

    device: int
    seq: int
    question: int
    answer: str
    standing: str
    arrived_at: datetime
    device_clock: str

    @property
    def key(self) -> tuple[int, int]:
        return self.device, self.seq


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """A folded journal. ``marks`` holds the first bytes of each link, to find what was altered."""

    head: bytes
    entries: int
    covers: str
    marks: bytes


def fold_chain(
    entries: Iterable[ChainEntry], *, attempt_id: int, version: int, paper_hash: str, answers: str
) -> Chain:
    """Fold entries, in whatever order they come, and the script's answers as stored."""
    link = _hash(START_TAG, canonical([attempt_id, version, paper_hash]))
    marks = bytearray()
    ordered = sorted(entries, key=lambda entry: entry.key)
    for entry in ordered:
        link = _hash(ENTRY_TAG, link + entry_bytes(attempt_id, entry))
        marks += link[:MARK_BYTES]
    return Chain(
        head=_hash(SCRIPT_TAG, link + answers.encode()),
        entries=len(ordered),
        covers=write_keys([entry.key for entry in ordered]),
        marks=bytes(marks),
    )


def entry_bytes(attempt_id: int, entry: ChainEntry) -> bytes:
    """The canonical bytes of one entry."""
    return canonical(
        [
            attempt_id,
            entry.device,
            entry.seq,
            entry.question,
            entry.answer,
            entry.standing,
            _instant(entry.arrived_at),
            entry.device_clock,
        ]
    )


def _instant(instant: datetime) -> datetime | str:
    """What JSON writes as ``instant_text``; orjson does by itself where it writes microseconds."""
    return instant if instant.tzinfo is UTC and instant.microsecond else instant_text(instant)


def canonical(value: Sequence[int | str | datetime]) -> bytes:
    """JSON without spaces, characters as they are, UTF-8."""
    return orjson.dumps(value)


def instant_text(instant: datetime) -> str:
    """An instant in UTC to the microsecond: ``2026-11-20T08:00:00.000000+00:00``."""
    in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds")


def first_difference(before: bytes, after: bytes) -> int | None:
    """The place of the first link whose mark differs; None where the common part agrees."""
    for start in range(0, min(len(before), len(after)), MARK_BYTES):
        if before[start : start + MARK_BYTES] != after[start : start + MARK_BYTES]:
            return start // MARK_BYTES
    return None


def write_keys(keys: Sequence[tuple[int, int]]) -> str:
    """(device, seq) keys as ranges: ``1:1-37,40;2:1-5``."""
    parts = []
    for device, group in groupby(sorted(keys), key=lambda key: key[0]):
        runs: list[list[int]] = []
        for _device, seq in group:
            if runs and runs[-1][1] == seq - 1:
                runs[-1][1] = seq
            else:
                runs.append([seq, seq])
        shown = (str(first) if first == last else f"{first}-{last}" for first, last in runs)
        parts.append(f"{device}:{','.join(shown)}")
    return ";".join(parts)


def read_keys(text: str) -> list[tuple[int, int]]:
    """The keys again, in order; ValueError for a text that was not written here."""
    keys = []
    for part in filter(None, text.split(";")):
        device, runs = part.split(":")
        for run in runs.split(","):
            first, _dash, last = run.partition("-")
            keys += [(int(device), seq) for seq in range(int(first), int(last or first) + 1)]
    return keys


def _hash(tag: bytes, content: bytes) -> bytes:
    return hashlib.sha256(tag + content).digest()
