"""Receipts and their chain: any single change shows, whatever the order they are read in."""

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.exams.receipts.chain import (
    ChainEntry,
    canonical,
    first_difference,
    fold_chain,
    read_keys,
    write_keys,
)
from lianbing.exams.receipts.errors import MalformedReceipt
from lianbing.exams.receipts.rules import (
    Receipt,
    SignedReceipt,
    read_code,
    read_text,
    root_text,
)
from lianbing.grading.use_cases import Cause

MOMENT = datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)
ENTRIES = (
    ChainEntry(
        device=1,
        seq=1,
        question=12,
        answer='"B"',
        standing="counted",
        arrived_at=MOMENT,
        device_clock="2026-11-20T08:00:00.000Z",
    ),
    ChainEntry(
        device=1,
        seq=2,
        question=3,
        answer='["220伏", "接地"]',
        standing="counted",
        arrived_at=MOMENT + timedelta(seconds=1),
        device_clock="",
    ),
    ChainEntry(
        device=2,
        seq=1,
        question=12,
        answer="null",
        standing="superseded",
        arrived_at=MOMENT + timedelta(seconds=2),
        device_clock="x",
    ),
)
FACTS = {"attempt_id": 345, "version": 1, "paper_hash": "ab" * 32, "answers": '{"12": "B"}'}
GOLDEN_HEAD = "187acc1366f901b96d93225039bf6649dc72605b5058e02803a7e1ba9834cffd"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - given its zone by the strategy
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
chain_entries = st.builds(
    ChainEntry,
    device=st.integers(1, 5),
    seq=st.integers(1, 2**31 - 1),
    question=st.integers(1, 300),
    answer=texts,
    standing=st.sampled_from(["counted", "late", "superseded", "after_hand_in"]),
    arrived_at=moments,
    device_clock=texts,
)
journals = st.lists(chain_entries, max_size=12, unique_by=lambda entry: entry.key)
receipts = st.builds(
    Receipt,
    exam=st.integers(1, 2**53),
    attempt=st.integers(1, 2**53),
    version=st.integers(1, 1000),
    cause=st.sampled_from([cause.value for cause in Cause]),
    made=moments,
    entries=st.integers(0, 2**31),
    paper=st.binary(min_size=32, max_size=32).map(bytes.hex),
    head=st.binary(min_size=32, max_size=32).map(bytes.hex),
)
signed = st.builds(SignedReceipt, receipt=receipts, signature=st.binary(min_size=64, max_size=64))


def fold(entries: object, **changes: object) -> bytes:
    return fold_chain(entries, **{**FACTS, **changes}).head  # type: ignore[arg-type]


def by_hand(entries: tuple[ChainEntry, ...]) -> str:
    """The chain as docs/receipts.md computes it, with the standard library alone."""

    def step(tag: str, content: bytes) -> bytes:
        return hashlib.sha256(f"lianbing.{tag}/1\n".encode() + content).digest()

    def text(value: object) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    link = step("chain", text([345, 1, "ab" * 32]))
    for e in entries:
        arrived = e.arrived_at.isoformat(timespec="microseconds")
        fields = [345, e.device, e.seq, e.question, e.answer, e.standing, arrived, e.device_clock]
        link = step("entry", link + text(fields))
    return step("script", link + b'{"12": "B"}').hex()


def test_head_is_what_the_guide_computes_by_hand() -> None:
    assert fold(ENTRIES).hex() == by_hand(ENTRIES) == GOLDEN_HEAD


@given(st.lists(st.one_of(texts, st.integers(0, 2**53)), max_size=8))
def test_canonical_bytes_are_plain_json_without_spaces(values: list[int | str]) -> None:
    plain = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    assert canonical(values) == plain.encode()


@given(journals, st.randoms(use_true_random=False))
def test_order_of_reading_does_not_matter(journal: list[ChainEntry], rng: random.Random) -> None:
    shuffled = journal[:]
    rng.shuffle(shuffled)
    assert fold_chain(journal, **FACTS) == fold_chain(shuffled, **FACTS)  # type: ignore[arg-type]


