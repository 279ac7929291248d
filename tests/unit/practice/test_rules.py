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
    next_in_order,
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


def fold(answers: list[tuple[bool, int]]) -> tuple[BookState | None, list[BookChange]]:
    """The state after answers, each right or wrong on a day counted from ``DAY``."""
    state: BookState | None = None
    changes = []
    for right, day in answers:
        state, change = after_answer(state, right=right, on=DAY + timedelta(days=day))
        changes.append(change)
    return state, changes


def in_book(streak: int, wrong: int, day: int, *, left: bool = False) -> BookState:
    return BookState(
        in_book=not left,
        right_streak=streak,
        wrong_count=wrong,
        counted_on=DAY + timedelta(days=day),
    )


def test_wrong_answer_enters_and_three_right_days_leave() -> None:
    state, changes = fold([(False, 0), (True, 1), (True, 3), (True, 9)])
    assert state == in_book(3, 1, 9, left=True)
    assert changes == [
        BookChange.ENTERED,
        BookChange.STEPPED,
        BookChange.STEPPED,
        BookChange.LEFT,
    ]


def test_right_answers_of_the_day_of_the_mistake_or_of_a_counted_one_are_too_soon() -> None:
    state, changes = fold([(False, 0), (True, 0), (True, 1), (True, 1), (True, 1), (True, 1)])
    assert state == in_book(1, 1, 1)
    assert changes[1:] == [BookChange.TOO_SOON, BookChange.STEPPED, *[BookChange.TOO_SOON] * 3]


def test_an_answer_out_of_order_does_not_count_for_a_day_gone_by() -> None:
    state, changes = fold([(False, 5), (True, 3), (True, 6), (False, 2), (True, 6)])
    assert changes[1:] == [
        BookChange.TOO_SOON,
        BookChange.STEPPED,
        BookChange.RESET,
        BookChange.TOO_SOON,
    ]
    assert state == in_book(0, 2, 6)


def test_wrong_answer_in_the_book_starts_the_count_again() -> None:
    state, changes = fold([(False, 0), (True, 1), (True, 2), (False, 3)])
    assert state == in_book(0, 2, 3)
    assert changes[-1] is BookChange.RESET


def test_later_wrong_answer_brings_a_question_back() -> None:
    state, changes = fold([(False, 0), (True, 1), (True, 2), (True, 3), (True, 4), (False, 5)])
    assert state == in_book(0, 2, 5)
    assert changes[-2:] == [BookChange.NONE, BookChange.RETURNED]


def test_right_answers_alone_never_touch_the_book() -> None:
    assert fold([(True, day) for day in range(5)]) == (None, [BookChange.NONE] * 5)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=40))
def test_in_the_book_means_fewer_than_three_right_days_since_the_last_wrong(
    steps: list[tuple[bool, int]],
) -> None:
    days, day = [], 0
    for right, later in steps:
        day += later
        days.append((right, day))
    state, changes = fold(days)
    wrong = [number for number, (right, _) in enumerate(days) if not right]
    assert (state is None) == (not wrong)
    entries = sum(change in (BookChange.ENTERED, BookChange.RETURNED) for change in changes)
    assert entries - changes.count(BookChange.LEFT) == (state is not None and state.in_book)
    if state is None:
        return
    since = {day for _, day in days[wrong[-1] + 1 :] if day > days[wrong[-1]][1]}
    assert state.in_book == (len(since) < RIGHT_TO_LEAVE)
    assert state.right_streak == min(len(since), RIGHT_TO_LEAVE)
    assert state.wrong_count == len(wrong)


CODES = st.lists(st.text("0123456789AQ", min_size=1, max_size=3), max_size=30, unique=True)


@given(CODES, st.integers(1, 12))
def test_going_on_in_order_passes_every_question_once_and_then_begins_again(
    codes: list[str], count: int
) -> None:
    bank = [(code, QuestionId(number)) for number, code in enumerate(codes, start=1)]
    names = {question: code for code, question in bank}
    passed: list[str] = []
    after = None
    while bank and len(passed) < len(codes):
        batch = next_in_order(bank, after=after, count=count)
        passed += [names[question] for question in batch]
        after = passed[-1]
    assert passed == sorted(codes)
    if bank:
        again = next_in_order(bank, after=after, count=count)
        assert names[again[0]] == min(codes)


def test_a_place_survives_the_question_it_names() -> None:
    bank = [("Q1", QuestionId(1)), ("Q3", QuestionId(3))]
    assert next_in_order(bank, after="Q2") == (3,)
    assert next_in_order(bank, after="Q1", inclusive=True) == (1, 3)
    assert next_in_order([], after="Q1") == ()


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
