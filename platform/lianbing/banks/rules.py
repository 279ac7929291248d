"""What a question is: its type, content and key, as frozen values that every floor above reads.

An answer travels as JSON: a letter (single choice), a sorted list of letters (multiple
choice), a boolean (true/false), a list of strings, one a blank (fill-in), a list of letters,
one a prompt and "" where none was chosen (matching), all letters in the order given
(ordering), a text (short answer), a list of the parts' answers (case); None for no answer.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from lianbing.kernel.ids import QuestionVersionId

SimpleAnswer = str | list[str] | bool | None
"""The answer to a question that is not a case, or to one part of a case."""
Answer = SimpleAnswer | list[SimpleAnswer]
"""A candidate's answer; the type of the question says which."""


class QuestionType(StrEnum):
    """题型; the order is the usual order in a paper."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    FILL_BLANK = "fill_blank"
    MATCHING = "matching"
    ORDERING = "ordering"
    SHORT_ANSWER = "short_answer"
    CASE = "case"


PART_TYPES = (
    QuestionType.SINGLE_CHOICE,
    QuestionType.MULTIPLE_CHOICE,
    QuestionType.TRUE_FALSE,
    QuestionType.FILL_BLANK,
)
"""What the parts of a case may be: the types a machine marks by one glance at one answer."""


class QuestionUse(StrEnum):
    """Where a question may appear: drills, exams, or both."""

    PRACTICE = "practice"
    EXAM = "exam"
    BOTH = "both"


class SourceKind(StrEnum):
    """What a fact rests on."""

    LAW = "law"
    REGULATION = "regulation"
    STANDARD = "standard"
    PHYSICS = "physics"


class DifficultyBand(StrEnum):
    """Bands over the expected share of wrong answers (0–1)."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


EASY_BELOW = Decimal("0.35")
HARD_FROM = Decimal("0.65")


def band_of(difficulty: Decimal) -> DifficultyBand:
    """The band of a difficulty: easy below 0.35, hard from 0.65."""
    if difficulty < EASY_BELOW:
        return DifficultyBand.EASY
    return DifficultyBand.HARD if difficulty >= HARD_FROM else DifficultyBand.MEDIUM


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One option of a choice question under its letter.

    ``why``: why it is wrong, shown with the explanation; empty where the bank does not say.
    """

    letter: str
    text: str
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextBlank:
    """A blank filled by words: any accepted variant; case, width and outer spaces ignored."""

    accept: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberBlank:
    """A blank filled by a number: |answer - number| <= tolerance, its unit optional."""

    number: Decimal
    tolerance: Decimal
    unit: str = ""


Blank = TextBlank | NumberBlank


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceKey:
    """Right letters in order; one for single choice, two or more for multiple choice."""

    letters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TruthKey:
    value: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BlanksKey:
    blanks: tuple[Blank, ...]


PartKey = ChoiceKey | TruthKey | BlanksKey


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchingKey:
    """The right option's letter for each prompt, in the prompts' order; each letter once."""

    letters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderingKey:
    """Every option's letter, in the right order."""

    letters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelKey:
    """A model answer, against which people judge; no machine marks by it."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseKey:
    """The keys of a case's parts, in the parts' order."""

    keys: tuple[PartKey, ...]


Key = PartKey | MatchingKey | OrderingKey | ModelKey | CaseKey


@dataclass(frozen=True, kw_only=True, slots=True)
class CasePart:
    """One sub-question of a case; ``weight`` is its share among the parts' weights."""

    type: QuestionType
    stem: str
    options: tuple[Option, ...] = ()
    weight: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceNote:
    """Where a fact comes from, as shown to people: title, edition, clause."""

    title: str
    edition: str
    clause: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionContent:
    """One immutable version of a question, key and explanation included: never for candidates.

    ``prompts`` are the left column of a matching, whose ``options`` are the right one; the
    options of an ordering are its steps; ``parts`` are the sub-questions of a case, whose
    stem is the material.
    """

    version_id: QuestionVersionId
    type: QuestionType
    stem: str
    options: tuple[Option, ...]
    key: Key
    explanation: str
    source: SourceNote | None
    difficulty: Decimal
    point_code: str
    scope_code: str
    prompts: tuple[str, ...] = ()
    parts: tuple[CasePart, ...] = ()


def part_contents(content: QuestionContent) -> tuple[QuestionContent, ...]:
    """The parts of a case, each as a question of its own; empty for every other type."""
    if not isinstance(content.key, CaseKey):
        return ()
    return tuple(
        replace(content, type=part.type, stem=part.stem, options=part.options, key=key, parts=())
        for part, key in zip(content.parts, content.key.keys, strict=True)
    )
