"""Counting what the product does, over all web processes, for ``/metrics``.

A count must cost a save next to nothing, and a scrape reaches one process of several. So the
figures lie in memory that all of them share: a row of numbers a process, made before the fork.
A process that ends leaves its row, with all it has counted, to the one that replaces it.
"""

import mmap
import os
import threading
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context

from flask import Flask, current_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Metric as Family

CELLS = 32_768
ROW_BYTES = CELLS * 8
OWNER = 0
"""The cell that holds the process id of a row's owner; 0 while it has none."""


class SharedRows:
    """Rows of numbers for so many processes, in memory that a fork shares."""

    def __init__(self, processes: int) -> None:
        self._memory = mmap.mmap(-1, processes * ROW_BYTES)
        self._cells = memoryview(self._memory).cast("d")
        self._rows = range(processes)
        self._lock = get_context("fork").Lock()

    def claim(self) -> "memoryview[float] | None":
        """This process's row: a free one, or that of a process that is gone; None when all live."""
        with self._lock:
            for number in self._rows:
                row = self._row(number)
                if not _lives(int(row[OWNER])):
                    row[OWNER] = os.getpid()
                    return row
        return None

    def total(self, cell: int) -> float:
        """A cell summed over all processes, those that ended included."""
        return sum(self._cells[number * CELLS + cell] for number in self._rows)

    def _row(self, number: int) -> "memoryview[float]":
        return self._cells[number * CELLS : (number + 1) * CELLS]


_shared: SharedRows | None = None


def share_rows(processes: int) -> None:
    """Make the rows that this process's children will count in; call before they are forked."""
    global _shared
    _shared = SharedRows(processes)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Meter:
    """What is counted under one name, and the cell of each combination of label values."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    cells: dict[tuple[str, ...], int]
    buckets: tuple[float, ...] = ()
    is_gauge: bool = False


class Metrics:
    """One application's counts. Every process must declare the same things in the same order."""

    def __init__(self) -> None:
        self._shared = _shared
        claimed = _shared.claim() if _shared is not None else None
        self._row: array[float] | memoryview[float] = (
            claimed if claimed is not None else array("d", bytes(ROW_BYTES))
        )
        self._is_shared = claimed is not None
        self._lock = threading.Lock()
        self._next = OWNER + 1
        self._meters: list[_Meter] = []

    def counter(
        self, name: str, text: str, labels: Sequence[str] = (), values: Sequence[Sequence[str]] = ()
    ) -> Callable[..., None]:
        """Declare a counter; the callable takes label values and counts one."""
        wanted = [tuple(value) for value in values] or [()]
        cells = {value: self._take(1) for value in wanted}
        self._meters.append(_Meter(name=name, help=text, labels=tuple(labels), cells=cells))

        def count(*value: str, by: float = 1.0) -> None:
            cell = cells.get(value)
            if cell is not None:
                with self._lock:
                    self._row[cell] += by

        return count

    def gauge(self, name: str, text: str) -> Callable[[float], None]:
        """Declare what goes up and down; the callable takes by how much."""
        cell = self._take(1)
        self._row[cell] = 0.0  # what the row's former owner held has ended with it
        self._meters.append(_Meter(name=name, help=text, cells={(): cell}, is_gauge=True))

        def change(by: float) -> None:
            with self._lock:
                self._row[cell] += by

        return change

    def histogram(self, name: str, text: str, buckets: Sequence[float]) -> Callable[[float], None]:
        """Declare a distribution over upper bounds; the callable takes an observation."""
        bounds = (*buckets, float("inf"))
        first = self._take(len(bounds) + 1)
        self._meters.append(_Meter(name=name, help=text, cells={(): first}, buckets=bounds))

        def observe(value: float) -> None:
            with self._lock:
                self._row[first + bisect_left(bounds, value)] += 1.0
                self._row[first + len(bounds)] += value

        return observe

    def collect(self) -> Iterator[Family]:
        """Everything counted so far, as prometheus-client wants it."""
        for meter in self._meters:
            if meter.buckets:
                yield self._histogram(meter)
                continue
            kind = GaugeMetricFamily if meter.is_gauge else CounterMetricFamily
            family = kind(meter.name, meter.help, labels=meter.labels)
            for value, cell in meter.cells.items():
                total = self._total(cell)
                if total or not meter.labels:
                    family.add_metric(value, total)
            yield family

    def _histogram(self, meter: _Meter) -> Family:
        [first] = meter.cells.values()
        below, buckets = 0.0, []
        for place, bound in enumerate(meter.buckets):
            below += self._total(first + place)
            buckets.append(("+Inf" if bound == float("inf") else str(bound), below))
        family = HistogramMetricFamily(meter.name, meter.help)
        family.add_metric((), buckets, self._total(first + len(meter.buckets)))
        return family

    def _total(self, cell: int) -> float:
        if self._shared is not None and self._is_shared:
            return self._shared.total(cell)
        return self._row[cell]

    def _take(self, cells: int) -> int:
        first, self._next = self._next, self._next + cells
        if self._next > CELLS:
            raise RuntimeError("more is counted than a row holds: raise metrics.CELLS")
        return first


def current_metrics() -> Metrics:
    """The running application's counts."""
    metrics: Metrics = current_app.extensions["lianbing_metrics"]
    return metrics


def init_metrics(app: Flask) -> Metrics:
    """Begin to count for an application."""
    metrics = Metrics()
    app.extensions["lianbing_metrics"] = metrics
    return metrics


def _lives(process: int) -> bool:
    if not process:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
