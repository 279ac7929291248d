"""Cards: how long a person is likely to remember one question, by FSRS; pure.

The library takes instants; a card here knows days only, at which it is told midnight. So two
drills of one day are one short interval, and the hour of a drill changes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import MAX_DIFFICULTY, STABILITY_MIN

from lianbing.grading.rules import Verdict

SCHEDULER = Scheduler(
    desired_retention=0.9, learning_steps=(), relearning_steps=(), enable_fuzzing=False
)
"""Days are the shortest step of a drill a day; without chance, so that a replay agrees."""

DECAY = -SCHEDULER.parameters[20]
FACTOR = 0.9 ** (1.0 / DECAY) - 1.0
"""The forgetting curve of FSRS 6: 90 % are left after as many days as the stability."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewState:
    """A question's card: ``stability`` in days, ``difficulty`` 1 to 10, due from ``due`` on."""

    stability: float
    difficulty: float
    due: date
    last_on: date


def reviewed(state: ReviewState | None, verdict: Verdict, day: date) -> ReviewState:
    """The card after an answer; only a wholly right one counts as remembered."""
    rating = Rating.Good if verdict is Verdict.RIGHT else Rating.Again
    card, _log = SCHEDULER.review_card(_card(state, day), rating, _midnight(day))
    return ReviewState(
        stability=card.stability or STABILITY_MIN,
        difficulty=card.difficulty or MAX_DIFFICULTY,
        due=card.due.date(),
        last_on=day,
    )


def replayed(first: tuple[Verdict, date], *later: tuple[Verdict, date]) -> ReviewState:
    """The card after all of a question's answers, in their order."""
    state = reviewed(None, *first)
    for verdict, day in later:
        state = reviewed(state, verdict, day)
    return state


def recall_chance(state: ReviewState, day: date) -> float:
    """How likely the question is remembered on a day: the library's own curve, without its cards.

    A day's pick asks this of hundreds of questions.
    """
    days = max((day - state.last_on).days, 0)
    return (1.0 + FACTOR * days / state.stability) ** DECAY


def _card(state: ReviewState | None, day: date) -> Card:
    if state is None:
        return Card(card_id=0, due=_midnight(day))  # without an id the library sleeps
    return Card(
        card_id=0,
        state=State.Review,
        stability=state.stability,
        difficulty=state.difficulty,
        due=_midnight(state.due),
        last_review=_midnight(state.last_on),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
