"""Frozen papers and the forms candidates see: pure values and permutations.

A paper freezes version ids, marks and the letters of its options. Letters are dealt anew,
from the paper's seed, when it is frozen, so a bank's habit of "A is right" cannot leak. A
candidate's form is (paper, order seed): the server can always re-derive what they saw.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lianbing.banks.dealing import deal, keep_off, shuffle
from lianbing.banks.rendering import (
    is_rich,
    plain_text,
    render_block,
    render_line,
    with_pictures,
)
from lianbing.banks.rules import BlanksKey, QuestionContent, QuestionType, part_contents
from lianbing.banks.stems import BLANK
from lianbing.kernel.ids import PaperId
from lianbing.kernel.marks import share_marks, show_mark


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperQuestion:
    """A question in its place: ``number`` from 1, ``marks`` in marks; letters as dealt here."""

    number: int
    marks: Decimal
    content: QuestionContent


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenPaper:
    """An immutable paper with its keys: never for candidates before release."""

    id: PaperId
    content_hash: str
    title: str
    questions: tuple[PaperQuestion, ...]

    @property
    def total_marks(self) -> Decimal:
        return sum((question.marks for question in self.questions), Decimal(0))


@dataclass(frozen=True, kw_only=True, slots=True)
class FormOrder:
    """A candidate's permutation: question numbers in order, and each question's letters.

    ``part_letters``: of a case, the letters of each of its parts, which keep their order.
    """

    questions: tuple[int, ...]
    letters: dict[int, tuple[str, ...]]
    part_letters: dict[int, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


PictureSource = Callable[[str], str]
"""A picture's data URL by its name, "" for none: pictures travel inside the paper."""


def no_pictures(_name: str) -> str:
    """For a paper that shows none."""
    return ""


def candidate_paper(
    paper: FrozenPaper, picture_source: PictureSource = no_pictures
) -> dict[str, Any]:
    """The paper as candidates may see it, JSON-ready: no key, no explanation, no version id.

    A text with formulas, tables or pictures comes as ``html`` too, cleaned; plain ones do not.
    """
    return {
        "paper": paper.content_hash,
        "title": paper.title,
        "questions": [
            _candidate_question(question, picture_source) for question in paper.questions
        ],
    }


def _candidate_question(question: PaperQuestion, source: PictureSource) -> dict[str, Any]:
    content = question.content
    shown = {"number": question.number, "marks": str(question.marks)}
    shown |= candidate_text(content, source)
    if content.parts:
        worth = share_marks(question.marks, [part.weight for part in content.parts])
        shown["parts"] = [
            {"marks": show_mark(marks)} | candidate_text(part, source)
            for part, marks in zip(part_contents(content), worth, strict=True)
        ]
    return shown


def candidate_text(content: QuestionContent, source: PictureSource) -> dict[str, Any]:
    """A question without its key as a script shows it, JSON-ready, options in the bank's order."""
    shown: dict[str, Any] = {"type": content.type.value, "stem": content.stem}
    if content.options:
        shown["options"] = {option.letter: plain_text(option.text) for option in content.options}
    if content.prompts:
        shown["prompts"] = list(content.prompts)
    if isinstance(content.key, BlanksKey):
        shown["blanks"] = len(content.key.blanks)
    html = _candidate_html(content, source)
    return shown | {"html": html} if html else shown


def _candidate_html(content: QuestionContent, source: PictureSource) -> dict[str, Any]:
    """The texts that are more than plain, rendered; blanks as empty marks for their fields."""
    lines = {option.letter: option.text for option in content.options if is_rich(option.text)}
    shown: dict[str, Any] = {}
    if is_rich(content.stem):
        stem = BLANK.sub(r'<span data-blank="\1"></span>', render_block(content.stem))
        shown["stem"] = with_pictures(stem, source)
    if lines:
        shown["options"] = {
            letter: with_pictures(render_line(text), source) for letter, text in lines.items()
        }
    if any(is_rich(prompt) for prompt in content.prompts):
        shown["prompts"] = [
            with_pictures(render_line(prompt), source) for prompt in content.prompts
        ]
    return shown


def form_order(
    paper: FrozenPaper, *, seed: int, shuffle_questions: bool, shuffle_options: bool
) -> FormOrder:
    """The permutation of one candidate: types stay together in the paper's order of types."""
    rng = random.Random(seed)  # noqa: S311 - a reproducible order, not a secret
    numbers = [question.number for question in paper.questions]
    if shuffle_questions:
        numbers = _shuffle_within_types(paper.questions, rng)
    letters: dict[int, tuple[str, ...]] = {}
    part_letters: dict[int, tuple[tuple[str, ...], ...]] = {}
    for question in paper.questions:
        letters[question.number] = _letters(question.content, rng, shuffle=shuffle_options)
        if question.content.parts:
            part_letters[question.number] = tuple(
                _letters(part, rng, shuffle=shuffle_options)
                for part in part_contents(question.content)
            )
    return FormOrder(questions=tuple(numbers), letters=letters, part_letters=part_letters)


def _letters(content: QuestionContent, rng: random.Random, *, shuffle: bool) -> tuple[str, ...]:
    """A candidate's order of one question's options, never one that solves it."""
    own = [option.letter for option in content.options]
    if shuffle and content.type is not QuestionType.TRUE_FALSE:
        return deal(own, content.key, rng)
    return keep_off(own, content.key)


def _shuffle_within_types(questions: Sequence[PaperQuestion], rng: random.Random) -> list[int]:
    numbers: list[int] = []
    for kind in dict.fromkeys(question.content.type for question in questions):
        group = [question.number for question in questions if question.content.type is kind]
        shuffle(group, rng)
        numbers.extend(group)
    return numbers
