"""Subjects are told apart by edition, code and grades; weights by what they miss."""

from decimal import Decimal

from lianbing.subjects.rules import (
    ScopePlan,
    SkillGrade,
    SubjectKind,
    SubjectPlan,
    sorted_grades,
    weights_missing,
)


def occupation(**changes: object) -> SubjectPlan:
    facts = {"edition": "2022", "code": "6-31-01-03", "grades": (SkillGrade.JUNIOR,)}
    return SubjectPlan(kind=SubjectKind.OCCUPATION, **{**facts, **changes})  # type: ignore[arg-type]


def test_one_code_in_two_editions_is_two_subjects() -> None:
    plans = [occupation(), occupation(edition="2015"), occupation(grades=(SkillGrade.SENIOR,))]
    assert len({plan.key for plan in plans}) == 3


def test_a_theme_is_known_by_its_code_alone() -> None:
    assert SubjectPlan(kind=SubjectKind.THEME, code="safety", title="安全").key == "safety"


def test_grades_stand_lowest_first_each_once() -> None:
    mixed = [SkillGrade.CHIEF, SkillGrade.JUNIOR, SkillGrade.CHIEF, SkillGrade.APPRENTICE]
    assert sorted_grades(mixed) == (SkillGrade.APPRENTICE, SkillGrade.JUNIOR, SkillGrade.CHIEF)


def test_weights_are_added_exactly() -> None:
    thirds = [ScopePlan(code=code, title=code, weight=Decimal("33.3")) for code in "ABC"]
    assert weights_missing(thirds) == Decimal("0.1")
