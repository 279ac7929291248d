"""What a trainer asks of a set of papers, checked and as stored; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lianbing.kernel.errors import N_
from lianbing.papers.assembly.rules import DIFFICULTY_TOLERANCE, MOST_PAPERS

LEAST_TOLERANCE = Decimal("0.01")
MOST_TOLERANCE = Decimal("0.3")
GREATEST_ABILITY = 4.0
MOST_SHARED = 500
MOST_USES = 1000
MOST_FIXED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """See ``rules.Problem``; ``target`` None for what the bank has on average."""

    papers: int
    target: Decimal | None = None
    tolerance: Decimal = DIFFICULTY_TOLERANCE
    shared_most: int = 0
    cut: float | None = None
    uses_most: int | None = None
    points_least: int | None = None
    fixed_codes: tuple[str, ...] = ()

    def problem(self) -> str | None:
        """The first thing that is wrong, as a message; None when nothing is."""
        checks = {
            N_("One to eight papers at once."): 1 <= self.papers <= MOST_PAPERS,
            N_("A difficulty lies between 0 and 1."): self.target is None or 0 < self.target < 1,
            N_("The band of the difficulty is ± 0.01 to ± 0.30."): (
                LEAST_TOLERANCE <= self.tolerance <= MOST_TOLERANCE
            ),
            N_("Papers share between 0 and 500 questions."): 0 <= self.shared_most <= MOST_SHARED,
            N_("The ability at the cut score lies between -4 and 4."): (
                self.cut is None or abs(self.cut) <= GREATEST_ABILITY
            ),
            N_("The limit on uses is 1 to 1000."): (
                self.uses_most is None or 1 <= self.uses_most <= MOST_USES
            ),
            N_("A paper covers 1 to 500 points."): (
                self.points_least is None or 1 <= self.points_least <= MOST_SHARED
            ),
            N_("At most 100 questions can be fixed."): len(self.fixed_codes) <= MOST_FIXED,
        }
        return next((message for message, holds in checks.items() if not holds), None)


def wanted_to_json(wanted: Wanted) -> dict[str, Any]:
    """As stored; without the fixed questions, which are part of the secret."""
    return {
        "papers": wanted.papers,
        "target": None if wanted.target is None else str(wanted.target),
        "tolerance": str(wanted.tolerance),
        "shared_most": wanted.shared_most,
        "cut": wanted.cut,
        "uses_most": wanted.uses_most,
        "points_least": wanted.points_least,
    }


def wanted_from_json(stored: Mapping[str, Any]) -> Wanted:
    """The same again, without fixed questions."""
    return Wanted(
        papers=stored["papers"],
        target=None if stored["target"] is None else Decimal(stored["target"]),
        tolerance=Decimal(stored["tolerance"]),
        shared_most=stored["shared_most"],
        cut=stored["cut"],
        uses_most=stored["uses_most"],
        points_least=stored["points_least"],
    )
