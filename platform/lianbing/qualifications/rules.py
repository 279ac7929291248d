"""What a record may be, and what a result's record says."""

from collections.abc import Sequence
from enum import StrEnum

from lianbing.kernel.grades import SkillGrade


class RecordState(StrEnum):
    """A record holds until it is revoked; it never changes otherwise."""

    VALID = "valid"
    REVOKED = "revoked"


SUPERSEDED = "superseded"
"""The reason of the system when a corrected list takes an older one's place."""


def grade_of(grades: Sequence[SkillGrade]) -> SkillGrade | None:
    """The grade a subject stands for; None when it spans several or has none."""
    return grades[0] if len(grades) == 1 else None


def record_title(contest_title: str | None, exam_title: str) -> str:
    """What a record is called: the contest and its exam, once where the exam names it too."""
    if contest_title is None or exam_title.startswith(contest_title):
        return exam_title
    return f"{contest_title} · {exam_title}"
