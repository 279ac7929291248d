"""Weekly leagues as pure decisions: groups of some thirty people of similar scores.

At a week's turn each group is settled by the points of the week: about a fifth at the top move
up a tier, about a fifth at the bottom move down, equal points share one fate. Then all who were
there are ordered within their new tiers by those points and cut into even groups, so one meets
people of similar scores. Who begins during the week joins the last group of their tier.
Everything depends on the week's points alone, in whatever order it is read.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lianbing.kernel.ids import PersonId

GROUP_SIZE = 30
LOWEST, HIGHEST = 1, 4
"""Tiers: 丁, 丙, 乙, 甲."""
A_FIFTH = 5
SMALLEST_MOVING = 3


class Outcome(StrEnum):
    """What a week came to for one person."""

    PROMOTED = "promoted"
    KEPT = "kept"
    DEMOTED = "demoted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrant:
    """Who plays in a week: their tier, and the points they had in the week before."""

    person_id: PersonId
    tier: int
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where somebody plays in a week; groups are numbered from 1 within a tier."""

    person_id: PersonId
    tier: int
    group: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """How a week ended for somebody; equal points share a rank."""

    person_id: PersonId
    rank: int
    outcome: Outcome
    next_tier: int


def settle(points: Mapping[PersonId, int], *, tier: int) -> dict[PersonId, Settled]:
    """The end of a week in one group, from everyone's points.

    Nobody rises without a point, and a group of fewer than three moves nobody.
    """
    movers = _movers(len(points))
    ordered = sorted(points.values(), reverse=True)
    settled = {}
    for person_id, own in points.items():
        above = sum(other > own for other in ordered)
        below = sum(other < own for other in ordered)
        outcome = _outcome(own, above=above, below=below, movers=movers, tier=tier)
        step = {Outcome.PROMOTED: 1, Outcome.KEPT: 0, Outcome.DEMOTED: -1}[outcome]
        settled[person_id] = Settled(
            person_id=person_id, rank=above + 1, outcome=outcome, next_tier=tier + step
        )
    return settled


def _movers(size: int) -> int:
    return 0 if size < SMALLEST_MOVING else max(1, size // A_FIFTH)


def _outcome(points: int, *, above: int, below: int, movers: int, tier: int) -> Outcome:
    # A whole group of equal points stays together: neither end is a merit or a fault.
    if above == below == 0:
        return Outcome.KEPT
    if points > 0 and above < movers and tier < HIGHEST:
        return Outcome.PROMOTED
    if below < movers and above >= movers and tier > LOWEST:
        return Outcome.DEMOTED
    return Outcome.KEPT


def form_groups(entrants: Collection[Entrant], *, week: date) -> list[Place]:
    """The groups of a week: per tier in order of points, cut evenly, none above thirty."""
    places: list[Place] = []
    for tier in range(HIGHEST, LOWEST - 1, -1):
        own = sorted(
            (entrant for entrant in entrants if entrant.tier == tier),
            key=lambda entrant: (-entrant.points, lot(entrant.person_id, week), entrant.person_id),
        )
        for number, group in enumerate(_cut(own), start=1):
            places += [Place(person_id=one.person_id, tier=tier, group=number) for one in group]
    return places


def _cut(ordered: Sequence[Entrant]) -> Iterable[Sequence[Entrant]]:
    groups = -(-len(ordered) // GROUP_SIZE)
    for number in range(groups):
        yield ordered[number * len(ordered) // groups : (number + 1) * len(ordered) // groups]


def seat(sizes: Mapping[int, int]) -> int:
    """The group a latecomer joins: the last of the tier, or a new one when it is full."""
    last = max(sizes, default=0)
    return last if last and sizes[last] < GROUP_SIZE else last + 1


def lot(person_id: PersonId, week: date) -> str:
    """What settles equal points: drawn by person and week, so it favours nobody for long."""
    return hashlib.blake2b(f"{week}:{person_id}".encode(), digest_size=6).hexdigest()
