"""Plans held against each other: the gain a minute, with intervals by the bootstrap."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.learning.trial import Outcome

RESAMPLES = 2_000
BOOTSTRAP_SEED = 90_001
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How much more a plan gains a minute than the best of the others: 0.2 for a fifth more."""

    best: str
    more: float
    low: float
    high: float


def compare(outcomes: Mapping[str, Outcome], ours: str, *, later: bool) -> Comparison:
    """Learners are resampled together under every plan; the best is found anew each time."""
    others = [name for name in outcomes if name != ours]
    gains = {name: outcome.gain(later) for name, outcome in outcomes.items()}
    best = max(others, key=lambda name: gains[name].mean())
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    found = np.empty(RESAMPLES)
    for number in range(RESAMPLES):
        chosen = rng.integers(0, len(gains[ours]), len(gains[ours]))
        top = max(gains[name][chosen].mean() for name in others)
        found[number] = gains[ours][chosen].mean() / top - 1.0
    low, high = np.percentile(found, INTERVAL)
    return Comparison(
        best=best,
        more=float(gains[ours].mean() / gains[best].mean() - 1.0),
        low=float(low),
        high=float(high),
    )
