"""Eligibility as data (报名资格): conditions that an authority edits, checked by one pure rule.

Conditions are stored as JSON objects with a ``type``. What is not on file counts as unmet,
with a reason that says so, since a guess would let the wrong person in or keep the right
one out. Age is counted by birth year, as notices do (DOMAIN.md, Contests).
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Protocol, assert_never

from lianbing.kernel.grades import SkillGrade


class Facts(Protocol):
    """What is known of a person on a day; ``people.queries.PersonFacts`` is one."""

    @property
    def birth_year(self) -> int | None: ...
    @property
    def employed(self) -> bool: ...
    @property
    def employment_form(self) -> str | None: ...
    @property
    def occupation(self) -> tuple[str, str] | None: ...
    @property
    def grade(self) -> str | None: ...
    @property
    def organisation_ids(self) -> AbstractSet[int]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class AgeRange:
    """Age within a range, both ends included."""

    type: ClassVar[str] = "age"
    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WithinOrganisations:
    """属地: belonging somewhere below one of the organisations."""

    type: ClassVar[str] = "within_organisations"
    organisation_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EmployedOnly:
    """In work, in whatever form."""

    type: ClassVar[str] = "employed_only"


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeRange:
    """Present grade within a range; who has no grade on file holds none above ``highest``."""

    type: ClassVar[str] = "grade"
    lowest: SkillGrade | None = None
    highest: SkillGrade | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OccupationIn:
    """One of the occupations, as (edition, code)."""

    type: ClassVar[str] = "occupation"
    occupations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EmploymentFormIn:
    """One of the forms of employment, as ``people`` names them."""

    type: ClassVar[str] = "employment_form"
    forms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AtMostPerUnit:
    """At most ``places`` entries of one unit; who belongs to no unit is not counted."""

    type: ClassVar[str] = "at_most_per_unit"
    places: int


Condition = (
    AgeRange
    | WithinOrganisations
    | EmployedOnly
    | GradeRange
    | OccupationIn
    | EmploymentFormIn
    | AtMostPerUnit
)


class Why(StrEnum):
    """How a condition came out; the words for it are the adapter's."""

    MET = "met"
    BIRTH_YEAR_UNKNOWN = "birth_year_unknown"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    ELSEWHERE = "elsewhere"
    NOT_EMPLOYED = "not_employed"
    GRADE_UNKNOWN = "grade_unknown"
    GRADE_TOO_LOW = "grade_too_low"
    GRADE_TOO_HIGH = "grade_too_high"
    OCCUPATION_UNKNOWN = "occupation_unknown"
    OTHER_OCCUPATION = "other_occupation"
    EMPLOYMENT_FORM_UNKNOWN = "employment_form_unknown"
    OTHER_EMPLOYMENT_FORM = "other_employment_form"
    UNIT_FULL = "unit_full"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionResult:
    """One condition held against one person."""

    condition: Condition
    why: Why

    @property
    def met(self) -> bool:
        return self.why is Why.MET


def check_eligibility(
    conditions: Sequence[Condition], facts: Facts, on: date, *, unit_entries: int = 0
) -> list[ConditionResult]:
    """Every condition with its outcome on a day; ``unit_entries`` are others' from the unit."""
    return [
        ConditionResult(condition=condition, why=_check(condition, facts, on, unit_entries))
        for condition in conditions
    ]


def _check(condition: Condition, facts: Facts, on: date, unit_entries: int) -> Why:
    match condition:
        case AgeRange():
            return _check_age(condition, facts, on)
        case WithinOrganisations():
            inside = facts.organisation_ids & set(condition.organisation_ids)
            return Why.MET if inside else Why.ELSEWHERE
        case EmployedOnly():
            return Why.MET if facts.employed else Why.NOT_EMPLOYED
        case GradeRange():
            return _check_grade(condition, facts)
        case OccupationIn():
            if facts.occupation is None:
                return Why.OCCUPATION_UNKNOWN
            known = facts.occupation in condition.occupations
            return Why.MET if known else Why.OTHER_OCCUPATION
        case EmploymentFormIn():
            if facts.employment_form is None:
                return Why.EMPLOYMENT_FORM_UNKNOWN
            fits = facts.employment_form in condition.forms
            return Why.MET if fits else Why.OTHER_EMPLOYMENT_FORM
        case AtMostPerUnit():
            return Why.MET if unit_entries < condition.places else Why.UNIT_FULL
        case _ as unknown:
            assert_never(unknown)


