"""What a scenario found: one JSON object with the same keys always, and a table to read."""

import json
import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GOAL_KEYS = ("goal", "value", "met")


@dataclass(kw_only=True)
class Report:
    """One scenario's figures. ``cpu_seconds`` by kind of process; latencies in seconds."""

    scenario: str
    requests: int = 0
    errors: int = 0
    lost: int | None = None
    seconds: float = 0.0
    latencies: Sequence[float] = ()
    cpu_seconds: Mapping[str, float] = field(default_factory=dict)
    peak_rss_mb: float = 0.0
    floors: dict[str, Any] = field(default_factory=dict)
    goals: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def goal(self, name: str, wanted: str, value: Any, *, met: bool | None) -> None:
        """Note a goal, the figure found and whether it is met; None where it was not measured."""
        self.goals[name] = dict(zip(GOAL_KEYS, (wanted, value, met), strict=True))

    def to_json(self) -> dict[str, Any]:
        """Exactly the keys that the bench promises."""
        return {
            "scenario": self.scenario,
            "cores": len(os.sched_getaffinity(0)),
            "requests": self.requests,
            "errors": self.errors,
            "lost": self.lost,
            "throughput_per_s": round(self.requests / self.seconds, 1) if self.seconds else None,
            "p50_ms": percentile_ms(self.latencies, 50),
            "p95_ms": percentile_ms(self.latencies, 95),
            "p99_ms": percentile_ms(self.latencies, 99),
            "cpu_ms_per_request": cpu_ms(self.cpu_seconds, self.requests),
            "peak_rss_mb": round(self.peak_rss_mb, 1),
            "floors": self.floors,
            "goals": self.goals,
        }

    def to_text(self) -> str:
        """The same, for people."""
        found = self.to_json()
        lines = [f"== {self.scenario} on {found['cores']} cores =="]
        for name, value in found.items():
            if name not in ("scenario", "cores", "goals", "floors"):
                lines.append(f"  {name:20} {_shown(value)}")
        lines += [f"  floor {name:14} {_shown(value)}" for name, value in self.floors.items()]
        lines += [
            f"  {_MARKS[goal['met']]} {name}: {_shown(goal['value'])} (goal {goal['goal']})"
            for name, goal in self.goals.items()
        ]
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])


_MARKS = {True: "met   ", False: "MISSED", None: "-     "}


def percentile_ms(latencies: Sequence[float], percent: float) -> float | None:
    """A percentile of latencies in seconds, as milliseconds; None without any."""
    if not latencies:
        return None
    ordered = array("d", sorted(latencies))
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000, 2)


def cpu_ms(seconds: Mapping[str, float], requests: int) -> dict[str, float]:
    """CPU milliseconds a request: in all, then by kind of process."""
    if not requests:
        return {}
    each = {kind: round(value * 1000 / requests, 4) for kind, value in seconds.items()}
    return {"all": round(sum(seconds.values()) * 1000 / requests, 4), **each}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
