"""``board``: a million members; record, top, place and around from Python, and the rebuild."""

from array import array
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from proving.progress import say
from proving.world import FIRST_PERSON, copy_rows

from benchmarks.report import Report, percentile_ms
from benchmarks.stage import Options, Stage, set_up
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BoardId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.board import Entry
from lianbing.leaderboards.reading import board_in
from lianbing.leaderboards.rules import KEY_LIMIT, MaskPolicy, tie_order
from lianbing.leaderboards.tasks import project_due

MEMBERS = 1_000_000
ROUNDS = 1_000
BATCH = 100
GOAL_MS = 0.5
GOAL_REBUILD_SECONDS = 60.0
STRIDE = 7_919


def run(options: Options) -> Report:
    """Measure one process that asks and writes one thing after the other."""
    report = Report(scenario="board")
    count = options.candidates or MEMBERS
    with set_up(options) as stage:
        board_id = _fill(stage, count)
        seconds = _rebuild(board_id)
        met = seconds <= GOAL_REBUILD_SECONDS
        report.goal("rebuild_s", f"< {GOAL_REBUILD_SECONDS:.0f}", round(seconds, 1), met=met)
        meter = stage.meter()
        meter.start()
        _measure(board_id, count, report)
        report.cpu_seconds = meter.cpu()
        meter.look()
        report.peak_rss_mb = meter.peak_mb
        shown = board_in(db.session()).count(board_id)
        report.lost = count - shown
    return report


def _fill(stage: Stage, count: int) -> BoardId:
    say(f"inserting {count} persons and their results")
    now = utc_now()
    person = {"phone_active": True, "post": "", "larger_text": False, "self_registered": False}
    columns = {"name": "赛手", "created_at": now, **person}
    copy_rows("person", ({"id": FIRST_PERSON + n, **columns} for n in range(count)))
    with transaction() as session:
        board_id = boards.open_board(
            session,
            key="bench",
            title="百万人榜",
            organisation_id=stage.world.city_id,
            mask_policy=MaskPolicy.SURNAME,
            visible_from=now,
            now=now,
        )
    copy_rows("board_entry", _entries(board_id, count))
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE board_entry")
    return board_id


def _entries(board_id: BoardId, count: int) -> Iterator[dict[str, Any]]:
    now = utc_now()
    for number in range(count):
        person_id = PersonId(FIRST_PERSON + number)
        yield {
            "board_id": board_id,
            "person_id": person_id,
            "sort_key": _key(number),
            "tie_order": tie_order(board_id, person_id),
            "shown": '{"marks": "80", "seconds": 1200}',
            "recorded_at": now,
            "projected": True,
        }


def _key(number: int) -> int:
    return (number * STRIDE * 1_000_003) % KEY_LIMIT


def _rebuild(board_id: BoardId) -> float:
    say("rebuilding Redis from SQL")
    began = perf_counter()
    with transaction() as session:
        board_in(session).rebuild(board_id)
    return perf_counter() - began


def _measure(board_id: BoardId, count: int, report: Report) -> None:
    board = board_in(db.session())
    chosen = [PersonId(FIRST_PERSON + (n * STRIDE) % count) for n in range(ROUNDS)]
    questions: dict[str, Callable[[PersonId], object]] = {
        "top_100": lambda _person: board.top(board_id, 100),
        "my_place": lambda person: board.place(board_id, person),
        "around_me": lambda person: board.around(board_id, person, 3),
        "record_alone": lambda person: _record(board_id, [person]),
    }
    everything = array("d")
    began = perf_counter()
    for name, ask in questions.items():
        say(f"{name}, {ROUNDS} times")
        taken = array("d")
        for person in chosen:
            before = perf_counter()
            ask(person)
            taken.append(perf_counter() - before)
        db.session.rollback()
        middle = percentile_ms(taken, 50) or 0.0
        if name != "record_alone":
            report.goal(f"{name}_ms", f"< {GOAL_MS}", middle, met=middle < GOAL_MS)
        report.notes.append(f"{name}: p50 {middle} ms, p99 {percentile_ms(taken, 99)} ms")
        everything.extend(taken)
    each = _record_in_batches(board_id, chosen)
    report.goal("record_ms", f"< {GOAL_MS}", each, met=each < GOAL_MS)
    report.notes.append(f"record: each of a committed batch of {BATCH}, as the closing writes them")
    project_due()
    report.requests, report.latencies = len(everything), everything
    report.seconds = perf_counter() - began


def _record_in_batches(board_id: BoardId, people: list[PersonId]) -> float:
    taken = array("d")
    for start in range(0, len(people), BATCH):
        before = perf_counter()
        _record(board_id, people[start : start + BATCH])
        taken.append((perf_counter() - before) / BATCH)
    return percentile_ms(taken, 50) or 0.0


def _record(board_id: BoardId, people: list[PersonId]) -> None:
    entries = [
        Entry(person_id=id_, sort_key=_key(id_ + 1), shown={"marks": "81"}) for id_ in people
    ]
    with transaction() as session:
        boards.record_many(session, board_id, entries, now=utc_now())
