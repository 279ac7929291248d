"""Eligibility: each condition met and unmet, what is not on file, and conditions as data."""

import json
from dataclasses import dataclass, replace
from datetime import date

import pytest

from lianbing.contests.eligibility import (
    AgeRange,
    AtMostPerUnit,
    BadConditions,
    Condition,
    EmployedOnly,
    EmploymentFormIn,
    GradeRange,
    OccupationIn,
    Why,
    WithinOrganisations,
    check_eligibility,
    from_json,
    places_per_unit,
    to_json,
)
from lianbing.kernel.grades import SkillGrade

ON = date(2026, 11, 20)
ELECTRICIAN, WELDER = ("2022", "6-31-01-03"), ("2022", "6-18-02-04")


@dataclass(frozen=True, kw_only=True)
class Person:
    birth_year: int | None = 1990
    employed: bool = True
    employment_form: str | None = "contract"
    occupation: tuple[str, str] | None = ELECTRICIAN
    grade: str | None = "intermediate"
    organisation_ids: frozenset[int] = frozenset({1, 2, 3})


WORKER = Person()


def why(condition: Condition, person: Person = WORKER, *, unit_entries: int = 0) -> Why:
    return check_eligibility([condition], person, ON, unit_entries=unit_entries)[0].why


@pytest.mark.parametrize(
    ("birth_year", "outcome"),
    [
        (2010, Why.MET),
        (2011, Why.TOO_YOUNG),
        (1966, Why.MET),
        (1965, Why.TOO_OLD),
        (None, Why.BIRTH_YEAR_UNKNOWN),
    ],
)
def test_age_counts_by_birth_year_with_both_ends(birth_year: int | None, outcome: Why) -> None:
    person = replace(WORKER, birth_year=birth_year)
    assert why(AgeRange(lowest=16, highest=60), person) is outcome


def test_age_may_have_one_end_only() -> None:
    assert why(AgeRange(lowest=16)) is Why.MET
    assert why(AgeRange(highest=30)) is Why.TOO_OLD


@pytest.mark.parametrize(
    ("condition", "person", "outcome"),
    [
        (WithinOrganisations(organisation_ids=(9, 2)), WORKER, Why.MET),
        (WithinOrganisations(organisation_ids=(9,)), WORKER, Why.ELSEWHERE),
        (
            WithinOrganisations(organisation_ids=(1,)),
            replace(WORKER, organisation_ids=frozenset()),
            Why.ELSEWHERE,
        ),
        (EmployedOnly(), WORKER, Why.MET),
        (EmployedOnly(), replace(WORKER, employed=False), Why.NOT_EMPLOYED),
        (OccupationIn(occupations=(WELDER, ELECTRICIAN)), WORKER, Why.MET),
        (OccupationIn(occupations=(WELDER,)), WORKER, Why.OTHER_OCCUPATION),
        (
            OccupationIn(occupations=(("2015", "6-31-01-03"),)),
            WORKER,
            Why.OTHER_OCCUPATION,
        ),
        (
            OccupationIn(occupations=(WELDER,)),
            replace(WORKER, occupation=None),
            Why.OCCUPATION_UNKNOWN,
        ),
        (EmploymentFormIn(forms=("platform", "contract")), WORKER, Why.MET),
        (EmploymentFormIn(forms=("platform",)), WORKER, Why.OTHER_EMPLOYMENT_FORM),
        (
            EmploymentFormIn(forms=("platform",)),
            replace(WORKER, employment_form=None),
            Why.EMPLOYMENT_FORM_UNKNOWN,
        ),
    ],
)
def test_conditions_of_place_and_work(condition: Condition, person: Person, outcome: Why) -> None:
    assert why(condition, person) is outcome


@pytest.mark.parametrize(
    ("lowest", "highest", "grade", "outcome"),
    [
        ("junior", None, "intermediate", Why.MET),
        ("intermediate", "intermediate", "intermediate", Why.MET),
        ("senior", None, "intermediate", Why.GRADE_TOO_LOW),
        (None, "junior", "intermediate", Why.GRADE_TOO_HIGH),
        ("junior", None, None, Why.GRADE_UNKNOWN),
        (None, "junior", None, Why.MET),
        ("technician", None, "chief", Why.MET),
    ],
)
def test_grades_are_ordered_and_no_grade_is_below_all(
    lowest: str | None, highest: str | None, grade: str | None, outcome: Why
) -> None:
    condition = GradeRange(
        lowest=SkillGrade(lowest) if lowest else None,
        highest=SkillGrade(highest) if highest else None,
    )
    assert why(condition, replace(WORKER, grade=grade)) is outcome


def test_unit_is_full_at_its_number_of_places() -> None:
    assert why(AtMostPerUnit(places=3), unit_entries=2) is Why.MET
    assert why(AtMostPerUnit(places=3), unit_entries=3) is Why.UNIT_FULL
    assert places_per_unit([EmployedOnly(), AtMostPerUnit(places=3)]) == 3
    assert places_per_unit([EmployedOnly()]) is None


def test_every_condition_is_reported_not_only_the_first_unmet() -> None:
    results = check_eligibility(
        [AgeRange(highest=20), EmployedOnly(), OccupationIn(occupations=(WELDER,))], WORKER, ON
    )
    assert [result.met for result in results] == [False, True, False]


ALL_KINDS: tuple[Condition, ...] = (
    AgeRange(lowest=16, highest=60),
    WithinOrganisations(organisation_ids=(1, 2)),
    EmployedOnly(),
    GradeRange(lowest=SkillGrade.JUNIOR, highest=None),
    OccupationIn(occupations=(WELDER, ELECTRICIAN)),
    EmploymentFormIn(forms=("platform",)),
    AtMostPerUnit(places=3),
)


def test_conditions_survive_storage() -> None:
    assert from_json(json.loads(json.dumps(to_json(ALL_KINDS)))) == ALL_KINDS


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ({}, "a list is wanted"),
        ([{"type": "height"}], "condition 0: unknown type 'height'"),
        (["age"], "condition 0"),
        ([{"type": "age"}], "no age is named"),
        ([{"type": "age", "lowest": 60, "highest": 16}], "wrong way round"),
        ([{"type": "age", "lowest": "16"}], "between 0 and 120"),
        ([{"type": "employed_only", "since": 2020}], "unknown fields"),
        ([{"type": "grade", "lowest": "master"}], "master"),
        ([{"type": "grade", "lowest": "senior", "highest": "junior"}], "wrong way round"),
        ([{"type": "occupation", "occupations": []}], "at least one"),
        ([{"type": "within_organisations"}], "organisation_ids"),
        ([{"type": "at_most_per_unit", "places": 0}], "at least 1"),
        ([{"type": "employed_only"}, {"type": "at_most_per_unit"}], "condition 1"),
    ],
)
def test_unreadable_conditions_name_the_place(stored: object, told: str) -> None:
    with pytest.raises(BadConditions, match=told):
        from_json(stored)
