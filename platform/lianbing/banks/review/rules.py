"""The life of a question, and two texts compared word by word. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from lianbing.kernel.ids import PersonId

LONGEST_TEXT = 500
TOKEN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
"""A word, a number, a run of spaces, or one character: Chinese has no spaces to cut at."""


class QuestionState(StrEnum):
    """Where a question's newest version stands; a retired one keeps the state it had."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"


class EntryKind(StrEnum):
    """What a line of a question's review says."""

    SUBMITTED = "submitted"
    ASSIGNED = "assigned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    COMMENT = "comment"
    STILL_RIGHT = "still_right"
    UNDONE = "undone"


def may_review(author_id: int | None, identities: Collection[PersonId]) -> bool:
    """Whether a person, by all merged identities, may judge a version: never its author."""
    return author_id not in identities


class PieceKind(StrEnum):
    """What became of a run of text between two versions."""

    SAME = "same"
    GONE = "gone"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A run of text."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """Two texts cut so that what differs is marked: joined, each side is its text again."""

    old: tuple[Piece, ...]
    new: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        return any(piece.kind is not PieceKind.SAME for piece in (*self.old, *self.new))


def compare(old: str, new: str) -> Compared:
    """The two texts, cut at words, numbers and single characters of Chinese."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        gone, added = "".join(before[start:end]), "".join(after[new_start:new_end])
        if tag == "equal":
            left.append(Piece(kind=PieceKind.SAME, text=gone))
            right.append(Piece(kind=PieceKind.SAME, text=added))
            continue
        if gone:
            left.append(Piece(kind=PieceKind.GONE, text=gone))
        if added:
            right.append(Piece(kind=PieceKind.ADDED, text=added))
    return Compared(old=tuple(left), new=tuple(right))
