"""How the simulated learners remember, forget and take their time. Not the scheduler's model.

Memory follows the activation theory of ACT-R with the spacing effect of Pavlik and Anderson
(2005): every time a question is met leaves a trace, a trace fades by a power of its age, and
the more active the memory was when the trace was laid, the sooner it fades:

    activation(t) = ln( sum over traces of weight * (t - t_k) ** -d_k )
    d_k = SPACING * exp(activation at t_k) + decay of the learner
    remembered   = 1 / (1 + exp((THRESHOLD - activation) / NOISE))

FSRS, which the product schedules by, knows neither traces nor activation: it carries two numbers
a question from answer to answer. Two routes lead to a right answer beside guessing: what is
remembered of the question itself, and what is understood of its assessment point, which each
of the point's questions feeds a little (TRANSFER) and which carries over to questions never
seen, those kept for exams included. What was known before the first day does not fade.

Parameters: SPACING and the mean decay as Pavlik and Anderson give them, nights counting as they
propose (time away from practice runs at 2.5 % of its pace); THRESHOLD and NOISE set so that one
question answered once, with its explanation read, is remembered by 62 % the next day, 33 % after
a month. Written down before any run; not to be changed to please a result.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.learning.banks import StudyBank

SPACING = 0.217
DECAY = 0.177
THRESHOLD = -1.6
NOISE = 0.5
TRANSFER = 0.35
SLIP = 0.03
DAY = 86_400 * 0.025
"""A day in the model's own seconds."""
IN_A_DRILL = 30.0
"""From one question to the next, in seconds."""
RIGHT_FEEDBACK, WRONG_FEEDBACK = 3.0, 15.0
"""Seconds on the feedback: a glance, or the explanation read."""
SLOW_WHEN_UNSURE = 0.5
"""How much longer an answer takes when nothing is known."""
KNOWN_AT_FIRST = -0.7
"""Log-odds that an average learner understands a point of middling difficulty on day 0."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Learners:
    """A population over one bank; arrays have a row a learner."""

    known: Floats
    """The chance that each point was understood before the first day: learners × points."""
    decay: Floats
    activation: Floats
    pace: Floats

    @property
    def count(self) -> int:
        return len(self.decay)


def make_learners(bank: StudyBank, count: int, seed: int) -> Learners:
    """Learners who differ in what they know, in their memory and in their pace."""
    rng = np.random.default_rng(seed)
    scopes = len(bank.scopes)
    logits = (
        KNOWN_AT_FIRST
        + rng.normal(0.0, 0.8, (count, 1))
        + rng.normal(0.0, 0.5, (count, scopes))[:, bank.scope_of_point]
        + rng.normal(0.0, 0.7, (count, bank.points))
    )
    return Learners(
        known=1.0 / (1.0 + np.exp(-logits)),
        decay=DECAY * rng.lognormal(0.0, 0.15, count),
        activation=rng.normal(0.0, 0.3, count),
        pace=rng.lognormal(0.0, 0.2, count),
    )


class Memory:
    """The traces of all learners under one plan; every learner answers at the same instant."""

    def __init__(self, bank: StudyBank, learners: Learners, most_answers: int) -> None:
        shape = (learners.count, most_answers)
        self._bank = bank
        self._learners = learners
        self._question = np.full(shape, -1, dtype=np.int64)
        self._point = np.full(shape, -1, dtype=np.int64)
        self._at = np.zeros(shape)
        self._fades_question = np.zeros(shape)
        self._fades_point = np.zeros(shape)
        self._met = np.zeros(learners.count, dtype=np.int64)

    def answer(
        self, who: Ints, question: Ints, at: float, chance: Floats
    ) -> tuple[NDArray[np.bool_], Floats]:
        """The learners ``who`` answer one question each: right or not, and the seconds it took.

        ``chance``: a uniform number each. The explanation is read, so a trace is laid either way.
        """
        point = self._bank.point[question]
        own, shared = self._traces(who, question, point, at)
        offset = self._learners.activation[who]
        knows = self._knows(who, question, point, own, shared, offset)
        right = chance < _right(knows, self._bank.guess[question])
        slow = 1.0 + SLOW_WHEN_UNSURE * (1.0 - knows)
        seconds = self._learners.pace[who] * (
            self._bank.seconds[question] * slow + np.where(right, RIGHT_FEEDBACK, WRONG_FEEDBACK)
        )
        place = self._met[who]
        self._question[who, place], self._point[who, place] = question, point
        self._at[who, place] = at
        decay = self._learners.decay[who]
        self._fades_question[who, place] = SPACING * own * np.exp(offset) + decay
        self._fades_point[who, place] = SPACING * shared * np.exp(offset) + decay
        self._met[who] += 1
        return right, seconds

    def expected_mark(self, at: float) -> Floats:
        """Each learner's expected mark of 100 in a blueprint paper at an instant."""
        marks = np.zeros(self._learners.count)
        weights = self._bank.exam_weights
        examined = np.flatnonzero(weights)
        points = self._bank.point[examined]
        for learner in range(self._learners.count):
            met = self._met[learner]
            age = np.maximum(at - self._at[learner, :met], 1.0)
            own = np.bincount(
                self._question[learner, :met],
                age ** -self._fades_question[learner, :met],
                minlength=len(weights),
            )
            shared = TRANSFER * np.bincount(
                self._point[learner, :met],
                age ** -self._fades_point[learner, :met],
                minlength=self._bank.points,
            )
            who = np.full(len(examined), learner)
            offset = self._learners.activation[who]
            knows = self._knows(who, examined, points, own[examined], shared[points], offset)
            marks[learner] = (_right(knows, self._bank.guess[examined]) * weights[examined]).sum()
        return marks

    def _traces(self, who: Ints, question: Ints, point: Ints, at: float) -> tuple[Floats, Floats]:
        """What is left at an instant of all traces of a question, and of its point."""
        most = int(self._met[who].max(initial=0))
        age = np.maximum(at - self._at[who, :most], 1.0)
        same_question = self._question[who, :most] == question[:, None]
        same_point = self._point[who, :most] == point[:, None]
        rows, places = np.nonzero(same_question)
        own = np.bincount(
            rows,
            age[rows, places] ** -self._fades_question[who[rows], places],
            minlength=len(who),
        )
        rows, places = np.nonzero(same_point)
        shared = np.bincount(
            rows, age[rows, places] ** -self._fades_point[who[rows], places], minlength=len(who)
        )
        return own, TRANSFER * shared

    def _knows(
        self,
        who: Ints,
        question: Ints,
        point: Ints,
        own: Floats,
        shared: Floats,
        offset: Floats,
    ) -> Floats:
        """The chance to know: from before, from the question itself, or from its point.

        A question harder than middling was less likely understood before.
        """
        before = self._learners.known[who, point] * (1.25 - 0.5 * self._bank.difficulty[question])
        before = np.clip(before, 0.0, 1.0)
        missed = (1.0 - _remembered(own, offset)) * (1.0 - _remembered(shared, offset))
        return 1.0 - (1.0 - before) * missed


def _remembered(strength: Floats, offset: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        activation = np.log(strength) + offset
    return 1.0 / (1.0 + np.exp((THRESHOLD - activation) / NOISE))


def _right(knows: Floats, guess: Floats) -> Floats:
    return knows * (1.0 - SLIP) + (1.0 - knows) * guess
