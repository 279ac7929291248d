"""The rule by which an exam marks (阅卷规则), as stored with every mark sheet it produced; pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lianbing.kernel.marks import ZERO


class MultipleRule(StrEnum):
    """How a multiple-choice answer that is neither whole nor wrong is marked."""

    EXACT = "exact"
    PARTIAL_SHARE = "partial_share"
    PER_OPTION = "per_option"


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkingRule:
    """An exam's marking rule; stored with every mark sheet it produced.

    ``partial_share`` is the share (0–1) a partial selection earns under PARTIAL_SHARE;
    ``per_option`` the marks a right option earns under PER_OPTION, never more than the
    question's; ``true_false_penalty`` the marks a wrong true/false costs; ``each_blank`` lets
    the blanks of a fill-in share its marks equally, else all must be right; so does
    ``each_pair`` with the pairs of a matching, and ``each_step`` with the steps of an ordering
    that stand in their right place. The parts of a case are marked by the same rule.
    """

    multiple: MultipleRule = MultipleRule.EXACT
    partial_share: Decimal = Decimal("0.5")
    per_option: Decimal = Decimal("0.5")
    true_false_penalty: Decimal = ZERO
    each_blank: bool = True
    each_pair: bool = True
    each_step: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.partial_share <= 1:
            raise ValueError("partial_share lies between 0 and 1")
        if self.per_option < 0 or self.true_false_penalty < 0:
            raise ValueError("marks of a rule are not negative")

    def to_json(self) -> dict[str, Any]:
        """The rule as stored: decimals as strings."""
        return {
            "multiple": self.multiple.value,
            "partial_share": str(self.partial_share),
            "per_option": str(self.per_option),
            "true_false_penalty": str(self.true_false_penalty),
            "each_blank": self.each_blank,
            "each_pair": self.each_pair,
            "each_step": self.each_step,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "MarkingRule":
        """The rule again; raises ValueError or KeyError on what ``to_json`` never wrote."""
        return cls(
            multiple=MultipleRule(stored["multiple"]),
            partial_share=Decimal(stored["partial_share"]),
            per_option=Decimal(stored["per_option"]),
            true_false_penalty=Decimal(stored["true_false_penalty"]),
            each_blank=bool(stored["each_blank"]),
            each_pair=bool(stored.get("each_pair", True)),  # rules of before there were any
            each_step=bool(stored.get("each_step", False)),
        )


def rule_hash(rule: MarkingRule) -> str:
    """A short stable name of a rule, for mark sheets."""
    canonical = json.dumps(rule.to_json(), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
