"""Leagues: everyone placed once, similar scores together, ties share a fate, order is no matter."""

import random
from collections import Counter, defaultdict
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lianbing.kernel.ids import PersonId
from lianbing.practice.rewards.leagues import (
    GROUP_SIZE,
    HIGHEST,
    LOWEST,
    Entrant,
    Outcome,
    form_groups,
    seat,
    settle,
)

WEEK = date(2026, 11, 16)
tiers = st.integers(LOWEST, HIGHEST)
points = st.integers(0, 280)
groups = st.dictionaries(st.integers(1, 999).map(PersonId), points, max_size=40)
fields = st.dictionaries(st.integers(1, 999).map(PersonId), st.tuples(tiers, points), max_size=150)


def entrants_of(field: dict[PersonId, tuple[int, int]]) -> list[Entrant]:
    return [
        Entrant(person_id=person_id, tier=tier, points=own)
        for person_id, (tier, own) in field.items()
    ]


@given(fields, st.integers())
def test_everyone_gets_one_place_in_their_tier_in_whatever_order_they_come(
    field: dict[PersonId, tuple[int, int]], seed: int
) -> None:
    entrants = entrants_of(field)
    places = form_groups(entrants, week=WEEK)
    assert Counter(place.person_id for place in places) == Counter(field.keys())
    assert all(place.tier == field[place.person_id][0] for place in places)
    random.Random(seed).shuffle(entrants)
    assert form_groups(entrants, week=WEEK) == places


@given(fields)
def test_groups_are_even_and_hold_people_of_similar_scores(
    field: dict[PersonId, tuple[int, int]],
) -> None:
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place in form_groups(entrants_of(field), week=WEEK):
        found[place.tier][place.group].append(field[place.person_id][1])
    for tier in found.values():
        sizes = [len(group) for group in tier.values()]
        assert max(sizes) <= GROUP_SIZE
        assert max(sizes) - min(sizes) <= 1
        assert sorted(tier) == list(range(1, len(tier) + 1))
        for number in range(1, len(tier)):
            assert min(tier[number]) >= max(tier[number + 1])


@given(groups, tiers)
def test_equal_points_share_rank_and_fate(group: dict[PersonId, int], tier: int) -> None:
    settled = settle(group, tier=tier)
    fates: dict[int, set[tuple[int, Outcome, int]]] = defaultdict(set)
    for person_id, one in settled.items():
        fates[group[person_id]].add((one.rank, one.outcome, one.next_tier))
    assert all(len(fate) == 1 for fate in fates.values())
    assert settled.keys() == group.keys()


@given(groups, tiers)
def test_who_rises_has_more_than_who_stays_and_who_stays_more_than_who_falls(
    group: dict[PersonId, int], tier: int
) -> None:
    by_outcome: dict[Outcome, list[int]] = {outcome: [] for outcome in Outcome}
    for person_id, one in settle(group, tier=tier).items():
        by_outcome[one.outcome].append(group[person_id])
        assert LOWEST <= one.next_tier <= HIGHEST
        assert abs(one.next_tier - tier) <= 1
    promoted, kept, demoted = (by_outcome[outcome] for outcome in Outcome)
    assert min(promoted, default=1) > 0
    assert min(promoted, default=999) > max(kept, default=-1)
    assert min(kept, default=999) > max(demoted, default=-1)
    assert min(promoted, default=999) > max(demoted, default=-1)


def test_a_fifth_rises_and_a_fifth_falls() -> None:
    group = {PersonId(number): number for number in range(1, 31)}
    counted = Counter(one.outcome for one in settle(group, tier=2).values())
    assert counted == {Outcome.PROMOTED: 6, Outcome.KEPT: 18, Outcome.DEMOTED: 6}


def test_nobody_moves_where_there_is_nobody_to_play_with() -> None:
    assert settle({PersonId(1): 40}, tier=2)[PersonId(1)].outcome is Outcome.KEPT
    pair = settle({PersonId(1): 40, PersonId(2): 0}, tier=2)
    assert {one.outcome for one in pair.values()} == {Outcome.KEPT}


@given(tiers, st.integers(1, 30), points)
def test_a_group_of_equals_stays_together(tier: int, size: int, own: int) -> None:
    group = {PersonId(number): own for number in range(size)}
    assert {one.outcome for one in settle(group, tier=tier).values()} == {Outcome.KEPT}


@given(st.dictionaries(st.integers(1, 9), st.integers(1, GROUP_SIZE), max_size=9))
def test_a_latecomer_finds_room_in_the_last_group_or_a_new_one(sizes: dict[int, int]) -> None:
    group = seat(sizes)
    assert sizes.get(group, 0) < GROUP_SIZE
    assert group >= max(sizes, default=1)
