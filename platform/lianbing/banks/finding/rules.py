"""What a list is narrowed to, what a bulk change is, and the text a search looks in. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lianbing.banks.encoding import hash_of
from lianbing.banks.rules import DifficultyBand, QuestionType, QuestionUse
from lianbing.subjects.rules import Importance

LONGEST_SEARCH = 60
LONGEST_TAG = 20
MOST_AT_ONCE = 50_000


class FoundState(StrEnum):
    """States a list may be narrowed to."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionFilter:
    """What a list is narrowed to; None and empty for no narrowing. Without a state, all that are
    not retired."""

    type: QuestionType | None = None
    use: QuestionUse | None = None
    band: DifficultyBand | None = None
    state: FoundState | None = None
    importance: Importance | None = None
    scope_id: int | None = None
    point_id: int | None = None
    source_id: int | None = None
    author_id: int | None = None
    tag: str = ""
    text: str = ""

    @property
    def reads_text(self) -> bool:
        """Whether the words of questions decide, which tell of what exams alone may show."""
        return bool(self.text)


def normal_text(text: str) -> str:
    """One spelling for what looks alike: full width as half width, capitals as small."""
    return unicodedata.normalize("NFKC", text).casefold()


def searched_text(parts: Iterable[Any]) -> str:
    """All words of a version that a search looks in, one a line."""
    return normal_text("\n".join(_texts(parts)))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts(each)


class BulkKind(StrEnum):
    """What may be done to many questions at once."""

    SUBMIT = "submit"
    RETIRE = "retire"
    POINT = "point"
    DIFFICULTY = "difficulty"
    USE = "use"
    TAG = "tag"
    UNTAG = "untag"
    SOURCE = "source"
    RECHECK = "recheck"


MAKES_VERSIONS = {BulkKind.POINT, BulkKind.DIFFICULTY, BulkKind.USE, BulkKind.SOURCE}
OF_A_SOURCE = {BulkKind.SOURCE, BulkKind.RECHECK}
"""What the page of a superseded source does; never offered in a bank's list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkChange:
    """One change to many questions; the one field that its kind names is set."""

    kind: BulkKind
    point_id: int | None = None
    difficulty: Decimal | None = None
    use: QuestionUse | None = None
    tag: str = ""
    source_id: int | None = None

    @property
    def details(self) -> dict[str, str]:
        """What it sets, for the record."""
        match self.kind:
            case BulkKind.POINT:
                return {"point_id": str(self.point_id)}
            case BulkKind.DIFFICULTY:
                return {"difficulty": str(self.difficulty)}
            case BulkKind.USE:
                return {"use": str(self.use)}
            case BulkKind.TAG | BulkKind.UNTAG:
                return {"tag": self.tag}
            case BulkKind.SOURCE:
                return {"source_id": str(self.source_id)}
            case _:
                return {}


def keeps_approval(change: BulkChange, use: QuestionUse) -> bool:
    """Whether what was approved stays approved: the words and the key are the same.

    Exam-only content that becomes open to practice is another matter and is reviewed again.
    """
    return not (change.kind is BulkKind.USE and use is QuestionUse.EXAM)


def bulk_hash(content_hash: str, change: BulkChange) -> str:
    """Names the content that a change makes of a version; another than any version's before."""
    return hash_of([content_hash, change.kind.value, change.details])


def clean_tag(text: str) -> str:
    """A tag as it is kept: outer and double spaces gone, at most twenty characters."""
    return " ".join(text.split())[:LONGEST_TAG]
