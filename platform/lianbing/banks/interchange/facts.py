"""Facts that other systems have no field for, kept in their tags and key words: ``use:exam``."""

from collections.abc import Iterator
from dataclasses import replace

from lianbing.banks.encoding import plain_decimal
from lianbing.banks.interchange.answers import GRADE_NAMES, difficulty_of
from lianbing.banks.interchange.drafts import DraftQuestion
from lianbing.banks.rules import QuestionUse


def with_fact(base: DraftQuestion, fact: str) -> DraftQuestion:
    """The draft with what one ``name:value`` says; other tags change nothing."""
    name, _sign, value = fact.strip().partition(":")
    match name:
        case "point":
            return replace(base, point=value)
        case "code":
            return replace(base, code=value[:40])
        case "source":
            return replace(base, source=value)
        case "clause":
            return replace(base, clause=value)
        case "difficulty":
            return replace(base, difficulty=difficulty_of(value))
        case "use" if value in set(QuestionUse):
            return replace(base, use=QuestionUse(value))
        case "grade":
            return replace(base, grade=GRADE_NAMES.get(value))
        case _:
            return base


def facts_of(draft: DraftQuestion) -> Iterator[str]:
    """What ``with_fact`` reads back."""
    if draft.point:
        yield f"point:{draft.point}"
    if draft.difficulty is not None:
        yield f"difficulty:{plain_decimal(draft.difficulty)}"
    if draft.use is not None:
        yield f"use:{draft.use.value}"
    if draft.grade is not None:
        yield f"grade:{draft.grade.value}"
    if draft.source:
        yield f"source:{draft.source}"
    if draft.clause:
        yield f"clause:{draft.clause}"
