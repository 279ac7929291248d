"""Today's ten as a pure decision: due reviews, weak points that weigh much, a little new.

The same standing, cards, questions and day give the same ten. Nothing is left to chance, and
equals come in the order of their ids.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.practice.daily.cards import ReviewState, recall_chance
from lianbing.practice.mastery.rules import Standing

TEN = 10
MOST_DUE = 5
"""Reviews leave room for what is weak and what is new; they take more only where those end."""
LEAST_NEW = 2
MOST_OF_A_POINT = 2
"""A day looks at several points, unless there are not enough of them."""
POINTS_LOOKED_AT = 2 * TEN


class Reason(StrEnum):
    """Why a question is asked today."""

    DUE = "due"
    WEAK = "weak"
    NEW = "new"


@dataclass(frozen=True, kw_only=True, slots=True)
class Askable:
    """A question that may be asked, with its card; None when it was never answered."""

    question_id: QuestionId
    version_id: QuestionVersionId
    point_id: int
    card: ReviewState | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Picked:
    """A question of a daily drill, and why."""

    question_id: QuestionId
    version_id: QuestionVersionId
    point_id: int
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsToAsk:
    """Points worth a question today, the most worthwhile first."""

    weak: tuple[int, ...]
    new: tuple[int, ...]


def points_to_ask(standings: Sequence[Standing], askable_points: Collection[int]) -> PointsToAsk:
    """The points with the most marks at stake: those known to be weak, and those never met."""
    open_points = [point for point in standings if point.point_id in askable_points]
    ordered = sorted(open_points, key=lambda point: (-point.at_stake, point.point_id))
    return PointsToAsk(
        weak=tuple(p.point_id for p in ordered if p.estimate.answers)[:POINTS_LOOKED_AT],
        new=tuple(p.point_id for p in ordered if not p.estimate.answers)[:POINTS_LOOKED_AT],
    )


class _Basket:
    """The questions chosen so far, at most ``MOST_OF_A_POINT`` of a point until that is lifted."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._of_points: Counter[int] = Counter()
        self.picked: dict[QuestionId, Picked] = {}

    def fill(
        self, questions: Sequence[Askable], reason: Reason, *, upto: int, of_a_point: int
    ) -> None:
        """Add from the front until ``upto`` of the reason are in, or the basket is full."""
        has = sum(each.reason is reason for each in self.picked.values())
        for question in questions:
            if has >= upto or len(self.picked) >= self._size:
                return
            if question.question_id in self.picked:
                continue
            if self._of_points[question.point_id] >= of_a_point:
                continue
            self._of_points[question.point_id] += 1
            self.picked[question.question_id] = Picked(
                question_id=question.question_id,
                version_id=question.version_id,
                point_id=question.point_id,
                reason=reason,
            )
            has += 1


def pick_ten(
    questions: Sequence[Askable],
    points: PointsToAsk,
    shares: Mapping[int, float],
    day: date,
    *,
    count: int = TEN,
) -> tuple[Picked, ...]:
    """Up to ``count`` questions for a day, reviews first; fewer only when there are not more.

    ``questions``: all that are due, and those of the points to ask. Due ones go by the marks
    that forgetting them puts at risk; of a point, what was never asked comes before what will
    be due first. Nothing that was answered on this day comes again.
    """
    open_today = [q for q in questions if q.card is None or q.card.last_on < day]
    due = _due(open_today, shares, day)
    weak = _of_points(open_today, points.weak)
    new = _of_points([q for q in open_today if q.card is None], points.new)
    basket = _Basket(count)
    room = max(count - min(LEAST_NEW, len(new)), 0)
    for of_a_point in (MOST_OF_A_POINT, count):
        basket.fill(due, Reason.DUE, upto=min(MOST_DUE, room), of_a_point=of_a_point)
        basket.fill(new, Reason.NEW, upto=LEAST_NEW, of_a_point=of_a_point)
        basket.fill(weak, Reason.WEAK, upto=count, of_a_point=of_a_point)
        basket.fill(new, Reason.NEW, upto=count, of_a_point=of_a_point)
        basket.fill(due, Reason.DUE, upto=count, of_a_point=of_a_point)
    ordered = sorted(basket.picked.values(), key=lambda each: _ORDER[each.reason])
    return tuple(ordered)


_ORDER = {Reason.DUE: 0, Reason.WEAK: 1, Reason.NEW: 2}


def _due(questions: Sequence[Askable], shares: Mapping[int, float], day: date) -> list[Askable]:
    found = [
        (-shares.get(question.point_id, 0.0) * (1 - recall_chance(question.card, day)), question)
        for question in questions
        if question.card is not None and question.card.due <= day
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].question_id))
    return [question for _, question in found]


def _of_points(questions: Sequence[Askable], points: Sequence[int]) -> list[Askable]:
    """Points in turn: the first question of each, then the second of each."""
    own: dict[int, list[Askable]] = {point_id: [] for point_id in points}
    for question in questions:
        if question.point_id in own:
            own[question.point_id].append(question)
    for each in own.values():
        each.sort(key=_never_asked_first)
    ranked = [
        (rank, place, question)
        for place, each in enumerate(own.values())
        for rank, question in enumerate(each)
    ]
    ranked.sort(key=lambda row: row[:2])
    return [question for _rank, _place, question in ranked]


def _never_asked_first(question: Askable) -> tuple[date, int]:
    due = question.card.due if question.card is not None else date.min
    return due, question.question_id
