"""Counts over processes: summed, kept when a process ends, cheap enough for every save."""

import os

import pytest

from lianbing.infra import metrics
from lianbing.infra.metrics import Metrics, SharedRows, share_rows


@pytest.fixture(autouse=True)
def _nothing_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_shared", None)


def samples(counted: Metrics) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in counted.collect()
        for sample in family.samples
    }


def test_counters_gauges_and_distributions_say_what_was_counted() -> None:
    counted = Metrics()
    request = counted.counter("requests", "…", ("route",), [("/a",), ("/b",)])
    busy = counted.gauge("busy", "…")
    size = counted.histogram("size", "…", (1.0, 8.0))
    request("/a")
    request("/a", by=2)
    request("/never declared")
    busy(2)
    busy(-1)
    for value in (1, 2, 8, 9):
        size(value)
    assert samples(counted) == {
        ("requests_total", "/a"): 3,
        ("busy",): 1,
        ("size_bucket", "1.0"): 1,
        ("size_bucket", "8.0"): 3,
        ("size_bucket", "+Inf"): 4,
        ("size_count",): 4,
        ("size_sum",): 20,
    }


def in_child(work: "object") -> None:
    pid = os.fork()
    if pid == 0:
        try:
            work()  # type: ignore[operator]
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def declared() -> tuple[Metrics, object, object]:
    counted = Metrics()
    return counted, counted.counter("saves", "…"), counted.gauge("busy", "…")


def test_every_process_sees_the_counts_of_all_also_of_those_that_ended() -> None:
    share_rows(2)

    def count() -> None:
        _counted, save, busy = declared()
        save(by=5)
        busy(3)

    in_child(count)
    in_child(count)  # takes the row of the first, which is gone
    counted, save, _busy = declared()
    save()
    found = samples(counted)
    assert found["saves_total",] == 11
    assert found["busy",] == 0


def test_a_process_too_many_counts_for_itself_and_spoils_nothing() -> None:
    share_rows(1)
    first, save, _ = declared()
    save()
    second, save_too, _ = declared()
    save_too()
    assert samples(first)["saves_total",] == 1
    assert samples(second)["saves_total",] == 1


def test_more_than_a_row_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "CELLS", 4)
    counted = Metrics()
    with pytest.raises(RuntimeError, match="CELLS"):
        counted.histogram("size", "…", (1.0, 2.0, 3.0, 4.0))


def test_a_row_of_a_living_process_is_not_taken() -> None:
    rows = SharedRows(1)
    assert rows.claim() is not None
    assert rows.claim() is None
