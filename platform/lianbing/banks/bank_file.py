"""A bank as its folder says it (format ``lianbing-bank/1``): values only, no files, no tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from lianbing.banks.encoding import (
    hash_of,
    key_to_json,
    options_to_json,
    parts_to_json,
    plain_decimal,
)
from lianbing.banks.pictures.rules import TidyPicture
from lianbing.banks.rules import CasePart, Key, Option, QuestionType, QuestionUse, SourceKind
from lianbing.subjects.rules import PointPlan, ScopePlan, SkillGrade, SubjectPlan

FORMAT = "lianbing-bank/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceEntry:
    """Where facts come from: a law, standard or principle in one edition."""

    code: str
    title: str
    edition: str
    kind: SourceKind
    valid_from: date | None = None

    @property
    def content_hash(self) -> str:
        """What people are shown of it; two editions differ here."""
        return hash_of([self.title, self.edition])


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionEntry:
    """One question as written: everything a version holds, tied to point and source by code."""

    code: str
    point_code: str
    grade: SkillGrade | None
    type: QuestionType
    use: QuestionUse
    difficulty: Decimal
    stem: str
    options: tuple[Option, ...]
    key: Key
    explanation: str
    source_code: str
    clause: str
    prompts: tuple[str, ...] = ()
    parts: tuple[CasePart, ...] = ()

    def content_hash(self, source_hash: str) -> str:
        """The hash of all a version holds: equal content never makes a second version."""
        content: dict[str, Any] = {
            "point": self.point_code,
            "grade": self.grade.value if self.grade else None,
            "type": self.type.value,
            "use": self.use.value,
            "difficulty": plain_decimal(self.difficulty),
            "stem": self.stem,
            "options": options_to_json(self.options),
            "key": key_to_json(self.key),
            "explanation": self.explanation,
            "source": [self.source_code, source_hash],
            "clause": self.clause,
        }
        if self.prompts:  # types that came later leave the hashes of earlier ones alone
            content["prompts"] = list(self.prompts)
        if self.parts:
            content["parts"] = parts_to_json(self.parts)
        return hash_of(content)


@dataclass(frozen=True, kw_only=True, slots=True)
class BankFile:
    """A whole bank, checked: every code in it is known and every key fits its question."""

    code: str
    title: str
    title_en: str
    subject: SubjectPlan
    language: str
    licence: str
    sources: tuple[SourceEntry, ...]
    scopes: tuple[ScopePlan, ...]
    questions: tuple[QuestionEntry, ...]
    pictures: tuple[TidyPicture, ...] = ()

    def with_questions(self, questions: tuple[QuestionEntry, ...]) -> "BankFile":
        """The same bank over other questions."""
        return replace(self, questions=questions)


Place = tuple[str | int, ...]


def all_scopes(
    scopes: Iterable[ScopePlan], path: Place = ("scopes",)
) -> Iterator[tuple[Place, ScopePlan]]:
    """Every scope of the tree with its path in the bank file, parents first."""
    for index, scope in enumerate(scopes):
        own = (*path, index)
        yield own, scope
        yield from all_scopes(scope.scopes, (*own, "scopes"))


def all_points(scopes: Iterable[ScopePlan]) -> Iterator[tuple[Place, PointPlan]]:
    """Every assessment point of the tree with its path in the bank file."""
    for path, scope in all_scopes(scopes):
        for index, point in enumerate(scope.points):
            yield (*path, "points", index), point
