"""Mastery of an assessment point as a pure estimate: the chance of a right answer today.

Every answer is evidence; evidence halves in weight every ``HALF_LIFE`` days, so an estimate
that nothing feeds goes back to the prior and its margin widens. Evidence adds up in any order,
so answers that arrive late, and those of merged identities, simply join the sum.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from lianbing.grading.rules import Verdict
from lianbing.subjects.queries import ScopeRow
from lianbing.subjects.rules import Importance

HALF_LIFE = 60.0
"""Days in which an answer loses half of its weight."""
PRIOR_MEAN = 0.4
"""What is expected of somebody of whom nothing is known: a little above guessing."""
PRIOR_ANSWERS = 2.0
"""How many answers the prior is worth."""
FULL_MARKS = 100.0
IMPORTANCE_SHARE = {Importance.X: 3.0, Importance.Y: 2.0, Importance.Z: 1.0}
"""How the points of a scope share its weight: core, general, auxiliary."""
RIGHT_SHARE = {
    Verdict.RIGHT: 1.0,
    Verdict.PARTIAL: 0.5,
    Verdict.WRONG: 0.0,
    Verdict.UNANSWERED: 0.0,
    Verdict.UNMARKED: 0.0,
}
"""How much of an answer was right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Answers to questions of one point, in the weight they have on ``as_of``."""

    right: float = 0.0
    wrong: float = 0.0
    as_of: date
    answers: int = 0

    def on(self, day: date) -> "Evidence":
        """The same evidence in its weight of another day; never heavier than when given."""
        keeps = _keeps(self.as_of, day)
        as_of = max(day, self.as_of)
        return Evidence(
            right=self.right * keeps, wrong=self.wrong * keeps, as_of=as_of, answers=self.answers
        )


def _keeps(as_of: date, day: date) -> float:
    """How much of its weight an answer keeps from one day to another."""
    return float(0.5 ** (max((day - as_of).days, 0) / HALF_LIFE))


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """``mean``: the chance of a right answer; ``margin``: one standard deviation at most.

    ``answers``: how many it rests on, 0 for the bare prior.
    """

    mean: float
    margin: float
    answers: int


def answered(verdict: Verdict, day: date) -> Evidence:
    """One answer as evidence."""
    share = RIGHT_SHARE[verdict]
    return Evidence(right=share, wrong=1.0 - share, as_of=day, answers=1)


def joined(first: Evidence, *others: Evidence) -> Evidence:
    """All pieces together, as of the latest of them."""
    if not others:
        return first
    pieces = (first, *others)
    day = max(piece.as_of for piece in pieces)
    aged = [piece.on(day) for piece in pieces]
    return Evidence(
        right=sum(piece.right for piece in aged),
        wrong=sum(piece.wrong for piece in aged),
        as_of=day,
        answers=sum(piece.answers for piece in pieces),
    )


def estimate(evidence: Evidence | None, day: date) -> Estimate:
    """What the evidence says on a day.

    The margin is the widest a Beta distribution of that many answers can be, so it narrows
    with every answer and widens with every day, whatever the answers were.
    """
    right = wrong = 0.0
    if evidence is not None:
        keeps = _keeps(evidence.as_of, day)
        right, wrong = evidence.right * keeps, evidence.wrong * keeps
    weight = PRIOR_ANSWERS + right + wrong
    return Estimate(
        mean=(PRIOR_ANSWERS * PRIOR_MEAN + right) / weight,
        margin=0.5 / sqrt(weight + 1.0),
        answers=evidence.answers if evidence is not None else 0,
    )


def point_shares(tree: Sequence[ScopeRow]) -> dict[int, float]:
    """Each point's share of the theory paper; together 1, or nothing for an empty outline.

    A scope's weight goes to the scopes below it in proportion to theirs, and what these leave to
    its own points, which share it by importance. Where no weight is written, points alone count.
    """
    shares: dict[int, float] = {}
    for scope in tree:
        _share_out(scope, float(scope.weight), shares)
    if not any(shares.values()):
        shares = {
            point.id: IMPORTANCE_SHARE[point.importance]
            for scope in tree
            for point in scope.all_points()
        }
    whole = sum(shares.values())
    return {point_id: share / whole for point_id, share in shares.items()}


def _share_out(scope: ScopeRow, weight: float, shares: dict[int, float]) -> None:
    below = [child for child in scope.children if child.all_points()]
    wanted = {child.id: float(child.weight) for child in below}
    stated = sum(wanted.values())
    own = sum(IMPORTANCE_SHARE[point.importance] for point in scope.points)
    if not stated:
        wanted = {child.id: float(len(child.all_points())) for child in below}
        stated = sum(wanted.values())
        left = weight * own / (own + stated) if own else 0.0
    else:
        left = max(weight - stated, 0.0) if own else 0.0
    for point in scope.points:
        shares[point.id] = left * IMPORTANCE_SHARE[point.importance] / own
    for child in below:
        _share_out(child, (weight - left) * wanted[child.id] / stated, shares)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A point with what is known of it; ``at_stake``: marks of 100 a full mastery would add."""

    point_id: int
    share: float
    estimate: Estimate

    @property
    def at_stake(self) -> float:
        return FULL_MARKS * self.share * (1.0 - self.estimate.mean)

    @property
    def expected(self) -> float:
        """The marks of 100 it is expected to bring today."""
        return FULL_MARKS * self.share * self.estimate.mean


def standings(
    shares: Mapping[int, float], evidence: Mapping[int, Evidence], day: date
) -> list[Standing]:
    """Every point of the outline, in its order."""
    return [
        Standing(point_id=point_id, share=share, estimate=estimate(evidence.get(point_id), day))
        for point_id, share in shares.items()
    ]


def weakest_first(points: Iterable[Standing]) -> list[Standing]:
    """What would raise the expected theory score most, first; equals in the order of their ids."""
    return sorted(points, key=lambda point: (-point.at_stake, point.point_id))


def expected_mark(points: Iterable[Standing]) -> float:
    """The marks of 100 expected in a theory paper today."""
    return sum(point.expected for point in points)


def expected_margin(points: Iterable[Standing]) -> float:
    """One standard deviation, at most, of the expected mark; points err independently."""
    return FULL_MARKS * sqrt(sum((point.share * point.estimate.margin) ** 2 for point in points))
