"""A bank's questions as they are compared, the pairs that ask nearly the same, and the marks of
those that somebody told apart."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lianbing.banks.duplicates.models import DistinctPair
from lianbing.banks.duplicates.rules import (
    ALIKE_FROM,
    Asked,
    alikeness,
    asked,
    is_told_apart,
    near_pairs,
    near_to,
    normal,
)
from lianbing.banks.encoding import key_from_json, options_from_json, parts_from_json
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_newest
from lianbing.banks.rules import QuestionUse
from lianbing.infra.paging import Page
from lianbing.kernel.ids import BankId, PersonId, QuestionId

MOST_AT_ONCE = 6_000
"""What a page compares while somebody waits; larger banks are for the command."""
PAIRS_A_PAGE = 20
NEAR_SHOWN = 5
COMPARED = (
    QuestionVersion.stem,
    QuestionVersion.options,
    QuestionVersion.key,
    QuestionVersion.prompts,
    QuestionVersion.parts,
)
"""Of a version, what a comparison reads; whole rows of 6,000 questions take twice as long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """One question of a pair; no ``stem`` where it is for exams only."""

    id: QuestionId
    code: str
    stem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Who told a pair apart, when, and how alike it was then."""

    id: int
    alike: int
    by_id: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TwinPair:
    """Two questions of a bank that ask nearly the same; ``score`` from 0 to 100.

    ``mark`` when somebody told them apart, perhaps before they became more alike.
    """

    first: Twin
    second: Twin
    score: int
    same_answer: bool
    mark: Mark | None = None

    @property
    def is_told_apart(self) -> bool:
        return is_told_apart(self.score, self.mark.alike if self.mark else None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A bank's questions in their newest versions, as they are shown and as they are compared."""

    twins: tuple[Twin, ...]
    asked: tuple[Asked, ...]
    marks: Mapping[frozenset[int], Mark] = field(default_factory=dict)

    def pairs(self, *, alike_from: int = ALIKE_FROM) -> list[TwinPair]:
        """Every pair alike enough, the most alike first, those told apart too."""
        return [
            TwinPair(
                first=first,
                second=second,
                score=pair.score,
                same_answer=pair.same_answer,
                mark=self.marks.get(frozenset((first.id, second.id))),
            )
            for pair in near_pairs(self.asked, alike_from=alike_from)
            for first, second in [(self.twins[pair.first], self.twins[pair.second])]
        ]

    def page(self, number: int, *, told_apart: bool = False) -> Page[TwinPair]:
        """One page of the pairs to look at, or of those told apart."""
        pairs = [pair for pair in self.pairs() if pair.is_told_apart is told_apart]
        number = max(1, min(number, -(-len(pairs) // PAIRS_A_PAGE) or 1))
        start = (number - 1) * PAIRS_A_PAGE
        rows = pairs[start : start + PAIRS_A_PAGE]
        return Page(rows=rows, number=number, total=len(pairs), per_page=PAIRS_A_PAGE)


def compare_bank(session: Session, bank_id: BankId) -> Comparison:
    """Every question of a bank that is not retired, in the order of the codes."""
    rows = session.execute(
        select(Question.id, Question.code, QuestionVersion.use, *COMPARED)
        .join(QuestionVersion, is_newest())
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
        .order_by(Question.code)
    ).all()
    return Comparison(
        twins=tuple(_twin(row[0], row[1], row[3], row[2]) for row in rows),
        asked=tuple(_asked(row[1], row[3:]) for row in rows),
        marks=_marks_of(session, bank_id),
    )


def _marks_of(session: Session, bank_id: BankId) -> dict[frozenset[int], Mark]:
    rows = session.scalars(select(DistinctPair).where(DistinctPair.bank_id == bank_id))
    return {
        frozenset((row.low_question_id, row.high_question_id)): Mark(
            id=row.id,
            alike=row.alike,
            by_id=PersonId(row.marked_by) if row.marked_by else None,
            at=row.marked_at,
        )
        for row in rows
    }


def alike_now(session: Session, one: QuestionId, other: QuestionId) -> int:
    """How alike two questions are in their newest versions: by all that is compared across a
    bank, or by the stems that the editor compares, whichever is more."""
    first, second = session.execute(
        select(*COMPARED)
        .select_from(Question)
        .join(QuestionVersion, is_newest())
        .where(Question.id.in_([one, other]))
    ).all()
    whole = alikeness(_asked("", first).text, _asked("", second).text)
    return max(whole, alikeness(first.stem, second.stem))


def near_stems(
    session: Session, bank_id: BankId, stem: str, *, besides: Collection[int] = ()
) -> list[tuple[Twin, int]]:
    """The bank's questions whose stems say nearly the same as one being written, with scores.

    ``besides`` are the questions being edited: not told, nor what was told apart from them.
    """
    if not normal(stem):
        return []
    rows = session.execute(
        select(Question.id, Question.code, QuestionVersion.stem, QuestionVersion.use)
        .join(QuestionVersion, is_newest())
        .where(
            Question.bank_id == bank_id,
            Question.retired_at.is_(None),
            Question.id.not_in(besides),
        )
    ).all()
    apart = _told_apart_from(session, besides)
    found = near_to(stem, [row[2] for row in rows], most=NEAR_SHOWN + len(apart))
    near = [(_twin(*rows[index]), score) for index, score in found]
    return [(twin, score) for twin, score in near if not is_told_apart(score, apart.get(twin.id))][
        :NEAR_SHOWN
    ]


def _told_apart_from(session: Session, question_ids: Collection[int]) -> dict[int, int]:
    """What was told apart from one of the questions, and how alike it was then."""
    low, high = DistinctPair.low_question_id, DistinctPair.high_question_id
    rows = session.execute(
        select(low, high, DistinctPair.alike).where(
            or_(low.in_(question_ids), high.in_(question_ids))
        )
    )
    return {row[1] if row[0] in question_ids else row[0]: row[2] for row in rows}


def _twin(question_id: int, code: str, stem: str, use: str) -> Twin:
    shown = "" if use == QuestionUse.EXAM else stem
    return Twin(id=QuestionId(question_id), code=code, stem=shown)


def _asked(code: str, compared: Sequence[Any]) -> Asked:
    """A question as it is compared, from its ``COMPARED`` columns."""
    stem, options, key, prompts, parts = compared
    return asked(
        code,
        stem,
        options_from_json(options),
        key_from_json(key),
        prompts=prompts,
        parts=parts_from_json(parts),
    )
