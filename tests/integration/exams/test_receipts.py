"""A receipt is issued with every script, covers what was stored then, and is never changed."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, save

from lianbing.exams import sitting
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.closing import close_batch
from lianbing.exams.models import Attempt
from lianbing.exams.queries import get_exam
from lianbing.exams.receipts.chain import fold_chain
from lianbing.exams.receipts.models import ExamReceipt
from lianbing.exams.receipts.queries import list_receipts, scripts_of, stored_entries
from lianbing.exams.receipts.rules import SignedReceipt
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


def hand_in(world: ExamWorld, seat: Seat) -> None:
    with transaction() as session:
        sitting.hand_in(session, seat, arrived_at=utc_now())


def receipts_of(seat: Seat) -> list[SignedReceipt]:
    db.session.rollback()
    return list_receipts(db.session(), seat.attempt_id)


def is_signed(receipt: SignedReceipt) -> bool:
    return current_keyring().verify(receipt.receipt.text.encode(), receipt.signature)


def test_hand_in_issues_a_signed_receipt_over_the_whole_journal(world: ExamWorld) -> None:
    seat = enter(world)
    save(seat, [(1, 1, "A"), (2, 1, "B"), (3, 2, None)])
    hand_in(world, seat)
    (receipt,) = receipts_of(seat)
    assert is_signed(receipt)
    facts = receipt.receipt
    assert (facts.exam, facts.attempt, facts.version) == (world.exam_id, seat.attempt_id, 1)
    assert (facts.cause, facts.entries) == ("hand_in", 3)
    assert facts.paper == world.paper(db.session()).content_hash


def test_head_is_recomputed_from_the_journal_alike_on_both_databases(world: ExamWorld) -> None:
    seat = enter(world)
    save(seat, [(2, 1, "B"), (1, 9, ["接地", "220 伏\u2028"])])
    hand_in(world, seat)
    stored = db.session.scalars(select(ExamReceipt)).one()
    (script,) = scripts_of(db.session(), [seat.attempt_id])
    entries = stored_entries(db.session(), [seat.attempt_id])[seat.attempt_id]
    chain = fold_chain(
        reversed(entries),
        attempt_id=seat.attempt_id,
        version=1,
        paper_hash=script.paper_hash,
        answers=script.answers,
    )
    assert receipts_of(seat)[0].receipt.head == chain.head.hex()
    assert (stored.covers, len(stored.marks)) == ("1:1-2", 8)


def test_attempt_without_answers_has_a_receipt_too(world: ExamWorld) -> None:
    seat = enter(world)
    hand_in(world, seat)
    (receipt,) = receipts_of(seat)
    assert is_signed(receipt)
    assert receipt.receipt.entries == 0


def test_clock_issues_receipts_for_a_whole_batch(app: Flask, session: Session) -> None:
    world = make_exam_world(session, candidates=3)
    seats = [enter(world, index) for index in range(3)]
    for seat in seats:
        save(seat, [(1, seat.attempt_id % 4 + 1, "A")])
    with transaction() as closing:
        assert close_batch(closing, now=utc_now() + timedelta(hours=3), exam_id=world.exam_id) == 3
    found = [receipts_of(seat) for seat in seats]
    assert [[r.receipt.cause for r in receipts] for receipts in found] == [["closing"]] * 3
    assert len({receipts[0].receipt.head for receipts in found}) == 3
    assert all(is_signed(receipts[0]) for receipts in found)


def test_late_entries_leave_an_issued_receipt_as_it_is(world: ExamWorld) -> None:
    seat = enter(world)
    save(seat, [(1, 1, "A")])
    hand_in(world, seat)
    before = receipts_of(seat)
    saved = save(seat, [(2, 1, "B")])
    assert saved.standings[2] == "after_hand_in"
    assert receipts_of(seat) == before


def test_later_script_version_gets_a_receipt_of_its_own(world: ExamWorld) -> None:
    seat = enter(world)
    save(seat, [(1, 1, "A")])
    timely = utc_now()
    final = get_exam(db.session(), world.exam_id).closes_at
    with transaction() as closing:
        close_batch(closing, now=final + timedelta(hours=1), exam_id=world.exam_id)
    save(seat, [(2, 1, "B")], at=timely)
    db.session.rollback()
    assert db.session.get_one(Attempt, seat.attempt_id).needs_fold
    with transaction() as closing:
        close_batch(closing, now=final + timedelta(hours=1), exam_id=world.exam_id)
    newest, first = receipts_of(seat)
    assert (first.receipt.version, first.receipt.entries) == (1, 1)
    assert (newest.receipt.version, newest.receipt.entries) == (2, 2)
    assert newest.receipt.cause == "late_arrival"
    assert is_signed(newest)
    assert is_signed(first)


def test_superseded_entries_are_sealed_with_their_standing(world: ExamWorld) -> None:
    first = enter(world)
    second = enter(world)
    save(first, [(1, 1, "A")])
    save(second, [(1, 1, "B")])
    hand_in(world, second)
    (receipt,) = receipts_of(second)
    assert receipt.receipt.entries == 2
