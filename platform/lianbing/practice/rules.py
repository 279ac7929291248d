"""Drills and the wrong book as pure decisions: what to ask next, what an answer changes.

A question that was answered wrong enters the wrong book (错题本) and leaves it after
``RIGHT_TO_LEAVE`` right answers in a row, each on a later day than the one before and than the
mistake: what is still known after a night counts, what was just read does not.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from lianbing.banks.rules import QuestionContent, QuestionType, part_contents
from lianbing.grading.rules import MarkingRule, MultipleRule, Verdict
from lianbing.kernel.ids import QuestionId

DRILL_LENGTH = 10
A_MARK = Decimal(1)
PRACTICE_RULE = MarkingRule(
    multiple=MultipleRule.PARTIAL_SHARE, each_blank=True, each_pair=True, each_step=True
)
"""Partly right is told apart from wrong; for the wrong book only wholly right counts."""
RATINGS = (Verdict.RIGHT, Verdict.PARTIAL, Verdict.WRONG)
"""What a person may say of a short answer of their own."""
RIGHT_TO_LEAVE = 3
LEFT_BEHIND_AFTER = timedelta(days=1)
"""An unfinished drill is resumed within a day; later its frozen questions may be outdated."""


class DrillMode(StrEnum):
    """What a drill draws from: a bank, one scope or point of it, the bank from end to end, the
    person's own mistakes or marked questions, what the person needs most on that day; a run
    against the clock, one against another; a mock exam, which is no drill but teaches too."""

    RANDOM = "random"
    SCOPE = "scope"
    POINT = "point"
    SEQUENTIAL = "sequential"
    WRONG_BOOK = "wrong_book"
    DAILY = "daily"
    FAVOURITES = "favourites"
    CHALLENGE = "challenge"
    DUEL = "duel"
    CAMPAIGN = "campaign"
    MOCK = "mock"

    @property
    def has_own_rules(self) -> bool:
        """Whether answers go through the mode's own use case and not straight to the core."""
        return self is DrillMode.CHALLENGE


class BookChange(StrEnum):
    """What one answer did to the wrong book."""

    NONE = "none"
    ENTERED = "entered"
    RETURNED = "returned"
    RESET = "reset"
    STEPPED = "stepped"
    TOO_SOON = "too_soon"
    LEFT = "left"

    @property
    def is_in(self) -> bool:
        """Whether the question is in the wrong book after this change."""
        return self not in (BookChange.NONE, BookChange.LEFT)


@dataclass(frozen=True, kw_only=True, slots=True)
class BookState:
    """Where a question stands in a person's wrong book; it keeps its row after leaving.

    ``counted_on``: the local day of the last answer that counted, for or against.
    """

    in_book: bool
    right_streak: int
    wrong_count: int
    counted_on: date


def after_answer(
    state: BookState | None, *, right: bool, on: date
) -> tuple[BookState | None, BookChange]:
    """The state after an answer on a local day, and what to tell; None: never answered wrong."""
    if not right:
        return _after_wrong(state, on)
    if state is None or not state.in_book:
        return state, BookChange.NONE
    if on <= state.counted_on:
        return state, BookChange.TOO_SOON
    streak = state.right_streak + 1
    left = streak >= RIGHT_TO_LEAVE
    stepped = replace(state, in_book=not left, right_streak=streak, counted_on=on)
    return stepped, BookChange.LEFT if left else BookChange.STEPPED


def _after_wrong(state: BookState | None, on: date) -> tuple[BookState, BookChange]:
    if state is None:
        entered = BookState(in_book=True, right_streak=0, wrong_count=1, counted_on=on)
        return entered, BookChange.ENTERED
    change = BookChange.RESET if state.in_book else BookChange.RETURNED
    return BookState(
        in_book=True,
        right_streak=0,
        wrong_count=state.wrong_count + 1,
        counted_on=max(on, state.counted_on),
    ), change


def pick(
    questions: Sequence[QuestionId],
    last_seen: Mapping[QuestionId, date],
    *,
    seed: int,
    count: int = DRILL_LENGTH,
) -> tuple[QuestionId, ...]:
    """Up to ``count`` questions, each once: never seen first, then by the day last seen.

    Days, not instants, so that a bank gone through in one day does not come back in the
    same tens for ever; among equals, and in the order asked, the seed decides.
    """
    rng = random.Random(seed)  # noqa: S311 - a reproducible order, not a secret
    shuffled = sorted(set(questions))
    rng.shuffle(shuffled)
    chosen = sorted(shuffled, key=lambda question: last_seen.get(question, date.min))[:count]
    rng.shuffle(chosen)
    return tuple(chosen)


def next_in_order(
    codes: Sequence[tuple[str, QuestionId]],
    *,
    after: str | None,
    inclusive: bool = False,
    count: int = DRILL_LENGTH,
) -> tuple[QuestionId, ...]:
    """Up to ``count`` questions of a bank in the order of their codes, from the one after a code
    (or from that one itself); from the first again once the last is passed.

    A place is a code and not a number, so what is added or retired meanwhile moves nobody.
    """
    ordered = sorted(codes)
    if after is not None:
        onward = [
            (code, question)
            for code, question in ordered
            if code > after or (inclusive and code == after)
        ]
        ordered = onward or ordered
    return tuple(question for _, question in ordered[:count])


def start_of_day(now: datetime, zone: tzinfo) -> datetime:
    """The instant at which the local day of ``now`` began, aware."""
    return datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What a form sent, as text: chosen letters (or true/false), the blanks in order, the letter
    beside each prompt, the steps in their order, what was written, or the parts of a case.

    ``move`` asks for a step to be moved before anything is answered, as ``B up``; ``rating`` is
    a person's own judgement of a short answer.
    """

    choices: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    text: str = ""
    rating: str = ""
    move: str = ""
    parts: "tuple[Given, ...]" = ()
    gave_up: bool = False


def as_answer(content: QuestionContent, given: Given) -> object:
    """What was given in the shape of the question's type; its values are still unchecked."""
    if given.gave_up:
        return None
    if content.type is QuestionType.CASE:
        parts = zip(part_contents(content), given.parts, strict=False)
        return [as_answer(part, own) for part, own in parts]
    match content.type:
        case QuestionType.SINGLE_CHOICE:
            return _only(given.choices)
        case QuestionType.MULTIPLE_CHOICE:
            return list(given.choices)
        case QuestionType.TRUE_FALSE:
            chosen = _only(given.choices)
            return {"true": True, "false": False}.get(chosen, chosen) if chosen else None
        case QuestionType.FILL_BLANK:
            return [blank.strip() for blank in given.blanks] or None
        case QuestionType.MATCHING:
            return list(given.matches) or None
        case QuestionType.ORDERING:
            return list(given.order) or None
        case QuestionType.SHORT_ANSWER:
            return given.text.strip() or None
        case _ as unknown:
            assert_never(unknown)


def moved(order: Sequence[str], move: str) -> tuple[str, ...]:
    """The order with one step moved up or down by a place, as a form asks for it (``B up``)."""
    letter, _space, way = move.partition(" ")
    letters = list(order)
    if letter not in letters or way not in ("up", "down"):
        return tuple(order)
    place = letters.index(letter)
    other = place - 1 if way == "up" else place + 1
    if 0 <= other < len(letters):
        letters[place], letters[other] = letters[other], letters[place]
    return tuple(letters)


def own_verdict(rating: str) -> Verdict | None:
    """What a person says of an own short answer; None when nothing was said."""
    return Verdict(rating) if rating in RATINGS else None


def _only(choices: tuple[str, ...]) -> str | None:
    return choices[0] if len(choices) == 1 else None
