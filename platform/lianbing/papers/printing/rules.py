"""A form of a paper as it stands on the sheet: order, letters, room for answers; pure.

Form A is the paper's own order. Any other form follows from the paper and the form's stored
seed, so what lay on a desk can be set again at any time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import assert_never

from lianbing.banks.rendering import PICTURE, plain_text
from lianbing.banks.rules import (
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    Option,
    OrderingKey,
    QuestionContent,
    QuestionType,
    part_contents,
)
from lianbing.kernel.marks import share_marks
from lianbing.papers.rules import FrozenPaper, PaperQuestion, form_order

OWN_ORDER = "A"
LABELS = "ABCDEFGH"
SHORT_OPTION, MIDDLING_OPTION = 8, 18
LINES_FOR_SHORT_ANSWER = 6


def form_paper(paper: FrozenPaper, seed: int | None) -> FrozenPaper:
    """The paper as a form holds it, numbered and lettered anew; None for its own order."""
    if seed is None:
        return paper
    order = form_order(paper, seed=seed, shuffle_questions=True, shuffle_options=True)
    by_number = {question.number: question for question in paper.questions}
    questions = tuple(
        PaperQuestion(
            number=place,
            marks=by_number[number].marks,
            content=_relettered(
                by_number[number].content,
                order.letters[number],
                order.part_letters.get(number, ()),
            ),
        )
        for place, number in enumerate(order.questions, start=1)
    )
    return replace(paper, questions=questions)


def _relettered(
    content: QuestionContent, shown: Sequence[str], parts_shown: Sequence[Sequence[str]]
) -> QuestionContent:
    if isinstance(content.key, CaseKey):
        parts: list[CasePart] = []
        keys = []
        for part, key, letters in zip(content.parts, content.key.keys, parts_shown, strict=True):
            options, renamed = _renamed(part.options, letters)
            parts.append(replace(part, options=options))
            keys.append(_moved(key, renamed))
        return replace(content, parts=tuple(parts), key=CaseKey(keys=tuple(keys)))  # type: ignore[arg-type]
    options, renamed = _renamed(content.options, shown)
    return replace(content, options=options, key=_moved(content.key, renamed))


def _renamed(
    options: Sequence[Option], shown: Sequence[str]
) -> tuple[tuple[Option, ...], dict[str, str]]:
    """The options in the order shown under A, B, C…, and each old letter's new one."""
    texts = {option.letter: option.text for option in options}
    letters = [option.letter for option in options]
    renamed = dict(zip(shown, letters, strict=True))
    return tuple(Option(letter=renamed[old], text=texts[old]) for old in shown), renamed


def _moved(key: Key, renamed: Mapping[str, str]) -> Key:
    match key:
        case ChoiceKey():
            return ChoiceKey(letters=tuple(sorted(renamed[letter] for letter in key.letters)))
        case MatchingKey():
            return MatchingKey(letters=tuple(renamed[letter] for letter in key.letters))
        case OrderingKey():
            return OrderingKey(letters=tuple(renamed[letter] for letter in key.letters))
        case _:
            return key


def form_name(paper: FrozenPaper, label: str) -> str:
    """What the QR code says: the paper's fingerprint and the form."""
    return f"LB1-{paper.content_hash[:16].upper()}-{label}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetQuestion:
    """A question on the sheet. ``bracket``: room for a letter or a sign; ``lines`` to write on.

    ``columns``: how many options stand side by side. ``marks``: None where the section says them.
    """

    number: str
    stem: str
    bracket: bool
    marks: Decimal | None
    options: tuple[Option, ...] = ()
    columns: int = 1
    prompts: tuple[str, ...] = ()
    lines: int = 0
    parts: tuple["SheetQuestion", ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetSection:
    """The questions of one type; ``each`` when all carry the same marks."""

    type: QuestionType
    each: Decimal | None
    marks: Decimal
    questions: tuple[SheetQuestion, ...]


def sheet_sections(paper: FrozenPaper) -> list[SheetSection]:
    """The paper cut where the type changes, as it is set: no key in it."""
    sections: list[SheetSection] = []
    for kind, group in groupby(paper.questions, key=lambda one: one.content.type):
        questions = tuple(group)
        marks = {question.marks for question in questions}
        each = marks.pop() if len(marks) == 1 else None
        sections.append(
            SheetSection(
                type=kind,
                each=each,
                marks=sum((question.marks for question in questions), Decimal(0)),
                questions=tuple(
                    _sheet_question(
                        str(question.number),
                        question.content,
                        None if each is not None else question.marks,
                        question.marks,
                    )
                    for question in questions
                ),
            )
        )
    return sections


def _sheet_question(
    number: str, content: QuestionContent, told: Decimal | None, marks: Decimal
) -> SheetQuestion:
    parts = part_contents(content)
    worth = share_marks(marks, [part.weight for part in content.parts]) if parts else ()
    bracket, lines = answer_room(content.type)
    return SheetQuestion(
        number=number,
        stem=content.stem,
        bracket=bracket,
        marks=told,
        options=content.options,
        columns=_columns(content.options),
        prompts=content.prompts,
        lines=lines,
        parts=tuple(
            _sheet_question(f"({at})", part, share, share)
            for at, (part, share) in enumerate(zip(parts, worth, strict=True), start=1)
        ),
    )


def answer_room(kind: QuestionType) -> tuple[bool, int]:
    """Whether a bracket follows the stem, and how many lines to write on."""
    match kind:
        case QuestionType.SINGLE_CHOICE | QuestionType.MULTIPLE_CHOICE | QuestionType.TRUE_FALSE:
            return True, 0
        case QuestionType.ORDERING:
            return True, 0
        case QuestionType.FILL_BLANK | QuestionType.MATCHING | QuestionType.CASE:
            return False, 0
        case QuestionType.SHORT_ANSWER:
            return False, LINES_FOR_SHORT_ANSWER
        case _:
            assert_never(kind)


def _columns(options: Sequence[Option]) -> int:
    longest = max((len(plain_text(option.text)) for option in options), default=0)
    pictures = any(PICTURE.search(option.text) for option in options)
    if longest <= SHORT_OPTION and not pictures:
        return 4
    return 2 if longest <= MIDDLING_OPTION or pictures else 1
