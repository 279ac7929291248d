"""Aiken: a stem, options ``A.`` or ``A)``, then ``ANSWER: B``; single choices only."""

import re

from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    DraftQuestion,
    FileFormat,
    Finding,
    Place,
    ReadFile,
    too_many,
)
from lianbing.banks.rules import ChoiceKey, Option, QuestionType
from lianbing.kernel.errors import N_

OPTION = re.compile(r"\s*([A-Z])[.)]\s+(.*)")
ANSWER = re.compile(r"\s*ANSWER:\s*([A-Z])\s*")


def looks_like_aiken(text: str) -> bool:
    """Whether answers stand as Aiken writes them and no stem is numbered."""
    lines = [line for line in text.splitlines() if line.strip()]
    answers = sum(1 for line in lines if ANSWER.fullmatch(line))
    numbered = sum(1 for line in lines if re.match(r"\s*\d+\s*[.、)]", line))
    return answers > 0 and numbered == 0


def read_aiken(text: str) -> ReadFile:
    """Drafts from Aiken text; a finding's row is the line."""
    drafts: list[DraftQuestion] = []
    findings: list[Finding] = []
    stem: list[str] = []
    options: list[Option] = []
    first = told = 0
    for row, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if len(drafts) >= MOST_QUESTIONS:
            findings.append(too_many(Place(row=row)))
            break
        answer, option = ANSWER.fullmatch(line), OPTION.fullmatch(line)
        if answer:
            drafts.append(
                DraftQuestion(
                    place=Place(row=first or row),
                    type=QuestionType.SINGLE_CHOICE,
                    stem="\n".join(stem),
                    options=tuple(options),
                    key=ChoiceKey(letters=(answer[1],)),
                )
            )
            stem, options, first = [], [], 0
        elif option:
            options.append(Option(letter=option[1], text=option[2].strip()))
        elif options:
            message = N_("This line is neither an option nor ANSWER: followed by a letter.")
            findings.append(Finding(place=Place(row=row), message=message))
            told = first
        else:
            first = first or row
            stem.append(line.strip())
    if (stem or options) and first != told:
        message = N_("The last question has no line ANSWER: followed by a letter.")
        findings.append(Finding(place=Place(row=first), message=message))
    return ReadFile(format=FileFormat.AIKEN, questions=tuple(drafts), findings=tuple(findings))
