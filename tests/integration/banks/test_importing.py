"""Files on their way into a bank: preview, taken in whole or in part, cancelled, undone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from tests.banks_factory import load, make_bank, make_question
from tests.import_files_factory import PIXEL, stored, word, workbook
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.illustrating import add_picture
from lianbing.banks.interchange import running, use_cases, working
from lianbing.banks.interchange.drafts import FileFormat, Level
from lianbing.banks.interchange.errors import AlreadyUsed, HasErrors, NotReady
from lianbing.banks.interchange.queries import ImportRow, get_import, list_told, page_of_lines
from lianbing.banks.interchange.rules import KEPT_FOR, ImportState, Wanted
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.pictures import tidying
from lianbing.banks.pictures.models import QuestionPicture
from lianbing.banks.review.use_cases import submit
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BankId, QuestionId

HEADS = ("题干", "选项A", "选项B", "选项C", "答案", "解析", "知识点")
WANTED = Wanted(source_code="law", difficulty=Decimal("0.4"))


def rows(count: int, *, start: int = 1) -> list[tuple[object, ...]]:
    return [
        (f"第{n}个问题是", "甲", "乙", "丙", "B", "因为乙对。", "A01")
        for n in range(start, start + count)
    ]


class Desk:
    """A trainer with a bank of one question, who sends files."""

    def __init__(self) -> None:
        session = db.session()
        self.union = make_organisation(session, "青山市总工会").id
        trainer = make_person(session, "张三", roles=[(Role.TRAINER, self.union)]).id
        other = make_person(session, "李四", roles=[(Role.TRAINER, self.union)]).id
        self.bank_id = BankId(
            load(make_bank([make_question("Q1", stem="已有的题")]), self.union).bank_id
        )
        self.trainer, self.other = actor_for(session, trainer), actor_for(session, other)
        session.rollback()

    def send(self, name: str, data: bytes, *, wanted: Wanted = WANTED) -> ImportRow:
        with transaction() as session:
            number = use_cases.send_file(
                session,
                self.trainer,
                self.bank_id,
                name=name,
                data=data,
                wanted=wanted,
                now=utc_now(),
            )
        running.work_at_once(number)
        return self.row(number)

    def row(self, number: int) -> ImportRow:
        db.session.rollback()
        return get_import(db.session(), number)

    def accept(self, number: int, *, good_only: bool = False) -> ImportRow:
        with transaction() as session:
            use_cases.accept(session, self.trainer, number, good_only=good_only, now=utc_now())
        running.work_at_once(number)
        return self.row(number)

    def count(self) -> int:
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(Question)) or 0

    def undo(self, number: int) -> int:
        with transaction() as session:
            return use_cases.undo(session, self.trainer, number, now=utc_now())


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield Desk()


def test_a_file_becomes_drafts_of_the_one_who_sent_it(desk: Desk) -> None:
    row = desk.send("题.xlsx", workbook({"单选题": [HEADS, *rows(3)]}))
    assert (row.state, row.format) == (ImportState.READ, FileFormat.EXCEL)
    assert row.counts["good"] == 3
    assert (row.counts["types"], row.counts["points"]) == ({"single_choice": 3}, {"A01": 3})
    assert desk.count() == 1
    done = desk.accept(row.id)
    assert (done.state, done.counts["taken"]) == (ImportState.DONE, 3)
    found = db.session.execute(
        select(Question, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(Question.code.startswith("w"))
        .order_by(Question.code)
    ).all()
    question, version = found[0]
    assert (question.state, question.current_number, question.newest_number) == ("draft", 0, 1)
    assert question.author_id == desk.trainer.person_id
    assert "第1个问题是" in question.words
    assert (version.difficulty, version.explanation) == (Decimal("0.4"), "因为乙对。")


def test_all_or_nothing_takes_nothing_when_a_line_has_an_error(desk: Desk) -> None:
    bad = ("没有答案", "甲", "乙", "丙", "", "", "A01")
    row = desk.send("题.xlsx", workbook({"甲": [HEADS, *rows(2), bad]}))
    assert (row.counts["good"], row.counts["bad"]) == (2, 1)
    with pytest.raises(HasErrors):
        desk.accept(row.id)
    assert desk.count() == 1
    assert desk.accept(row.id, good_only=True).counts["taken"] == 2
    assert desk.count() == 3


def test_duplicates_in_the_bank_and_in_the_file_are_told(desk: Desk) -> None:
    same = ("已有的题！", "甲", "乙", "丙", "B", "因为。", "A01")
    row = desk.send("题.xlsx", workbook({"甲": [HEADS, *rows(1), *rows(1), same]}))
    told = list_told(db.session(), row.id)
    assert row.counts["same"] == 2
    assert [(line.row, line.findings[0]["params"]) for line in told] == [
        (3, {"row": "2"}),
        (4, {"code": "Q1"}),
    ]


def test_a_question_much_like_one_of_the_bank_is_warned_of(desk: Desk) -> None:
    first = ("触电急救的首要步骤是切断电源吗", "甲", "乙", "丙", "B", "因为。", "A01")
    like = ("触电急救的首要步骤是否为切断电源", "甲", "乙", "丙", "B", "因为。", "A01")
    desk.accept(desk.send("a.xlsx", workbook({"甲": [HEADS, first]})).id)
    row = desk.send("b.xlsx", workbook({"甲": [HEADS, like]}))
    (line,) = list_told(db.session(), row.id)
    assert (row.counts["good"], line.level) == (1, Level.WARNING)
    assert line.findings[0]["message"].startswith("Much like question")


def test_a_missing_explanation_is_a_warning_and_letters_in_one_are_put_into_words(
    desk: Desk,
) -> None:
    quiet = ("无解析", "甲", "乙", "丙", "A", "", "要点A01")
    lettered = ("有字母", "甲", "乙", "丙", "B", "故选B。", "A01")
    row = desk.send("题.xlsx", workbook({"甲": [HEADS, quiet, lettered]}))
    levels = [line.level for line in page_of_lines(db.session(), row.id, 1, told_only=False).rows]
    assert levels == [Level.WARNING, Level.WARNING]
    assert row.counts["points"] == {"A01": 2}  # by title too
    desk.accept(row.id)
    texts = select(QuestionVersion.explanation).where(QuestionVersion.stem == "有字母")
    assert db.session.scalar(texts) == "故选“乙”。"


def test_unknown_points_are_told_or_put_under_the_chosen_one(desk: Desk) -> None:
    data = workbook({"甲": [HEADS, ("问一", "甲", "乙", "丙", "B", "因为。", "Z99")]})
    assert desk.send("a.xlsx", data).counts["bad"] == 1
    chosen = Wanted(source_code="law", point_code="B02")
    row = desk.send("a.xlsx", data, wanted=chosen)
    assert (row.counts["good"], row.counts["warned"]) == (1, 1)
    assert row.counts["points"] == {"B02": 1}


def test_headings_mapped_by_hand_are_kept_for_the_organisation(desk: Desk) -> None:
    heads = ("考核内容", "甲项", "乙项", "丙项", "标答", "缘由", "要点")
    data = workbook({"甲": [heads, *rows(1)]})
    row = desk.send("a.xlsx", data)
    assert (row.state, row.counts["good"]) == (ImportState.READ, 0)
    fields = ("stem", "option_a", "option_b", "option_c", "answer", "explanation", "point")
    with transaction() as session:
        use_cases.read_again(
            session,
            desk.trainer,
            row.id,
            wanted=WANTED,
            headings=dict(zip(heads, fields, strict=True)),
        )
    running.work_at_once(row.id)
    assert desk.row(row.id).counts["good"] == 1
    again = workbook({"乙": [heads, *rows(1, start=9)]})
    assert desk.send("b.xlsx", again).counts["good"] == 1


def test_pictures_of_a_word_file_come_along(desk: Desk) -> None:
    wanted = Wanted(source_code="law", point_code="A01")
    row = desk.send("题.docx", word(), wanted=wanted)
    assert (row.counts["good"], row.counts["bad"]) == (3, 0)
    desk.accept(row.id)
    stem = db.session.scalar(
        select(QuestionVersion.stem).where(QuestionVersion.stem.contains("图中仪表"))
    )
    assert stem is not None
    assert stem.startswith("图中仪表是![图](pic:")
    assert PIXEL


def test_a_refused_file_says_why_and_keeps_no_bytes(desk: Desk) -> None:
    row = desk.send("a.xlsm", b"PK\x03\x04")
    assert row.state is ImportState.REFUSED
    assert row.refusal is not None
    assert "macros" in row.refusal["message"]


def test_a_cancelled_file_leaves_nothing(desk: Desk) -> None:
    row = desk.send(
        "a.gift", stored("moodle.gift"), wanted=Wanted(source_code="law", point_code="A01")
    )
    with transaction() as session:
        use_cases.cancel(session, desk.trainer, row.id, now=utc_now())
    assert desk.row(row.id).state is ImportState.CANCELLED
    assert page_of_lines(db.session(), row.id, 1, told_only=False).total == 0
    with pytest.raises(NotReady):
        desk.accept(row.id)


def test_work_that_is_cancelled_half_way_ends_without_a_question(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = desk.send("a.xlsx", workbook({"甲": [HEADS, *rows(5)]}))
    with transaction() as session:
        use_cases.accept(session, desk.trainer, row.id, good_only=False, now=utc_now())
    monkeypatch.setattr(running, "BETWEEN_SIGNS", -1.0)

    original = working.give_sign

    def give_sign(session, import_id, *, progress, now):  # type: ignore[no-untyped-def]
        use_cases.cancel(session, desk.trainer, import_id, now=now)
        return original(session, import_id, progress=progress, now=now)

    monkeypatch.setattr(working, "give_sign", give_sign)
    running.work_waiting()
    assert desk.row(row.id).state is ImportState.CANCELLED
    assert desk.count() == 1


def test_work_without_a_sign_of_life_is_taken_up_again(desk: Desk) -> None:
    row = desk.send("a.xlsx", workbook({"甲": [HEADS, *rows(1)]}))
    with transaction() as session:
        use_cases.accept(session, desk.trainer, row.id, good_only=False, now=utc_now())
        assert working.take_next(session, now=utc_now()) == (row.id, ImportState.TAKING)
    with transaction() as session:
        assert working.take_next(session, now=utc_now()) is None
        later = utc_now() + timedelta(seconds=61)
        assert working.take_next(session, now=later) == (row.id, ImportState.TAKING)


def test_an_import_is_undone_while_nothing_of_it_was_touched(desk: Desk) -> None:
    first = desk.send("a.xlsx", workbook({"甲": [HEADS, *rows(2)]}))
    desk.accept(first.id)
    assert desk.undo(first.id) == 2
    assert desk.count() == 1
    second = desk.send("a.xlsx", workbook({"甲": [HEADS, *rows(2)]}))
    desk.accept(second.id)
    question_id = db.session.scalar(select(func.max(Question.id)))
    with transaction() as session:
        submit(session, desk.trainer, QuestionId(question_id or 0), reviewer_id=None, now=utc_now())
    with pytest.raises(AlreadyUsed):
        desk.undo(second.id)
    assert desk.count() == 3


def test_nobody_else_opens_a_file_that_somebody_sent(desk: Desk) -> None:
    row = desk.send("a.xlsx", workbook({"甲": [HEADS, *rows(1)]}))
    other: Actor = desk.other
    with pytest.raises(Forbidden):
        use_cases.open_import(db.session(), other, row.id)


def test_a_preview_that_nobody_finishes_is_dropped_after_its_time(desk: Desk) -> None:
    old = desk.send("旧.xlsx", workbook({"甲": [HEADS, *rows(2)]}))
    done = desk.accept(desk.send("成.xlsx", workbook({"甲": [HEADS, *rows(1, start=7)]})).id)
    for after, dropped in ((KEPT_FOR - timedelta(hours=1), 0), (KEPT_FOR + timedelta(hours=1), 1)):
        with transaction() as session:
            assert working.drop_old(session, now=utc_now() + after) == dropped
    assert desk.row(old.id).state is ImportState.EXPIRED
    assert page_of_lines(db.session(), old.id, 1, told_only=False).rows == []
    assert use_cases.file_of(db.session(), desk.trainer, old.id) is None
    assert desk.row(done.id).state is ImportState.DONE
    assert page_of_lines(db.session(), done.id, 1, told_only=False).total == 1


def test_pictures_that_no_question_shows_are_destroyed_and_no_other(desk: Desk) -> None:
    wanted = replace(WANTED, point_code="A01")
    taken = desk.accept(desk.send("题.docx", word(), wanted=wanted).id, good_only=True)
    assert taken.counts["taken"] >= 1
    shown = set(db.session.scalars(select(QuestionPicture.name)))
    assert shown
    with transaction() as session:
        add_picture(session, desk.trainer, desk.bank_id, picture_bytes(), alt="无主", now=utc_now())
    later = utc_now() + tidying.KEPT_FOR + timedelta(days=1)
    with transaction() as session:
        assert tidying.drop_ownerless(session, now=utc_now()) == 0
        assert tidying.drop_ownerless(session, now=later) == 1
        assert tidying.drop_ownerless(session, now=later) == 0
    db.session.rollback()
    assert set(db.session.scalars(select(QuestionPicture.name))) == shown
    with transaction() as session:
        add_picture(session, desk.trainer, desk.bank_id, picture_bytes(), alt="又来", now=later)
        assert tidying.drop_ownerless(session, now=later) == 0


def picture_bytes() -> bytes:
    """A picture of its own: no other test shows this colour."""
    out = BytesIO()
    Image.new("RGB", (9, 7), (12, 34, 56)).save(out, "PNG")
    return out.getvalue()
