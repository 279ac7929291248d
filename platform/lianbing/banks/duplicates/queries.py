"""A bank's questions as they are compared, and the pairs that ask nearly the same."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.duplicates.rules import Asked, asked, near_pairs, near_to, normal
from lianbing.banks.encoding import key_from_json, options_from_json, parts_from_json
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_newest
from lianbing.banks.rules import QuestionUse
from lianbing.infra.paging import Page
from lianbing.kernel.ids import BankId, QuestionId

MOST_AT_ONCE = 6_000
"""What a page compares while somebody waits; larger banks are for the command."""
PAIRS_A_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """One question of a pair; no ``stem`` where it is for exams only."""

    id: QuestionId
    code: str
    stem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TwinPair:
    """Two questions of a bank that ask nearly the same; ``score`` from 0 to 100."""

    first: Twin
    second: Twin
    score: int
    same_answer: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A bank's questions in their newest versions, as they are shown and as they are compared."""

    twins: tuple[Twin, ...]
    asked: tuple[Asked, ...]

    def pairs(self) -> list[TwinPair]:
        """Every pair alike enough, the most alike first."""
        return [
            TwinPair(
                first=self.twins[pair.first],
                second=self.twins[pair.second],
                score=pair.score,
                same_answer=pair.same_answer,
            )
            for pair in near_pairs(self.asked)
        ]

    def page(self, number: int) -> Page[TwinPair]:
        """One page of the pairs."""
        pairs = self.pairs()
        number = max(1, min(number, -(-len(pairs) // PAIRS_A_PAGE) or 1))
        start = (number - 1) * PAIRS_A_PAGE
        rows = pairs[start : start + PAIRS_A_PAGE]
        return Page(rows=rows, number=number, total=len(pairs), per_page=PAIRS_A_PAGE)


def compare_bank(session: Session, bank_id: BankId) -> Comparison:
    """Every question of a bank that is not retired, in the order of the codes."""
    rows = session.execute(
        select(Question.id, Question.code, QuestionVersion)
        .join(QuestionVersion, is_newest())
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
        .order_by(Question.code)
    ).all()
    return Comparison(
        twins=tuple(_twin(row[0], row[1], row[2].stem, row[2].use) for row in rows),
        asked=tuple(_asked(row[1], row[2]) for row in rows),
    )


def near_stems(
    session: Session, bank_id: BankId, stem: str, *, besides: Collection[int] = ()
) -> list[tuple[Twin, int]]:
    """The bank's questions whose stems say nearly the same as one being written, with scores."""
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
    found = near_to(stem, [row[2] for row in rows])
    return [(_twin(*rows[index]), score) for index, score in found]


def _twin(question_id: int, code: str, stem: str, use: str) -> Twin:
    shown = "" if use == QuestionUse.EXAM else stem
    return Twin(id=QuestionId(question_id), code=code, stem=shown)


def _asked(code: str, version: QuestionVersion) -> Asked:
    return asked(
        code,
        version.stem,
        options_from_json(version.options),
        key_from_json(version.key),
        prompts=version.prompts,
        parts=parts_from_json(version.parts),
    )
