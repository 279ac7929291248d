"""What mass quizzes tell the floors above, through the outbox."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True, slots=True)
class QuizPointsDue:
    """What a source (a try, or a person's day in a quiz) earns by now; 0 takes it back.

    ``day``: ISO date. ``revision`` grows for a person, so that an older word that is delivered
    later does not undo a newer one.
    """

    kind: ClassVar[str] = "exams.quiz_points_due"

    person_id: int
    day: str
    source: str
    points: int
    revision: int
