"""The wrong book on both databases: fills, empties after three, and follows the question's use."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.banks_factory import make_question
from tests.people_factory import actor_for, make_person
from tests.practice_factory import Learning, items_of, make_learning, mixed

from lianbing.banks.rules import QuestionType
from lianbing.infra.calendar import local_date
from lianbing.kernel.clock import utc_now
from lianbing.people.models import Person
from lianbing.practice import book, drill_pages
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.models import PracticeAnswer, WrongBookItem
from lianbing.practice.queries import identities_of
from lianbing.practice.rules import BookChange, BookState, Given, after_answer

NOW = utc_now()
DAY = timedelta(days=1)


@pytest.fixture
def learning(session: Session) -> Learning:
    return make_learning(session, mixed(4))


def in_book(session: Session, learning: Learning) -> int:
    session.rollback()
    return book.count_book(session, identities_of(session, learning.actor), [learning.bank_id])


def streaks(session: Session, learning: Learning) -> list[int]:
    session.rollback()
    page = book.page_of_book(session, learning.actor, [learning.bank_id], 1, on=NOW.date())
    return [row.right_streak for row in page.rows]


def test_wrong_answers_fill_it_and_three_right_days_empty_it(
    session: Session, learning: Learning
) -> None:
    first = learning.start(now=NOW)
    learning.run(first, wrong=["Q00", "Q02"], now=NOW)
    summary = drill_pages.get_summary(session, learning.actor, first)
    assert len(summary.entered) == 2
    assert streaks(session, learning) == [0, 0]
    for number, left in ((1, 2), (2, 2), (3, 0)):
        drill_id = learning.start_book(seed=number, now=NOW + number * DAY)
        assert {code for code, _ in items_of(drill_id)} == {"Q00", "Q02"}
        learning.run(drill_id, now=NOW + number * DAY)
        assert in_book(session, learning) == left
    summary = drill_pages.get_summary(session, learning.actor, drill_id)
    assert len(summary.left) == 2
    with pytest.raises(NothingToDrill):
        learning.start_book(now=NOW + 4 * DAY)


def test_right_answers_of_any_drill_count(session: Session, learning: Learning) -> None:
    learning.run(learning.start(now=NOW), wrong=["Q00"], now=NOW)
    learning.run(learning.start(seed=2, now=NOW + DAY), now=NOW + DAY)
    assert streaks(session, learning) == [1]


def test_right_answers_of_one_day_count_once(session: Session, learning: Learning) -> None:
    noon = datetime(2026, 11, 20, 4, tzinfo=UTC)
    learning.run(learning.start(now=noon), wrong=["Q00"], now=noon)
    learning.run(learning.start_book(seed=2, now=noon), now=noon)
    assert streaks(session, learning) == [0]
    for number in range(4):
        later = noon + DAY + timedelta(minutes=number)
        drill_id = learning.start_book(seed=number, now=later)
        learning.run(drill_id, now=later)
    assert streaks(session, learning) == [1]
    summary = drill_pages.get_summary(session, learning.actor, drill_id)
    assert [line.change for line in summary.lines] == [BookChange.TOO_SOON]
    pages = {
        day: book.page_of_book(session, learning.actor, [learning.bank_id], 1, on=day)
        for day in (date(2026, 11, 21), date(2026, 11, 22))
    }
    assert [page.rows[0].counts_today for page in pages.values()] == [False, True]


def test_a_wrong_answer_starts_the_count_again(session: Session, learning: Learning) -> None:
    learning.run(learning.start(now=NOW), wrong=["Q00"], now=NOW)
    for number in (1, 2):
        learning.run(learning.start_book(now=NOW + number * DAY), now=NOW + number * DAY)
    learning.run(learning.start_book(now=NOW + 3 * DAY), wrong=["Q00"], now=NOW + 3 * DAY)
    assert streaks(session, learning) == [0]
    assert session.scalars(select(WrongBookItem.wrong_count)).all() == [2]


def test_a_later_wrong_answer_brings_it_back(session: Session, learning: Learning) -> None:
    learning.run(learning.start(now=NOW), wrong=["Q00"], now=NOW)
    for number in (1, 2, 3):
        learning.run(learning.start_book(now=NOW + number * DAY), now=NOW + number * DAY)
    assert in_book(session, learning) == 0
    learning.run(learning.start(now=NOW + 5 * DAY), wrong=["Q00"], now=NOW + 5 * DAY)
    assert in_book(session, learning) == 1
    assert len(session.scalars(select(WrongBookItem)).all()) == 1


def test_giving_up_and_half_an_answer_count_as_wrong(session: Session) -> None:
    learning = make_learning(
        session,
        [make_question("M1", kind=QuestionType.MULTIPLE_CHOICE), make_question("S1")],
    )
    drill_id = learning.start(now=NOW)
    for position, (code, _) in enumerate(items_of(drill_id), start=1):
        given = Given(choices=("A",)) if code == "M1" else Given(gave_up=True)
        learning.answer(drill_id, position, given, now=NOW)
    assert in_book(session, learning) == 2
    verdicts = session.scalars(select(PracticeAnswer.verdict)).all()
    assert sorted(verdicts) == ["partial", "unanswered"]


def test_question_reserved_for_exams_leaves_the_drills_but_keeps_its_row(
    session: Session, learning: Learning
) -> None:
    learning.run(learning.start(now=NOW), wrong=["Q00", "Q01"], now=NOW)
    learning.turn_exam_only(["Q00"])
    assert in_book(session, learning) == 1
    drill_id = learning.start_book(now=NOW + DAY)
    assert [code for code, _ in items_of(drill_id)] == ["Q01"]
    assert len(session.scalars(select(WrongBookItem)).all()) == 2
    learning.reload(mixed(4))
    assert in_book(session, learning) == 2


def test_retired_question_is_dropped(session: Session, learning: Learning) -> None:
    learning.run(learning.start(now=NOW), wrong=["Q00"], now=NOW)
    learning.reload(mixed(4)[1:])
    assert in_book(session, learning) == 0
    with pytest.raises(NothingToDrill):
        learning.start_book(now=NOW + DAY)


def test_one_persons_book_is_not_anothers(session: Session, learning: Learning) -> None:
    learning.run(learning.start(now=NOW), wrong=["Q00"], now=NOW)
    other = actor_for(session, make_person(session, "李旁人", organisation=learning.union))
    assert book.count_book(session, identities_of(session, other), [learning.bank_id]) == 0


def test_merged_identities_have_one_book_and_an_undone_merge_two(
    session: Session, learning: Learning
) -> None:
    learning.run(learning.start(now=NOW), wrong=["Q00", "Q01"], now=NOW)
    old, absorbed = learning.actor, learning.person.id
    kept = make_person(session, "王小练", organisation=learning.union)
    session.get_one(Person, absorbed).kept_id = kept.id
    session.commit()
    learning.actor = actor_for(session, kept)
    assert in_book(session, learning) == 2
    for number in (1, 2, 3):
        learning.run(learning.start_book(now=NOW + number * DAY), now=NOW + number * DAY)
    assert in_book(session, learning) == 0
    session.get_one(Person, absorbed).kept_id = None
    session.commit()
    assert in_book(session, learning) == 0
    learning.actor = old
    assert in_book(session, learning) == 2


def test_the_book_is_what_the_answers_say(session: Session, learning: Learning) -> None:
    missed = [["Q00", "Q01"], ["Q01"], [], ["Q02"], ["Q00"], []]
    for number, wrong in enumerate(missed):
        moment = NOW + number * DAY
        learning.run(learning.start(seed=number, now=moment), wrong=wrong, now=moment)
    session.rollback()
    replayed: dict[int, BookState | None] = {}
    for answer in session.scalars(select(PracticeAnswer).order_by(PracticeAnswer.id)):
        state = replayed.get(answer.question_id)
        replayed[answer.question_id], _ = after_answer(
            state, right=answer.verdict == "right", on=local_date(answer.answered_at)
        )
    stored = {
        row.question_id: BookState(
            in_book=row.left_at is None,
            right_streak=row.right_streak,
            wrong_count=row.wrong_count,
            counted_on=row.counted_on,
        )
        for row in session.scalars(select(WrongBookItem))
    }
    assert stored == {key: state for key, state in replayed.items() if state is not None}
