"""What the network and the devices do to candidates, beside what happens to the servers."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

CUT_SHARE = 3


@dataclass(kw_only=True)
class Weather:
    """Switched by the faults while candidates answer; plain attributes, read by every thread."""

    cut_off: bool = False
    skewed: bool = False
    garbled: bool = False
    dice: random.Random = field(default_factory=lambda: random.Random(20261120))

    def is_cut(self, candidate: int) -> bool:
        """Whether a candidate has no network: a third of them while it is cut."""
        return self.cut_off and candidate % CUT_SHARE == 0

    def skew(self, candidate: int) -> timedelta:
        """How wrong a candidate's clock goes: up to a day and a half either way."""
        if not self.skewed:
            return timedelta(0)
        return timedelta(hours=(candidate * 7) % 73 - 36)

    def clear(self) -> None:
        """Fair weather again."""
        self.cut_off = self.skewed = self.garbled = False
