"""Grades and importance: the ordered scales every subject shares."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lianbing.kernel.grades import SkillGrade as SkillGrade


class Importance(StrEnum):
    """重要程度 of an assessment point: X core, Y general, Z auxiliary."""

    X = "X"
    Y = "Y"
    Z = "Z"


class SubjectKind(StrEnum):
    """A subject is an occupation with a grade, a profession or post without one, or a theme."""

    OCCUPATION = "occupation"
    PROFESSION = "profession"
    THEME = "theme"


SCOPE_LEVELS = 3
"""鉴定范围 has up to three levels."""
WHOLE_PAPER = Decimal(100)


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectPlan:
    """A subject as a bank names it; an occupation carries edition and grades, the others titles."""

    kind: SubjectKind
    code: str
    edition: str = ""
    grades: tuple[SkillGrade, ...] = ()
    title: str = ""
    title_en: str = ""

    @property
    def key(self) -> str:
        """What tells two subjects of one kind apart: occupations by edition, code and grades."""
        if self.kind is not SubjectKind.OCCUPATION:
            return self.code
        return f"{self.edition}/{self.code}/{'+'.join(self.grades)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PointPlan:
    """鉴定点: what is assessed, and how important it is."""

    code: str
    title: str
    importance: Importance


@dataclass(frozen=True, kw_only=True, slots=True)
class ScopePlan:
    """鉴定范围: ``weight`` in percent of the whole paper; only a leaf holds points."""

    code: str
    title: str
    weight: Decimal
    scopes: tuple["ScopePlan", ...] = ()
    points: tuple[PointPlan, ...] = ()


def weights_missing(scopes: Iterable[ScopePlan], whole: Decimal = WHOLE_PAPER) -> Decimal:
    """How much one level's weights fall short of the whole, in percent; negative when above it."""
    return whole - sum((scope.weight for scope in scopes), Decimal(0))


def sorted_grades(grades: Iterable[SkillGrade]) -> tuple[SkillGrade, ...]:
    """The distinct grades, lowest first."""
    return tuple(sorted(set(grades), key=lambda grade: grade.rank))
