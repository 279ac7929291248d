"""Reading what a device sends: each entry checked against the paper before anything is stored."""

from collections.abc import Sequence
from typing import TypeGuard

from lianbing.exams.errors import MalformedSave
from lianbing.exams.journal import Entry
from lianbing.grading.rules import Checker, MalformedAnswer, answer_checker
from lianbing.papers.rules import FrozenPaper

MOST_ENTRIES = 200
LONGEST_CLOCK = 40
PAPERS_KEPT = 64


def read_entries(paper: FrozenPaper, raw: object) -> tuple[tuple[Entry, ...], dict[int, str]]:
    """Check a request's entries against the paper: those to store, and a code per refused seq."""
    if not isinstance(raw, list) or len(raw) > MOST_ENTRIES:
        raise MalformedSave
    checkers = _checkers_of(paper)
    accepted: dict[int, Entry] = {}
    refused: dict[int, str] = {}
    for item in raw:
        seq = item.get("seq") if isinstance(item, dict) else None
        if not _is_count(seq) or seq in accepted:
            raise MalformedSave
        found = _entry(checkers, seq, item)
        if isinstance(found, Entry):
            accepted[seq] = found
        else:
            refused[seq] = found
    return tuple(accepted.values()), refused


def _entry(checkers: Sequence[Checker], seq: int, item: dict[str, object]) -> Entry | str:
    number = item.get("question")
    if not _is_count(number) or number > len(checkers):
        return "unknown_question"
    try:
        answer = checkers[number - 1](item.get("answer"))
    except MalformedAnswer:
        return "malformed_answer"
    clock = str(item.get("at") or "")[:LONGEST_CLOCK]
    return Entry(
        seq=seq,
        question=number,
        answer=answer,
        device_clock=clock if clock.isprintable() else "",  # the database takes no NUL
    )


_checkers: dict[str, tuple[Checker, ...]] = {}


def _checkers_of(paper: FrozenPaper) -> tuple[Checker, ...]:
    """Each question's checker, kept by the paper's content hash for the papers of the day."""
    found = _checkers.get(paper.content_hash)
    if found is None:
        if len(_checkers) >= PAPERS_KEPT:
            _checkers.clear()
        found = tuple(answer_checker(question.content) for question in paper.questions)
        _checkers[paper.content_hash] = found
    return found


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**31
