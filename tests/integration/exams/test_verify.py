"""``lianbing exams verify``: whatever is altered behind the application is named."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, save

from lianbing.exams import sitting
from lianbing.exams.invigilation.late import decide_late
from lianbing.exams.receipts.cli import exams_group
from lianbing.exams.receipts.merkle import proves
from lianbing.exams.receipts.models import ExamReceiptRoot
from lianbing.exams.receipts.queries import find_root, list_receipts
from lianbing.exams.receipts.sealing import find_proof
from lianbing.exams.receipts.verifying import Verdict, verify_exam
from lianbing.exams.use_cases import publish_results
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId

PEOPLE = 5


class Round:
    """A finished exam: two handed in, two closed by the clock, one never came; published."""

    def __init__(self, session: Session, *, accept_late: bool = False) -> None:
        self.world: ExamWorld = make_exam_world(session, candidates=PEOPLE)
        self.seats = [enter(self.world, index) for index in range(PEOPLE - 1)]
        for seat in self.seats:
            save(seat, [(1, 1, "A"), (2, 2, "B"), (4, 1, "B")])
        for seat in self.seats[:2]:
            with transaction() as writing:
                sitting.hand_in(writing, seat, arrived_at=utc_now())
        save(self.seats[0], [(5, 1, "C")])
        if accept_late:
            self.accept_late()
        with transaction() as writing:
            publish_results(
                writing,
                self.world.organiser,
                self.world.exam_id,
                sign=current_keyring().sign,
                now=self.world.plan.closes_at + timedelta(hours=1),
            )
        self.root = self.published_root()

    def accept_late(self) -> None:
        seat = self.seats[0]
        with transaction() as writing:
            decide_late(
                writing,
                self.world.organiser,
                self.world.exam_id,
                seat.person_id,
                [(1, 5)],
                accept=True,
                reason="断网",
                now=utc_now(),
            )

    def published_root(self) -> str:
        return db.session.scalars(select(ExamReceiptRoot.root)).one()

    @property
    def attempt(self) -> int:
        return self.seats[2].attempt_id

    def verdict(self, root: str | None = None) -> Verdict:
        db.session.rollback()
        return verify_exam(
            db.session(),
            ExamId(self.world.exam_id),
            root=root or self.root,
            verify=current_keyring().verify,
        )

    def tamper(self, statement: str, **values: object) -> str:
        """Run raw SQL behind the application, and say what verify then names."""
        db.session.rollback()
        with db.engine.begin() as connection:
            changed = connection.execute(text(statement), {"a": self.attempt, **values})
            assert changed.rowcount > 0
        return "\n".join(str(fault) for fault in self.verdict().faults)


@pytest.fixture
def round_(session: Session) -> Round:
    return Round(session)


def test_untouched_exam_agrees_with_its_root(round_: Round) -> None:
    verdict = round_.verdict()
    assert verdict.faults == ()
    assert (verdict.list_version, verdict.attempts, verdict.receipts) == (1, 4, 4)
    assert verdict.entries == 13


def test_accepted_late_answer_has_a_receipt_of_its_own_and_agrees(session: Session) -> None:
    round_ = Round(session, accept_late=True)
    verdict = round_.verdict()
    assert verdict.faults == ()
    assert verdict.receipts == 5
    newest, first = list_receipts(session, round_.seats[0].attempt_id)
    assert (first.receipt.entries, newest.receipt.entries) == (3, 4)
    assert newest.receipt.cause == "late_accepted"


def test_decision_altered_afterwards_is_named(session: Session) -> None:
    round_ = Round(session, accept_late=True)
    said = round_.tamper("UPDATE late_decision SET accepted = NOT accepted")
    assert "version 2: the script is not what its journal and the decisions" in said


def test_every_receipt_is_proven_in_the_published_tree(round_: Round) -> None:
    session = db.session()
    root = find_root(session, round_.world.exam_id)
    assert root is not None
    assert current_keyring().verify(root.statement.encode(), root.signature)
    for seat in round_.seats:
        (signed,) = list_receipts(session, seat.attempt_id)
        proof = find_proof(session, root, signed.receipt)
        assert proof is not None
        assert proves(signed.receipt.text.encode(), proof, bytes.fromhex(root.root))


def test_another_root_from_outside_is_refused(round_: Round) -> None:
    faults = round_.verdict("ab" * 32).faults
    assert "not one that this installation has published" in str(faults[0])
    assert any("do not give the root given" in str(fault) for fault in faults)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("answer = '\"C\"'", "seq 2 is not what was sealed"),
        ("question = 3", "seq 2 is not what was sealed"),
        ("standing = 'late'", "seq 2 is not what was sealed"),
        ("device_clock = 'x'", "seq 2 is not what was sealed"),
        ("arrived_at = '2026-01-01 00:00:00.000000+00'", "seq 2 is not what was sealed"),
        ("seq = 3", "seq 2 is gone"),
        ("device = 9", "seq 2 is gone"),
    ],
)
def test_changed_journal_row_is_named(round_: Round, change: str, named: str) -> None:
    if db.engine.dialect.name == "sqlite":
        change = change.replace("+00'", "'")
    said = round_.tamper(f"UPDATE answer_entry SET {change} WHERE attempt_id = :a AND seq = 2")
    assert f"attempt {round_.attempt}: " in said
    assert f"journal row device 1 {named}" in said


def test_deleted_journal_row_is_named(round_: Round) -> None:
    said = round_.tamper("DELETE FROM answer_entry WHERE attempt_id = :a AND seq = 4")
    assert f"attempt {round_.attempt}: version 1: journal row device 1 seq 4 is gone" in said


def test_inserted_journal_row_is_named(round_: Round) -> None:
    said = round_.tamper(
        "INSERT INTO answer_entry SELECT attempt_id, device, 3, question, answer, standing, "
        "arrived_at, device_clock FROM answer_entry WHERE attempt_id = :a AND seq = 2"
    )
    assert f"attempt {round_.attempt}: journal row device 1 seq 3 counts, but was not there" in said


def test_late_row_that_is_made_to_count_is_named(round_: Round) -> None:
    said = round_.tamper(
        "UPDATE answer_entry SET standing = 'counted' WHERE standing = 'after_hand_in'"
    )
    assert "seq 5 counts, but was not there" in said


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ('answers = \'{"1": "D"}\'', "answers are not what was sealed"),
        ("cause = 'hand_in'", "the script's cause is hand_in, the receipt says closing"),
        ("version = 2", "the script is gone"),
    ],
)
def test_changed_script_is_named(round_: Round, change: str, named: str) -> None:
    said = round_.tamper(f"UPDATE script SET {change} WHERE attempt_id = :a")
    assert named in said


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("content = replace(content, 'entries 3', 'entries 4')", "signature"),
        ("signature = (SELECT signature FROM exam_receipt_root)", "signature"),
        ("content = 'gone'", "cannot be read"),
        ("covers = '1:1-2'", "its row lists 2"),
        ("sealed_in = NULL", "4 receipts were sealed, 3 are kept"),
    ],
)
def test_changed_receipt_is_named(round_: Round, change: str, named: str) -> None:
    said = round_.tamper(f"UPDATE exam_receipt SET {change} WHERE attempt_id = :a")
    assert named in said


def test_receipt_moved_to_another_attempt_is_named(round_: Round) -> None:
    said = round_.tamper(
        "UPDATE exam_receipt SET content = (SELECT content FROM exam_receipt WHERE attempt_id = "
        ":b), signature = (SELECT signature FROM exam_receipt WHERE attempt_id = :b) "
        "WHERE attempt_id = :a",
        b=round_.seats[3].attempt_id,
    )
    assert "speaks of another exam, attempt or version" in said
    assert "do not give the root given" in said


def test_deleted_receipt_is_named(round_: Round) -> None:
    said = round_.tamper("DELETE FROM exam_receipt WHERE attempt_id = :a")
    assert f"attempt {round_.attempt}: version 1: the receipt is gone" in said
    assert "4 receipts were sealed, 3 are kept" in said


@pytest.mark.parametrize(
    "change", ["marks = marks + 1", "rank = rank + 1", "passed = NOT passed", "seconds_used = 1"]
)
def test_changed_list_line_is_named(round_: Round, change: str) -> None:
    said = round_.tamper(f"UPDATE result_row SET {change} WHERE attempt_id = :a")
    person = round_.seats[2].person_id
    assert (
        f"attempt {round_.attempt}: result list: the line of person {person} is not what was signed"
    ) in said


def test_deleted_list_line_is_named(round_: Round) -> None:
    said = round_.tamper("DELETE FROM result_row WHERE attempt_id = :a")
    assert f"the line of person {round_.seats[2].person_id} is gone" in said


def test_changed_marks_are_named_even_when_the_list_agrees(round_: Round) -> None:
    said = round_.tamper(
        "UPDATE mark_sheet SET total = total + 1 WHERE script_id IN "
        "(SELECT id FROM script WHERE attempt_id = :a)"
    )
    assert "no mark sheet of the script has these marks" in said


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE result_list SET content = replace(content, '电工', '焊工')", "match its hash"),
        ("UPDATE exam_receipt_root SET receipts = 3", "row is not what was signed"),
        ("UPDATE exam_receipt_root SET content = 'x'", "signature"),
    ],
)
def test_changed_list_or_root_is_named(round_: Round, statement: str, named: str) -> None:
    assert named in round_.tamper(statement)


def test_command_takes_the_printed_root_and_says_what_it_does_not_prove(
    app: Flask, round_: Round
) -> None:
    grouped = " ".join(round_.root[at : at + 8].upper() for at in range(0, 64, 8))
    arguments = ["verify", str(round_.world.exam_id), "--root", grouped]
    good = app.test_cli_runner().invoke(exams_group, arguments)
    assert (good.exit_code, "Everything agrees" in good.output) == (0, True)
    assert "anything before hand-in" in good.output
    assert "who sat" in good.output
    round_.tamper("DELETE FROM answer_entry WHERE attempt_id = :a AND seq = 1")
    bad = app.test_cli_runner().invoke(exams_group, arguments)
    assert bad.exit_code == 1
    assert f"attempt {round_.attempt}: version 1: journal row device 1 seq 1 is gone" in bad.output


@pytest.mark.parametrize("arguments", [["1", "--root", "short"], ["999", "--root", "ab" * 32]])
def test_command_refuses_what_is_no_root_or_no_exam(app: Flask, arguments: list[str]) -> None:
    result = app.test_cli_runner().invoke(exams_group, ["verify", *arguments])
    assert result.exit_code != 0
