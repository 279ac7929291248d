"""Skill grades (技能等级): the ordered scale that persons, subjects and records share."""

from enum import StrEnum


class SkillGrade(StrEnum):
    """技能等级, lowest to highest (新八级工, 2022); the order of definition is the rank."""

    APPRENTICE = "apprentice"
    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    SENIOR = "senior"
    TECHNICIAN = "technician"
    SENIOR_TECHNICIAN = "senior_technician"
    SPECIAL_GRADE = "special_grade"
    CHIEF = "chief"

    @property
    def rank(self) -> int:
        """0 for an apprentice up to 7 for a chief technician."""
        return list(SkillGrade).index(self)

    @property
    def number(self) -> int | None:
        """The grade's number, 5 (junior) to 1 (senior technician); the others carry none."""
        return 6 - self.rank if 1 <= self.rank <= 5 else None
