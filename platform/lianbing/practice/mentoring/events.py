"""What mentoring tells the floors above, through the outbox."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True, slots=True)
class MentoringEnded:
    """A pair that was in force is over; both may be credited."""

    kind: ClassVar[str] = "practice.mentoring_ended"

    pair_id: int
