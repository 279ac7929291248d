"""Questions as a file holds them, before a bank has agreed: neutral between all formats; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from lianbing.banks.rules import (
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    Option,
    QuestionType,
    QuestionUse,
)
from lianbing.kernel.errors import N_
from lianbing.subjects.rules import SkillGrade


class FileFormat(StrEnum):
    """What is read; the order is that of the page."""

    EXCEL = "excel"
    CSV = "csv"
    WORD = "word"
    TEXT = "text"
    AIKEN = "aiken"
    GIFT = "gift"
    MOODLE_XML = "moodle_xml"
    QTI = "qti"
    OWN = "own"


class Level(StrEnum):
    """An error keeps a question out; a warning is only told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where something stands: sheet (or file in a package), row or line from 1, column heading."""

    sheet: str = ""
    row: int = 0
    column: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What is wrong and what to do: a msgid with its parameters, and where.

    ``about`` is the field of a table it speaks of, for the column that holds it.
    """

    place: Place
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    level: Level = Level.ERROR
    about: str = ""

    def __str__(self) -> str:
        return self.message % self.params


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftQuestion:
    """One question as read. None and "" for what the file does not say; no key, no question."""

    place: Place
    type: QuestionType
    stem: str
    key: Key | None
    options: tuple[Option, ...] = ()
    prompts: tuple[str, ...] = ()
    parts: tuple[CasePart, ...] = ()
    explanation: str = ""
    point: str = ""
    code: str = ""
    difficulty: Decimal | None = None
    use: QuestionUse | None = None
    grade: SkillGrade | None = None
    source: str = ""
    clause: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """A table's headings with the field each was taken for ("" for none), for mapping by hand."""

    sheet: str
    headings: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFile:
    """All that a file holds; ``pictures`` by the target that texts name in ``![…](target)``."""

    format: FileFormat
    questions: tuple[DraftQuestion, ...]
    findings: tuple[Finding, ...] = ()
    columns: tuple[Columns, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


class Refused(ValueError):
    """The file as a whole cannot be read: hostile, broken or too large; a msgid with params."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message, self.params = message, params

    def __str__(self) -> str:
        return self.message % self.params


MOST_QUESTIONS = 20_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def too_many(place: Place) -> Finding:
    """Told where reading stopped."""
    message = N_("Only the first %(most)s questions were read. Split the file.")
    return Finding(place=place, message=message, params={"most": MOST_QUESTIONS})


def matched(
    base: DraftQuestion, pairs: Sequence[tuple[str, str]], extra: Sequence[str] = ()
) -> DraftQuestion:
    """A matching of pairs, left and right, and of entries that fit nothing."""
    options = lettered([*(right for _left, right in pairs), *extra])
    return replace(
        base,
        type=QuestionType.MATCHING,
        prompts=tuple(left for left, _right in pairs),
        options=options,
        key=MatchingKey(letters=tuple(option.letter for option in options[: len(pairs)])),
    )


def lettered(texts: Sequence[str]) -> tuple[Option, ...]:
    """Texts under A, B, C…; what is beyond Z is dropped, the checks refuse long before."""
    return tuple(
        Option(letter=letter, text=text) for letter, text in zip(LETTERS, texts, strict=False)
    )


def with_reasons(options: Sequence[Option], reasons: Mapping[str, str]) -> tuple[Option, ...]:
    """The options, each with what is said under its letter of why it is wrong; on one line."""
    return tuple(
        replace(option, why=" ".join(reasons.get(option.letter, "").split())) for option in options
    )


def with_feedback(draft: DraftQuestion, said: Sequence[str]) -> DraftQuestion:
    """A choice with what its file says beside each option.

    Beside a wrong one it is why that is wrong; beside a right one it explains the whole
    question, where nothing else does.
    """
    letters = draft.key.letters if isinstance(draft.key, ChoiceKey) else ()
    pairs = list(zip(draft.options, said, strict=False))
    reasons = {one.letter: text for one, text in pairs if one.letter not in letters}
    told = "\n".join(text for one, text in pairs if one.letter in letters and text)
    return replace(
        draft,
        options=with_reasons(draft.options, reasons),
        explanation=draft.explanation or told,
    )


PARTLY_RIGHT = N_(
    "Answers that earn part of the marks there were left out: here an answer is right or wrong."
)
