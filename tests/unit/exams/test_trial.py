"""What a device's report comes to: pure rules of the trial sitting."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.rules import QuestionType
from lianbing.exams.entries import read_entries
from lianbing.exams.trial.questions import QUESTIONS, trial_paper
from lianbing.exams.trial.rules import (
    GRAVE,
    DeviceReport,
    Problem,
    TrialState,
    Wanted,
    browser_of,
    find_problems,
    read_report,
    trial_state,
)
from lianbing.papers.rules import candidate_paper

CHROME = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/"
GOOD = DeviceReport(
    is_secure=True,
    indexed_db=True,
    local_storage=True,
    unseals=True,
    offline_reload=True,
    full_screen=True,
    times=(80, 90, 300),
    acknowledged=5,
    width=360,
    height=740,
)


def problems(report: DeviceReport, *, agent: str = CHROME.format(120), **wanted: bool) -> set[str]:
    return {problem.value for problem in find_problems(report, agent, Wanted(**wanted))}


def test_good_device_has_no_problem() -> None:
    assert problems(GOOD) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"is_secure": False, "unseals": False, "offline_reload": False}, {"not_secure"}),
        ({"indexed_db": False}, {"no_indexed_db"}),
        ({"indexed_db": False, "local_storage": False}, {"nothing_kept"}),
        ({"failed": 1}, {"saves_failed"}),
        ({"acknowledged": 0}, {"nothing_saved"}),
        ({"times": (2000, 2100, 100)}, {"slow_network"}),
        ({"times": (10, 10, 7000)}, {"slow_network"}),
        ({"width": 319}, {"small_screen"}),
        ({"clock_offset": -60_001}, {"clock_off"}),
        ({"missing": 1}, {"browser_old"}),
    ],
)
def test_each_fault_is_named(changes: dict[str, object], expected: set[str]) -> None:
    assert problems(replace(GOOD, **changes)) == expected  # type: ignore[arg-type]


def test_full_screen_and_network_matter_only_where_the_exam_asks() -> None:
    windowed = replace(GOOD, full_screen=False)
    assert problems(windowed) == set()
    assert problems(windowed, full_screen=True) == {"no_full_screen"}
    assert problems(GOOD, inside_network=False) == {"outside_network"}


@pytest.mark.parametrize(
    ("agent", "found", "old"),
    [
        (CHROME.format(79), ("Chrome", 79), True),
        (CHROME.format(80), ("Chrome", 80), False),
        ("Mozilla/5.0 (X11) Gecko/20100101 Firefox/128.0", ("Firefox", 128), False),
        ("Mozilla/5.0 (iPhone) Version/13.1 Mobile/15E148 Safari/604.1", ("Safari", 13), True),
        ("something else", None, False),
    ],
)
def test_browser_is_recognised(agent: str, found: object, old: bool) -> None:
    assert browser_of(agent) == found
    assert ("browser_old" in problems(GOOD, agent=agent)) is old


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from([*GOOD.to_json(), "other"]), JSON))
def test_report_is_read_within_bounds_or_refused(raw: dict[str, object]) -> None:
    try:
        report = read_report(raw)
    except ValueError:
        return
    assert read_report(report.to_json()) == report
    assert all(0 <= ms < 10**9 for ms in report.times)
    assert report.failed >= 0


def test_every_problem_that_is_grave_makes_the_state_grave() -> None:
    def state(found: set[Problem]) -> TrialState:
        return trial_state(
            tried=True, reported=True, problems=len(found), is_grave=not GRAVE.isdisjoint(found)
        )

    assert state(set()) is TrialState.READY
    assert {state({problem}) for problem in GRAVE} == {TrialState.GRAVE}
    assert {state({problem}) for problem in set(Problem) - GRAVE} == {TrialState.SLIGHT}


def test_made_up_paper_has_every_type_and_shows_no_key() -> None:
    paper = trial_paper(lambda text: text.upper())
    shown = candidate_paper(paper)
    kinds = {question.type for question in QUESTIONS}
    assert kinds == set(QuestionType) - {QuestionType.SHORT_ANSWER}
    assert all("key" not in question for question in shown["questions"])
    assert shown["questions"][0]["stem"].isupper()
    accepted, refused = read_entries(
        paper,
        [
            {"seq": 1, "question": 1, "answer": "B"},
            {"seq": 2, "question": 4, "answer": ["a", "1"]},
            {"seq": 3, "question": 1, "answer": "Z"},
        ],
    )
    assert ([entry.seq for entry in accepted], set(refused)) == ([1, 2], {3})