def _check_age(condition: AgeRange, facts: Facts, on: date) -> Why:
    if facts.birth_year is None:
        return Why.BIRTH_YEAR_UNKNOWN
    age = on.year - facts.birth_year
    if condition.lowest is not None and age < condition.lowest:
        return Why.TOO_YOUNG
    if condition.highest is not None and age > condition.highest:
        return Why.TOO_OLD
    return Why.MET


def _check_grade(condition: GradeRange, facts: Facts) -> Why:
    if facts.grade is None:
        return Why.MET if condition.lowest is None else Why.GRADE_UNKNOWN
    rank = SkillGrade(facts.grade).rank
    if condition.lowest is not None and rank < condition.lowest.rank:
        return Why.GRADE_TOO_LOW
    if condition.highest is not None and rank > condition.highest.rank:
        return Why.GRADE_TOO_HIGH
    return Why.MET


def places_per_unit(conditions: Sequence[Condition]) -> int | None:
    """The smallest number of places a unit has; None for no limit."""
    limits = [condition.places for condition in conditions if isinstance(condition, AtMostPerUnit)]
    return min(limits, default=None)


def to_json(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    """The conditions as stored."""
    return [{"type": condition.type, **asdict(condition)} for condition in conditions]


class BadConditions(ValueError):
    """Stored or uploaded conditions that cannot be read; the text names the first fault."""


def from_json(stored: object) -> tuple[Condition, ...]:
    """The conditions that were stored; raises BadConditions naming the place."""
    if not isinstance(stored, list):
        raise BadConditions("conditions: a list is wanted")
    return tuple(_parse(index, item) for index, item in enumerate(stored))


def _parse(index: int, item: object) -> Condition:
    kind = str(item.get("type")) if isinstance(item, Mapping) else ""
    if not isinstance(item, Mapping) or kind not in PARSERS:
        raise BadConditions(f"condition {index}: unknown type {kind!r}")
    values = {name: value for name, value in item.items() if name != "type"}
    try:
        condition = PARSERS[kind](values)
    except (KeyError, TypeError, ValueError) as error:
        raise BadConditions(f"condition {index} ({kind}): {error}") from error
    if values.keys() - asdict(condition).keys():
        raise BadConditions(f"condition {index} ({kind}): unknown fields")
    return condition


def _parse_age(values: Mapping[str, Any]) -> AgeRange:
    lowest, highest = _age(values.get("lowest")), _age(values.get("highest"))
    if lowest is None and highest is None:
        raise ValueError("no age is named")
    if lowest is not None and highest is not None and lowest > highest:
        raise ValueError("the ages are the wrong way round")
    return AgeRange(lowest=lowest, highest=highest)


def _age(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 120:
        raise ValueError("an age lies between 0 and 120")
    return value


def _parse_grade(values: Mapping[str, Any]) -> GradeRange:
    lowest, highest = (
        None if values.get(name) is None else SkillGrade(values[name])
        for name in ("lowest", "highest")
    )
    if lowest is None and highest is None:
        raise ValueError("no grade is named")
    if lowest is not None and highest is not None and lowest.rank > highest.rank:
        raise ValueError("the grades are the wrong way round")
    return GradeRange(lowest=lowest, highest=highest)


def _parse_places(values: Mapping[str, Any]) -> AtMostPerUnit:
    places = values["places"]
    if not isinstance(places, int) or isinstance(places, bool) or places < 1:
        raise ValueError("places: at least 1")
    return AtMostPerUnit(places=places)


def _some(values: Sequence[Any]) -> Sequence[Any]:
    if isinstance(values, str) or not values:
        raise ValueError("at least one is wanted")
    return values


PARSERS: Mapping[str, Callable[[Mapping[str, Any]], Condition]] = {
    AgeRange.type: _parse_age,
    WithinOrganisations.type: lambda values: WithinOrganisations(
        organisation_ids=tuple(int(id_) for id_ in _some(values["organisation_ids"]))
    ),
    EmployedOnly.type: lambda _values: EmployedOnly(),
    GradeRange.type: _parse_grade,
    OccupationIn.type: lambda values: OccupationIn(
        occupations=tuple(
            (str(edition), str(code)) for edition, code in _some(values["occupations"])
        )
    ),
    EmploymentFormIn.type: lambda values: EmploymentFormIn(
        forms=tuple(str(form) for form in _some(values["forms"]))
    ),
    AtMostPerUnit.type: _parse_places,
}
