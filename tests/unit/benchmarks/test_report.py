"""The bench's own arithmetic: its keys, percentiles, CPU a request."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = str(Path(__file__).resolve().parents[3] / "scripts")
KEYS = [
    *("scenario", "cores", "requests", "errors", "lost", "throughput_per_s"),
    *("p50_ms", "p95_ms", "p99_ms", "cpu_ms_per_request", "peak_rss_mb", "floors", "goals"),
]


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(SCRIPTS)
    return import_module("benchmarks.report")


def test_report_has_exactly_the_promised_keys(report: Any) -> None:
    made = report.Report(scenario="save", requests=4, seconds=2.0, latencies=[0.001] * 4)
    made.cpu_seconds = {"web": 0.002, "postgresql": 0.001}
    made.goal("p99", "< 50", 1.0, met=True)
    found = made.to_json()
    assert list(found) == KEYS
    assert found["throughput_per_s"] == 2.0
    assert found["cpu_ms_per_request"] == {"all": 0.75, "web": 0.5, "postgresql": 0.25}
    assert found["goals"] == {"p99": {"goal": "< 50", "value": 1.0, "met": True}}


def test_percentiles_are_of_the_whole_run(report: Any) -> None:
    latencies = [number / 1000 for number in range(100, 0, -1)]
    assert report.percentile_ms(latencies, 50) == 51.0
    assert report.percentile_ms(latencies, 99) == 100.0
    assert report.percentile_ms([], 50) is None


def test_cost_of_a_process_is_seen_and_none_of_one_that_is_gone(
    report: Any,  # makes the package importable
) -> None:
    processes = import_module("proving.processes")
    assert processes.cpu_seconds(os.getpid()) > 0
    assert processes.memory_mb(os.getpid()) > 1
    assert processes.cpu_seconds(2**22 + 1) == 0.0
