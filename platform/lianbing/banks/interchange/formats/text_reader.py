"""Plain text, and what Word gives as lines, in the shapes of trainers' files; pure.

Numbered stems; options a line each or on one line; ``答案：``, ``解析：``; answers in brackets in
the stem, or all gathered at the end. Headings such as 一、单选题, or 【单选题】 before a stem, name
the type. Cases hold parts ``（1）``; matchings and orderings see ``text_composed``.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from lianbing.banks.interchange.answers import letters_of, truth_of
from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    DraftQuestion,
    FileFormat,
    Finding,
    Level,
    Place,
    ReadFile,
    too_many,
    with_reasons,
)
from lianbing.banks.interchange.formats.lines import classified
from lianbing.banks.interchange.formats.text_collector import IN_BRACKETS, Collected, Collector
from lianbing.banks.interchange.formats.text_composed import matching_of, ordering_of
from lianbing.banks.interchange.keys import (
    ANSWERED_IN_STEM,
    OTHER_ANSWER,
    guessed_type,
    key_of,
    numbered_gaps,
    without_answer,
)
from lianbing.banks.interchange.said_facts import with_said
from lianbing.banks.rules import (
    PART_TYPES,
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    Option,
    PartKey,
    QuestionType,
    TruthKey,
)
from lianbing.kernel.errors import N_

LONGEST_LINE = 10_000
MOST_BLANKS = 8
BLANKS = re.compile(rf"\s{{{MOST_BLANKS + 1},}}")
"""A run this long says nothing more, and patterns that begin with blanks try each of them."""
MARKS = re.compile(r"\s*[（(]\s*(\d{1,2})\s*分\s*[)）]\s*$")


def read_text(text: str) -> ReadFile:
    """Drafts from plain text."""
    return read_lines(enumerate(text.splitlines(), start=1), FileFormat.TEXT)


def read_lines(lines: Iterable[tuple[int, str]], file_format: FileFormat) -> ReadFile:
    """Drafts from numbered lines; a finding's row is the line's number."""
    collector = Collector()
    for line in classified((row, _bounded(whole)) for row, whole in lines):
        collector.take(line)
        if len(collector.found) > MOST_QUESTIONS:
            break
    drafts, findings = [], list(collector.findings)
    for one in collector.found[:MOST_QUESTIONS]:
        drafts.append(_draft_of(one, findings))
    if len(collector.found) > MOST_QUESTIONS:
        findings.append(too_many(Place(row=collector.found[-1].row)))
    return ReadFile(format=file_format, questions=tuple(drafts), findings=tuple(findings))


def _bounded(whole: str) -> str:
    """A line that the patterns read in little time, whoever wrote it."""
    return BLANKS.sub(" " * MOST_BLANKS, whole[:LONGEST_LINE])


def _draft_of(one: Collected, findings: list[Finding]) -> DraftQuestion:
    place = Place(row=one.row)
    told = [text for part in one.parts for text in part.explanation]
    base = DraftQuestion(
        place=place,
        type=QuestionType.SHORT_ANSWER,
        stem="",
        key=None,
        explanation=_lines([*told, *one.explanation]),
        point=one.fact("point"),
        source=one.fact("source"),
        clause=one.fact("clause"),
    )
    base = with_said(base, one.fact, lambda _name: place, findings)
    match one.kind:
        case QuestionType.CASE:
            return _case(base, one, findings)
        case QuestionType.MATCHING:
            draft = matching_of(base, _stem_lines(one), _options(one), one.answer)
        case QuestionType.ORDERING:
            draft = ordering_of(base, _stem_lines(one), _options(one), one.answer)
        case _:
            draft = _simple(base, one, findings)
    if draft.key is None:
        findings.append(_no_key(place, one.answer))
    return draft


def _no_key(place: Place, answer: str) -> Finding:
    if not answer:
        return Finding(place=place, message=N_("No answer was found for this question."))
    message = N_("The answer %(answer)s means nothing for this type of question.")
    return Finding(place=place, message=message, params={"answer": answer[:40]})


def _lines(pieces: Iterable[str]) -> str:
    return "\n".join(piece for piece in pieces if piece).strip()


def _stem_lines(one: Collected) -> list[str]:
    return [piece for piece in one.stem if piece] or [""]


def _options(one: Collected) -> tuple[Option, ...]:
    return tuple(Option(letter=letter, text=text) for letter, text in one.options)


def _simple(base: DraftQuestion, one: Collected, findings: list[Finding]) -> DraftQuestion:
    """A question of one stem; its key stays None when no answer speaks for one."""
    stem, answer, differs = _lines(one.stem), one.answer.strip(), False
    if not answer or _is_chosen(one, answer):
        stem, answer, differs = without_answer(stem, answer)
        one.answer = answer
    kind = _kind_of(one, stem, answer)
    if differs:
        findings.append(Finding(place=base.place, message=OTHER_ANSWER, level=Level.WARNING))
    if kind is QuestionType.TRUE_FALSE:
        stem = re.sub(r"\s*[（(][\s　]*[)）]\s*[。.]?$", "", stem)
    if kind is QuestionType.FILL_BLANK:
        stem = numbered_gaps(stem)
    options = _options(one)
    key = key_of(kind, stem, options, answer)
    options = () if kind is QuestionType.TRUE_FALSE else with_reasons(options, one.reasons)
    return replace(base, type=kind, stem=stem.strip(), key=key, options=options)


def _is_chosen(one: Collected, answer: str) -> bool:
    """Whether the answer is a choice, or true or false: in words of its own it is none."""
    if one.kind is not None:
        return one.kind in ANSWERED_IN_STEM
    return bool(one.options) or truth_of(answer) is not None


def _kind_of(one: Collected, stem: str, answer: str) -> QuestionType:
    if one.kind is None:
        return guessed_type(stem, _options(one), answer)
    many = len(letters_of(answer) or ()) > 1
    if one.kind is QuestionType.SINGLE_CHOICE and many and len(one.options) >= 2:
        return QuestionType.MULTIPLE_CHOICE
    return one.kind


def _case(base: DraftQuestion, one: Collected, findings: list[Finding]) -> DraftQuestion:
    """The case; without a key when one of its parts has none."""
    answers = {int(found[1]): found[3].strip() for found in IN_BRACKETS.finditer(one.answer)}
    parts: list[CasePart] = []
    keys: list[PartKey] = []
    for part in one.parts:
        part.answer = part.answer or answers.get(part.number, "")
        weight = MARKS.search(part.stem[-1]) if part.stem else None
        if weight:
            part.stem[-1] = part.stem[-1][: weight.start()]
        read = _simple(base, part, findings)
        if isinstance(read.key, ChoiceKey | TruthKey | BlanksKey) and read.type in PART_TYPES:
            given = int(weight[1]) if weight else 1
            parts.append(
                CasePart(type=read.type, stem=read.stem, options=read.options, weight=given)
            )
            keys.append(read.key)
            continue
        message = N_("Part %(number)s has no answer that a choice, true or false, or fill-in has.")
        params = {"number": part.number}
        findings.append(Finding(place=base.place, message=message, params=params))
    draft = replace(base, type=QuestionType.CASE, stem=_lines(one.stem), parts=tuple(parts))
    if not one.parts:
        message = N_("This case has no parts. Number them (1), (2)… below the material.")
        findings.append(Finding(place=base.place, message=message))
    if not parts or len(parts) < len(one.parts):
        return draft
    return replace(draft, key=CaseKey(keys=tuple(keys)))
