"""One contract for every board: in SQL on both databases, and in Redis over PostgreSQL."""

import random

import pytest
from tests.integration.leaderboards.conftest import NOW, World

from lianbing.infra.database import transaction
from lianbing.leaderboards.board import Entry, Standing
from lianbing.leaderboards.rules import ALL, tie_order
from lianbing.leaderboards.tasks import project_due

UNIT, OTHER, TEAM = "org:12", "org:13", "team:55"


def places(world: World, standings: tuple[Standing, ...]) -> list[tuple[int, int]]:
    """(rank, person's index) in the order shown."""
    return [(standing.rank, world.people.index(standing.person_id)) for standing in standings]


def test_empty_board_has_nobody(world: World) -> None:
    board = world.reader()
    assert board.top(world.board_id, 10) == ()
    assert board.place(world.board_id, world.people[0]) is None
    assert board.around(world.board_id, world.people[0], 2) == ()
    assert board.count(world.board_id) == 0


def test_more_marks_then_less_time_stands_higher(world: World) -> None:
    world.record((0, "82.5", 900, ()), (1, 90, 1800, ()), (2, "82.5", 600, ()))
    assert places(world, world.reader().top(world.board_id, 10)) == [(1, 1), (2, 2), (3, 0)]
    assert places(world, world.reader().top(world.board_id, 2)) == [(1, 1), (2, 2)]
    assert world.reader().top(world.board_id, 0) == ()


def test_equal_results_share_a_place_and_the_next_is_skipped(world: World) -> None:
    world.record((0, 90, 600, ()), (1, 90, 600, ()), (2, 80, 600, ()), (3, 95, 600, ()))
    shown = world.reader().top(world.board_id, 10)
    assert [standing.rank for standing in shown] == [1, 2, 2, 4]
    for index, rank in ((0, 2), (1, 2), (2, 4), (3, 1)):
        place = world.reader().place(world.board_id, world.people[index])
        assert place is not None
        assert place.rank == rank


def test_order_inside_a_tie_is_by_digest_and_not_by_id(world: World) -> None:
    world.record(*((index, 90, 600, ()) for index in range(8)))
    shown = [standing.person_id for standing in world.reader().top(world.board_id, 8)]
    by_digest = sorted(
        world.people, key=lambda person: tie_order(world.board_id, person), reverse=True
    )
    assert shown == by_digest


def test_recording_again_replaces_and_is_idempotent(world: World) -> None:
    world.record((0, 60, 600, (UNIT,)), (1, 70, 600, (UNIT,)))
    for _ in range(2):
        world.record((0, 80, 600, (UNIT,)))
    assert places(world, world.reader().top(world.board_id, 9)) == [(1, 0), (2, 1)]
    assert world.reader().count(world.board_id) == 2
    place = world.reader().place(world.board_id, world.people[0])
    assert place is not None


def test_groups_have_places_of_their_own(world: World) -> None:
    world.record(
        (0, 90, 600, (UNIT, TEAM)), (1, 95, 600, (OTHER,)), (2, 80, 600, (UNIT,)), (3, 99, 1, ())
    )
    board = world.reader()
    assert places(world, board.top(world.board_id, 9, group=UNIT)) == [(1, 0), (2, 2)]
    assert places(world, board.top(world.board_id, 9, group=TEAM)) == [(1, 0)]
    assert board.count(world.board_id, group=OTHER) == 1
    assert board.count(world.board_id, group=ALL) == 4
    assert board.place(world.board_id, world.people[3], group=UNIT) is None


def test_leaving_a_group_leaves_its_board(world: World) -> None:
    world.record((0, 90, 600, (UNIT, TEAM)), (1, 80, 600, (UNIT,)))
    world.record((0, 90, 600, (OTHER,)))
    board = world.reader()
    assert places(world, board.top(world.board_id, 9, group=UNIT)) == [(1, 1)]
    assert board.count(world.board_id, group=TEAM) == 0
    assert places(world, board.top(world.board_id, 9, group=OTHER)) == [(1, 0)]


def test_removed_person_is_gone_everywhere(world: World) -> None:
    world.record((0, 90, 600, (UNIT,)), (1, 80, 600, (UNIT,)))
    world.remove(0)
    world.remove(5)
    board = world.reader()
    assert places(world, board.top(world.board_id, 9)) == [(1, 1)]
    assert board.place(world.board_id, world.people[0]) is None
    assert board.count(world.board_id, group=UNIT) == 1


def test_around_shows_neighbours_with_their_true_places(world: World) -> None:
    marks = (99, 90, 90, 90, 80, 70, 60, 50)
    world.record(*((index, mark, 600, (UNIT,)) for index, mark in enumerate(marks)))
    board = world.reader()
    shown = board.around(world.board_id, world.people[5], 1)
    assert places(world, shown) == [(5, 4), (6, 5), (7, 6)]
    first = board.around(world.board_id, world.people[0], 2)
    assert [standing.rank for standing in first] == [1, 2, 2]
    last = board.around(world.board_id, world.people[7], 2, group=UNIT)
    assert [standing.rank for standing in last] == [6, 7, 8]
    tied = board.around(world.board_id, first[2].person_id, 1)
    assert [standing.rank for standing in tied] == [2, 2, 2]


def fail_after_recording(world: World) -> None:
    with transaction() as session:
        entry = Entry(person_id=world.people[0], sort_key=1, groups=(UNIT,))
        world.board_in(session).record(world.board_id, entry, now=NOW)
        raise ZeroDivisionError


def test_rolled_back_record_is_nowhere(world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_recording(world)
    project_due()
    assert world.reader().count(world.board_id) == 0


def test_random_boards_agree_with_counting(world: World) -> None:
    rng = random.Random(20261120)
    for _ in range(5):
        results = [(index, rng.randint(0, 3), rng.randint(0, 1), ()) for index in range(8)]
        world.record(*results)
        keys = {world.people[index]: (marks, -seconds) for index, marks, seconds, _ in results}
        shown = world.reader().top(world.board_id, 8)
        assert len(shown) == 8
        for standing in shown:
            above = sum(key > keys[standing.person_id] for key in keys.values())
            assert standing.rank == above + 1
            assert world.reader().place(world.board_id, standing.person_id) == standing
            assert standing in world.reader().around(world.board_id, standing.person_id, 0)


def test_rebuild_changes_nothing(world: World) -> None:
    world.record((0, 90, 600, (UNIT,)), (1, 90, 600, (UNIT,)), (2, 70, 1, ()))
    board = world.reader()
    before = [board.top(world.board_id, 9, group=group) for group in (ALL, UNIT)]
    with transaction() as session:
        world.board_in(session).rebuild(world.board_id)
    assert [board.top(world.board_id, 9, group=group) for group in (ALL, UNIT)] == before
