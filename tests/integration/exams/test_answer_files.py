"""Taking in an answer file: late evidence under the device's own numbers, never more."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.answer_files_factory import seal
from tests.exams_factory import ExamWorld, enter, make_exam_world, save, seats

from lianbing.exams import sitting
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.exams.receipts.answer_file_queries import Bearing, view_answer_file
from lianbing.exams.receipts.answer_keys import ensure_public_key, find_private_key
from lianbing.exams.receipts.errors import (
    DamagedAnswerFile,
    OtherExamsAnswerFile,
    StillAnswering,
)
from lianbing.exams.receipts.models import AnswerFile, ExamAnswerKey
from lianbing.exams.receipts.queries import list_receipts
from lianbing.exams.receipts.taking_in import take_in
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


def public_key(world: ExamWorld) -> str:
    return ensure_public_key(world.exam_id, keyring=current_keyring(), now=utc_now())


def made(world: ExamWorld, *parts: tuple[Seat, list[object]]) -> str:
    content = {
        "made_at": "2026-11-20T08:00:00.000Z",
        "sittings": [{"token": seats().issue(seat), "entries": entries} for seat, entries in parts],
    }
    return seal(public_key(world), world.exam_id, content)


def entry(seq: int, question: int, answer: object) -> dict[str, object]:
    at = "2026-11-20T07:59:00.000Z"
    return {"seq": seq, "question": question, "answer": answer, "at": at}


def bring(world: ExamWorld, text: str, *, index: int | None = None, late: bool = True) -> int:
    with transaction() as session:
        actor = world.organiser if index is None else world.actor(session, index)
        now = world.plan.closes_at + timedelta(hours=1) if late else utc_now()
        return take_in(
            session,
            actor,
            world.exam_id,
            text,
            read_seat=seats().read,
            keyring=current_keyring(),
            now=now,
        )


def journal(world: ExamWorld) -> list[tuple[int, int, int, str, str]]:
    db.session.rollback()
    rows = db.session.scalars(
        select(AnswerEntry).order_by(AnswerEntry.device, AnswerEntry.seq)
    ).all()
    return [(row.device, row.seq, row.question, row.answer, row.standing) for row in rows]


def test_private_key_lies_encrypted_and_is_made_once(world: ExamWorld) -> None:
    assert public_key(world) == public_key(world)
    stored = db.session.scalars(select(ExamAnswerKey)).one()
    private = find_private_key(db.session(), world.exam_id, current_keyring())
    assert private is not None
    assert private.encode() not in stored.private_key


def test_entries_are_stored_as_late_beside_what_counts(world: ExamWorld) -> None:
    seat = enter(world)
    save(seat, [(1, 1, "A")])
    file_id = bring(world, made(world, (seat, [entry(1, 1, "A"), entry(2, 1, "B")])))
    assert journal(world) == [(1, 1, 1, '"A"', "counted"), (1, 2, 1, '"B"', "late")]
    file = db.session.get_one(AnswerFile, file_id)
    assert (file.attempt_id, file.covers, file.new_entries) == (seat.attempt_id, "1:1-2", 1)
    assert db.session.get_one(Attempt, seat.attempt_id).state == "closed"


def test_same_file_again_changes_nothing(world: ExamWorld) -> None:
    seat = enter(world)
    text = made(world, (seat, [entry(1, 1, "B")]))
    assert bring(world, text) == bring(world, text)
    assert db.session.scalar(select(func.count()).select_from(AnswerFile)) == 1
    assert len(journal(world)) == 1


def test_device_that_comes_back_after_its_file_repeats_harmlessly(world: ExamWorld) -> None:
    seat = enter(world)
    bring(world, made(world, (seat, [entry(1, 1, "B")])))
    saved = save(seat, [(1, 1, "B")])
    assert saved.standings == {1: "late"}
    assert len(journal(world)) == 1


def test_issued_receipt_stays_and_the_answers_do_not_count(world: ExamWorld) -> None:
    seat = enter(world)
    save(seat, [(1, 1, "A")])
    with transaction() as session:
        sitting.hand_in(session, seat, arrived_at=utc_now())
    before = list_receipts(db.session(), seat.attempt_id)
    bring(world, made(world, (seat, [entry(2, 1, "B")])))
    db.session.rollback()
    assert list_receipts(db.session(), seat.attempt_id) == before


def test_file_of_two_device_numbers_keeps_both(world: ExamWorld) -> None:
    first, second = enter(world), enter(world)
    bring(world, made(world, (first, [entry(1, 1, "A")]), (second, [entry(1, 2, "B")])))
    assert [row[:3] for row in journal(world)] == [(1, 1, 1), (2, 1, 2)]


def test_long_offline_spell_of_many_changes_fits(world: ExamWorld) -> None:
    seat = enter(world)
    entries = [entry(seq, 1, "AB"[seq % 2]) for seq in range(1, 451)]
    bring(world, made(world, (seat, list(entries))))
    assert len(journal(world)) == 450


def test_entries_that_are_not_of_this_paper_are_counted_and_left_out(world: ExamWorld) -> None:
    seat = enter(world)
    file_id = bring(
        world, made(world, (seat, [entry(1, 99, "A"), entry(2, 1, "Z"), entry(3, 1, "A")]))
    )
    assert db.session.get_one(AnswerFile, file_id).refused == 2
    assert len(journal(world)) == 1


def test_file_is_refused_while_answers_can_still_arrive(world: ExamWorld) -> None:
    seat = enter(world)
    with pytest.raises(StillAnswering):
        bring(world, made(world, (seat, [entry(1, 1, "A")])), late=False)
    assert journal(world) == []


@pytest.mark.parametrize("bad", [[None], [{"seq": 0}], [entry(1, 1, "A"), entry(1, 1, "B")]])
def test_malformed_entries_refuse_the_file_whole(world: ExamWorld, bad: list[object]) -> None:
    seat = enter(world)
    with pytest.raises(DamagedAnswerFile):
        bring(world, made(world, (seat, [entry(5, 1, "A")]), (seat, bad)))
    assert journal(world) == []


def test_forged_token_is_refused(world: ExamWorld) -> None:
    enter(world)
    forged = {"sittings": [{"token": "WzEsMSwxLDEsMV0.bad", "entries": [entry(1, 1, "A")]}]}
    with pytest.raises(DamagedAnswerFile):
        bring(world, seal(public_key(world), world.exam_id, forged))


def test_one_file_speaks_of_one_attempt(world: ExamWorld) -> None:
    mine, other = enter(world), enter(world, 1)
    with pytest.raises(DamagedAnswerFile):
        bring(world, made(world, (mine, [entry(1, 1, "A")]), (other, [entry(1, 1, "A")])))


def test_token_of_another_exam_is_refused(app: Flask, session: Session, world: ExamWorld) -> None:
    elsewhere = make_exam_world(session)
    seat = enter(elsewhere)
    content = {"sittings": [{"token": seats().issue(seat), "entries": [entry(1, 1, "A")]}]}
    with pytest.raises(OtherExamsAnswerFile):
        bring(world, seal(public_key(world), world.exam_id, content))


def test_candidate_cannot_take_in_a_file(world: ExamWorld) -> None:
    seat = enter(world)
    with pytest.raises(Forbidden):
        bring(world, made(world, (seat, [entry(1, 1, "A")])), index=0)


def test_file_is_laid_beside_what_counts(world: ExamWorld) -> None:
    seat = enter(world)
    save(seat, [(1, 1, "A"), (2, 2, "A"), (3, 3, "A")])
    entries = [entry(1, 1, "A"), entry(9, 2, "B"), entry(3, 3, "C"), entry(11, 4, "D")]
    entries.append(entry(12, 1, "A"))
    file_id = bring(world, made(world, (seat, list(entries))))
    view = view_answer_file(
        db.session(),
        world.organiser,
        file_id,
        read_seat=seats().read,
        keyring=current_keyring(),
    )
    assert [(line.number, line.counts, line.given, line.bearing) for line in view.lines] == [
        (1, "A", "A", Bearing.SAME),
        (2, "A", "B", Bearing.DIFFERS),
        (3, "A", "C", Bearing.CONTRADICTS),
        (4, None, "D", Bearing.DIFFERS),
    ]
