"""The words for skill grades (技能等级), the same on every page."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lianbing.kernel.grades import SkillGrade

GRADE_WORDS: dict[SkillGrade, LazyString] = {
    SkillGrade.APPRENTICE: _("Apprentice"),
    SkillGrade.JUNIOR: _("Junior worker (grade 5)"),
    SkillGrade.INTERMEDIATE: _("Intermediate worker (grade 4)"),
    SkillGrade.SENIOR: _("Senior worker (grade 3)"),
    SkillGrade.TECHNICIAN: _("Technician (grade 2)"),
    SkillGrade.SENIOR_TECHNICIAN: _("Senior technician (grade 1)"),
    SkillGrade.SPECIAL_GRADE: _("Special-grade technician"),
    SkillGrade.CHIEF: _("Chief technician"),
}


def grade_words(grade: str | None) -> str:
    """A grade in the viewer's language; empty for none."""
    return str(GRADE_WORDS[SkillGrade(grade)]) if grade else ""
