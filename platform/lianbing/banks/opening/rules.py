"""Scopes and points as a trainer types them, a line each."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from lianbing.banks.opening.errors import (
    OutlineEmpty,
    OutlineMisread,
    OutlineMissing,
    OutlineUneven,
)
from lianbing.subjects.rules import WHOLE_PAPER, Importance, PointPlan, ScopePlan, weights_missing

CENT = Decimal("0.01")
LONGEST_TITLE = 100
POINT = re.compile(r"([A-Z])(\d{2,3})[ .、:]+(\S.*?)(?: ([XYZ]))?")
SCOPE = re.compile(r"([A-Z])[ .、:]+(\S.*?)(?: (\d{1,3}(?:\.\d{1,2})?) ?%?)?")


@dataclass
class _Scope:
    code: str
    title: str
    weight: Decimal | None
    points: list[PointPlan] = field(default_factory=list)


def read_outline(text: str) -> tuple[ScopePlan, ...]:
    """``A Electrical basics 30`` and below it ``A01 Ohm's law X``, as many as there are.

    A point without a letter of importance is a core one (X). Weights may be left out
    altogether: then the scopes weigh the same. Raises OutlineMisread with the line, and
    OutlineMissing, OutlineEmpty or OutlineUneven.
    """
    scopes: list[_Scope] = []
    for number, line in enumerate(text.splitlines(), start=1):
        plain = " ".join(unicodedata.normalize("NFKC", line).split())
        if plain and not _take(scopes, plain):
            raise OutlineMisread(line=number)
    if not scopes:
        raise OutlineMissing
    for scope in scopes:
        if not scope.points:
            raise OutlineEmpty(scope=scope.code)
    return _weighed(scopes)


def _take(scopes: list[_Scope], line: str) -> bool:
    """Add the line to what was read; False when it is neither a scope nor a point."""
    point, scope = POINT.fullmatch(line), SCOPE.fullmatch(line)
    if point is not None:
        code = point[1] + point[2]
        if not scopes or point[1] != scopes[-1].code or len(point[3]) > LONGEST_TITLE:
            return False
        if code in {known.code for known in scopes[-1].points}:
            return False
        importance = Importance(point[4] or Importance.X)
        scopes[-1].points.append(PointPlan(code=code, title=point[3], importance=importance))
        return True
    if scope is None or len(scope[2]) > LONGEST_TITLE:
        return False
    if scope[1] in {known.code for known in scopes}:
        return False
    weight = Decimal(scope[3]) if scope[3] else None
    scopes.append(_Scope(code=scope[1], title=scope[2], weight=weight))
    return True


def _weighed(scopes: Sequence[_Scope]) -> tuple[ScopePlan, ...]:
    given = [scope.weight for scope in scopes if scope.weight is not None]
    share = (WHOLE_PAPER / len(scopes)).quantize(CENT)
    plans = [
        ScopePlan(
            code=scope.code,
            title=scope.title,
            weight=share if not given else scope.weight or Decimal(0),
            points=tuple(scope.points),
        )
        for scope in scopes
    ]
    missing = weights_missing(plans)
    if not given:
        return (replace(plans[0], weight=plans[0].weight + missing), *plans[1:])
    if missing or len(given) < len(scopes):
        raise OutlineUneven(total=WHOLE_PAPER - missing)
    return tuple(plans)


def next_code(taken: Iterable[str]) -> str:
    """The next free code of a bank opened in the browser: ``own-1``, ``own-2``…"""
    numbers = [int(code[4:]) for code in taken if re.fullmatch(r"own-\d{1,9}", code)]
    return f"own-{max(numbers, default=0) + 1}"
