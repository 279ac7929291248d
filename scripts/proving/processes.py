"""What processes cost: CPU by kind and memory, read from /proc, children and the dead included."""

import os
from collections.abc import Mapping
from pathlib import Path

TICK = 1.0 / os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> set[int]:
    """A process and everything below it that lives now."""
    found = {pid}
    waiting = [pid]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            try:
                children = {int(child) for child in task.read_text().split()}
            except OSError:  # it ended meanwhile
                continue
            waiting.extend(children - found)
            found |= children
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of a process tree, with its waited-for dead; 0 for one that is gone."""
    return sum(_own_cpu(each) for each in tree(pid))


def memory_mb(pid: int) -> float:
    """Memory of a process tree in MB; pages shared within it are counted once."""
    return sum(_own_memory(each) for each in tree(pid)) / 1024


class Meter:
    """CPU by kind of process since ``start``, and the peak of their memory."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = dict(roots)
        self._before: dict[str, float] = {}
        self.peak_mb = 0.0

    def start(self) -> None:
        """Begin to count."""
        self._before = {kind: cpu_seconds(pid) for kind, pid in self._roots.items()}

    def cpu(self) -> dict[str, float]:
        """CPU-seconds by kind since the start."""
        return {
            kind: cpu_seconds(pid) - self._before.get(kind, 0.0)
            for kind, pid in self._roots.items()
        }

    def look(self) -> None:
        """Note the memory of this moment."""
        self.peak_mb = max(self.peak_mb, sum(memory_mb(pid) for pid in self._roots.values()))


def _own_cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) * TICK


def _own_memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
