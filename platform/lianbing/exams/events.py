"""What exams tell the floors above, through the outbox."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptMarked:
    """A new script version has its marks."""

    kind: ClassVar[str] = "exams.script_marked"

    exam_id: int
    attempt_id: int
    person_id: int
    script_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultListPublished:
    """A signed result list is final; records and standings may be derived from it."""

    kind: ClassVar[str] = "exams.result_list_published"

    result_list_id: int
    exam_id: int
