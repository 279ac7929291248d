"""What a person has kept, as frozen rows; never a question that is now reserved for exams."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, PersonId, QuestionId, QuestionVersionId
from lianbing.practice.favourites.models import KeptQuestion
from lianbing.practice.queries import identities_of, list_practice_banks
from lianbing.practice.speaking import speaks
from lianbing.practice.study_lines import StudyLine, study_lines

KEPT_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What a person keeps of one question."""

    is_favourite: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptRow:
    """A kept question to study."""

    question_id: QuestionId
    line: StudyLine
    kept: Kept
    changed_at: datetime


def find_kept(session: Session, actor: Actor, question_id: int) -> Kept:
    """What the actor keeps of a question; nothing when never kept."""
    row = speaking_row(session, identities_of(session, actor), question_id)
    return Kept() if row is None else Kept(is_favourite=row.is_favourite, note=row.note)


def speaking_row(
    session: Session, identities: Collection[PersonId], question_id: int
) -> KeptQuestion | None:
    """Of a person's rows for a question the one changed last."""
    return session.scalars(
        select(KeptQuestion).where(
            KeptQuestion.person_id.in_(identities),
            KeptQuestion.question_id == question_id,
            speaks(KeptQuestion, identities),
        )
    ).one_or_none()


def page_of_kept(
    session: Session, actor: Actor, number: int, *, noted: bool = False
) -> Page[KeptRow]:
    """One page of the favourites, or of all questions with a note; what changed last first."""
    statement = _kept(session, actor, noted=noted).order_by(
        KeptQuestion.changed_at.desc(), KeptQuestion.id.desc()
    )
    page = page_of(session, statement, number, per_page=KEPT_PAGE)
    lines = study_lines(session, [row[1] for row in page.rows])
    return page.with_rows(
        [
            KeptRow(
                question_id=QuestionId(row.question_id),
                line=lines[version_id],
                kept=Kept(is_favourite=row.is_favourite, note=row.note),
                changed_at=row.changed_at,
            )
            for row, version_id in page.rows
        ]
    )


def count_kept(session: Session, actor: Actor, *, noted: bool = False) -> int:
    """How many favourites, or questions with a note, the actor has."""
    statement = select(func.count()).select_from(_kept(session, actor, noted=noted).subquery())
    return session.scalar(statement) or 0


def favourite_versions(session: Session, actor: Actor) -> dict[QuestionId, QuestionVersionId]:
    """The favourites that may be drilled, with their current versions."""
    rows = session.execute(_kept(session, actor, noted=False))
    return {QuestionId(row.question_id): QuestionVersionId(version) for row, version in rows}


def is_open_to(session: Session, actor: Actor, question_id: int) -> bool:
    """Whether the actor may practise a question now."""
    statement = (
        select(Question.bank_id)
        .join(QuestionVersion, is_current())
        .where(Question.id == question_id, is_drillable())
    )
    return session.scalar(statement) in _bank_ids(session, actor)


def _kept(session: Session, actor: Actor, *, noted: bool) -> Select[KeptQuestion, int]:
    identities = identities_of(session, actor)
    wanted = KeptQuestion.note != "" if noted else KeptQuestion.is_favourite
    return (
        select(KeptQuestion, QuestionVersion.id)
        .join(Question, Question.id == KeptQuestion.question_id)
        .join(QuestionVersion, is_current())
        .where(
            KeptQuestion.person_id.in_(identities),
            speaks(KeptQuestion, identities),
            wanted,
            Question.bank_id.in_(_bank_ids(session, actor)),
            is_drillable(),
        )
    )


def _bank_ids(session: Session, actor: Actor) -> list[BankId]:
    return [bank.id for bank in list_practice_banks(session, actor)]