@given(journals.filter(bool), st.data())
def test_any_single_change_alters_the_head_and_is_found(
    journal: list[ChainEntry], data: st.DataObject
) -> None:
    ordered = sorted(journal, key=lambda entry: entry.key)
    place = data.draw(st.integers(0, len(ordered) - 1))
    field = data.draw(
        st.sampled_from(["question", "answer", "standing", "arrived_at", "device_clock"])
    )
    other = data.draw(
        chain_entries.filter(lambda entry: getattr(entry, field) != getattr(ordered[place], field))
    )
    changed = ordered[:]
    changed[place] = ordered[place]._replace(**{field: getattr(other, field)})
    before, after = (fold_chain(each, **FACTS) for each in (ordered, changed))  # type: ignore[arg-type]
    assert before.head != after.head
    assert first_difference(before.marks, after.marks) == place


@given(journals.filter(bool), st.data())
def test_a_row_taken_away_or_put_in_alters_the_head(
    journal: list[ChainEntry], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(journal))
    fewer = [entry for entry in journal if entry is not gone]
    assert fold(fewer) != fold(journal)


@pytest.mark.parametrize(
    "change",
    [
        {"attempt_id": 346},
        {"version": 2},
        {"paper_hash": "ac" * 32},
        {"answers": '{"12": "C"}'},
    ],
)
def test_head_is_bound_to_its_script(change: dict[str, object]) -> None:
    assert fold(ENTRIES, **change) != fold(ENTRIES)


@given(st.sets(st.tuples(st.integers(1, 4), st.integers(1, 60))))
def test_keys_are_read_as_they_were_written(keys: set[tuple[int, int]]) -> None:
    assert read_keys(write_keys(sorted(keys))) == sorted(keys)


def test_keys_are_written_as_ranges() -> None:
    assert write_keys([(1, 1), (1, 2), (1, 3), (1, 7), (2, 1)]) == "1:1-3,7;2:1"


@given(signed)
def test_receipt_is_read_from_its_printed_text_and_from_its_code(receipt: SignedReceipt) -> None:
    assert read_text(receipt.printed) == receipt
    assert read_code(receipt.code) == receipt


@given(signed)
def test_receipt_survives_a_chat_that_changes_spaces_and_case(receipt: SignedReceipt) -> None:
    mangled = "\r\n\r\n".join(f"  {line}  " for line in receipt.printed.splitlines())
    wrapped = mangled.replace(" ", " ").replace("head ", "HEAD\t".replace("\t", " "))
    assert read_text(f"转发的消息:\n{wrapped}") == receipt


@given(receipts)
def test_signed_text_starts_with_its_type_and_has_a_fact_a_line(receipt: Receipt) -> None:
    lines = receipt.text.splitlines()
    assert lines[0] == "lianbing.receipt/1"
    names = [line.split(" ")[0] for line in lines[1:]]
    assert names == ["exam", "attempt", "version", "cause", "made", "entries", "paper", "head"]


def test_signed_text_is_golden() -> None:
    receipt = Receipt(
        exam=12,
        attempt=345,
        version=1,
        cause="closing",
        made=MOMENT.astimezone(timezone(timedelta(hours=8))),
        entries=3,
        paper="ab" * 32,
        head="cd" * 32,
    )
    assert receipt.text == (
        "lianbing.receipt/1\nexam 12\nattempt 345\nversion 1\ncause closing\n"
        "made 2026-11-20T08:00:00.123456+00:00\nentries 3\n"
        f"paper {'ab' * 32}\nhead {'cd' * 32}\n"
    )
    assert len(SignedReceipt(receipt=receipt, signature=b"s" * 64).code) < 240


def test_root_statement_is_golden() -> None:
    assert root_text(exam=12, list_version=1, receipts=2, root="ef" * 32) == (
        "lianbing.receipts_root/1\nexam 12\nlist 1\nreceipts 2\norder attempt, version\n"
        f"root {'ef' * 32}\n"
    )


@given(texts)
def test_any_other_text_is_no_receipt(text: str) -> None:
    with pytest.raises(MalformedReceipt):
        read_text(text)
    with pytest.raises(MalformedReceipt):
        read_code(text)


@given(signed, st.data())
def test_half_a_receipt_is_none(receipt: SignedReceipt, data: st.DataObject) -> None:
    lines = receipt.printed.splitlines()
    gone = data.draw(st.integers(1, len(lines) - 1))
    with pytest.raises(MalformedReceipt):
        read_text("\n".join(lines[:gone] + lines[gone + 1 :]))
    with pytest.raises(MalformedReceipt):
        read_code(receipt.code[: data.draw(st.integers(0, 200))])
