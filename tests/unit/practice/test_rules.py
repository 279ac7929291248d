"""Drills and the wrong book, decided without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.rules import (
    BlanksKey,
    ChoiceKey,
    NumberBlank,
    Option,
    QuestionContent,
    QuestionType,
    TextBlank,
    TruthKey,
)
from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.practice.rules import (
    RIGHT_TO_LEAVE,
    BookChange,
    BookState,
    Given,
    after_answer,
    as_answer,
    pick,
    start_of_day,
)

DAY = date(2026, 11, 20)
SEEDS = st.integers(min_value=0, max_value=2**53)
IDS = st.lists(st.integers(min_value=1, max_value=60).map(QuestionId), max_size=40)
DAYS_AGO = st.dictionaries(
    st.integers(min_value=1, max_value=60).map(QuestionId),
    st.integers(min_value=0, max_value=4).map(lambda days: DAY - timedelta(days=days)),
)


def fold(answers: list[bool]) -> tuple[BookState | None, list[BookChange]]:
    state: BookState | None = None
    changes = []
    for right in answers:
        state, change = after_answer(state, right=right)
        changes.append(change)
    return state, changes


def test_wrong_answer_enters_and_three_right_in_a_row_leave() -> None:
    state, changes = fold([False, True, True, True])
    assert state == BookState(in_book=False, right_streak=3, wrong_count=1)
    assert changes == [
        BookChange.ENTERED,
        BookChange.STEPPED,
        BookChange.STEPPED,
        BookChange.LEFT,
    ]


def test_wrong_answer_in_the_book_starts_the_count_again() -> None:
    state, changes = fold([False, True, True, False])
    assert state == BookState(in_book=True, right_streak=0, wrong_count=2)
    assert changes[-1] is BookChange.RESET


def test_later_wrong_answer_brings_a_question_back() -> None:
    state, changes = fold([False, True, True, True, True, False])
    assert state == BookState(in_book=True, right_streak=0, wrong_count=2)
    assert changes[-2:] == [BookChange.NONE, BookChange.RETURNED]


def test_right_answers_alone_never_touch_the_book() -> None:
    assert fold([True] * 5) == (None, [BookChange.NONE] * 5)


@given(st.lists(st.booleans(), max_size=30))
def test_in_the_book_means_fewer_than_three_right_since_the_last_wrong(
    answers: list[bool],
) -> None:
    state, changes = fold(answers)
    since = answers[::-1].index(False) if False in answers else None
    assert (state is not None and state.in_book) == (since is not None and since < RIGHT_TO_LEAVE)
    if state is not None:
        assert state.wrong_count == answers.count(False)
        assert state.right_streak == min(since or 0, RIGHT_TO_LEAVE)
    entries = sum(change in (BookChange.ENTERED, BookChange.RETURNED) for change in changes)
    assert entries - changes.count(BookChange.LEFT) == (state is not None and state.in_book)
    assert changes.count(BookChange.ENTERED) == (False in answers)


@given(IDS, DAYS_AGO, SEEDS)
def test_pick_repeats_nothing_invents_nothing_and_fills_up(
    questions: list[QuestionId], seen: dict[QuestionId, date], seed: int
) -> None:
    picked = pick(questions, seen, seed=seed)
    assert len(set(picked)) == len(picked) == min(10, len(set(questions)))
    assert set(picked) <= set(questions)
    assert picked == pick(list(reversed(questions)), seen, seed=seed)


@given(IDS, DAYS_AGO, SEEDS)
def test_pick_leaves_out_only_what_was_seen_no_earlier(
    questions: list[QuestionId], seen: dict[QuestionId, date], seed: int
) -> None:
    picked = pick(questions, seen, seed=seed)
    left_out = set(questions) - set(picked)
    if left_out:
        latest_picked = max(seen.get(question, date.min) for question in picked)
        assert latest_picked <= min(seen.get(question, date.min) for question in left_out)


def test_pick_does_not_follow_the_banks_order() -> None:
    questions = [QuestionId(number) for number in range(1, 61)]
    drawn = {pick(questions, {}, seed=seed) for seed in range(20)}
    assert len(drawn) == 20
    assert len({question for picked in drawn for question in picked}) > 40


def test_day_begins_at_local_midnight() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    early = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)  # half past midnight on the 20th there
    assert start_of_day(early, zone) == datetime(2026, 11, 20, tzinfo=zone)
    assert start_of_day(early - timedelta(hours=1), zone) == datetime(2026, 11, 19, tzinfo=zone)


def question(kind: QuestionType) -> QuestionContent:
    options = ()
    key: ChoiceKey | TruthKey | BlanksKey = TruthKey(value=True)
    if kind in (QuestionType.SINGLE_CHOICE, QuestionType.MULTIPLE_CHOICE):
        options = tuple(Option(letter=letter, text=f"text {letter}") for letter in "ABC")
        key = ChoiceKey(letters=("B",))
    elif kind is QuestionType.FILL_BLANK:
        number = NumberBlank(number=Decimal("0.02"), tolerance=Decimal(0), unit="s")
        key = BlanksKey(blanks=(TextBlank(accept=("50",)), number))
    return QuestionContent(
        version_id=QuestionVersionId(1),
        type=kind,
        stem="频率为{{1}}Hz，周期为{{2}}。",
        options=options,
        key=key,
        explanation="",
        source=None,
        difficulty=Decimal("0.3"),
        point_code="A01",
        scope_code="A",
    )


@pytest.mark.parametrize(
    ("kind", "sent", "answer"),
    [
        (QuestionType.SINGLE_CHOICE, Given(choices=("B",)), "B"),
        (QuestionType.SINGLE_CHOICE, Given(), None),
        (QuestionType.SINGLE_CHOICE, Given(choices=("A", "B")), None),
        (QuestionType.MULTIPLE_CHOICE, Given(choices=("C", "A")), ["C", "A"]),
        (QuestionType.MULTIPLE_CHOICE, Given(), []),
        (QuestionType.TRUE_FALSE, Given(choices=("true",)), True),
        (QuestionType.TRUE_FALSE, Given(choices=("false",)), False),
        (QuestionType.TRUE_FALSE, Given(choices=("B",)), "B"),
        (QuestionType.TRUE_FALSE, Given(), None),
        (QuestionType.FILL_BLANK, Given(blanks=(" 50 ", "")), ["50", ""]),
        (QuestionType.FILL_BLANK, Given(), None),
        (QuestionType.SINGLE_CHOICE, Given(choices=("B",), gave_up=True), None),
    ],
)
def test_form_becomes_an_answer_of_the_questions_type(
    kind: QuestionType, sent: Given, answer: object
) -> None:
    assert as_answer(question(kind), sent) == answer
