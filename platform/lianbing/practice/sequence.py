"""Where a person stands in a bank gone through in order, told from their last such drill."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, PersonId
from lianbing.practice.models import Drill, DrillItem
from lianbing.practice.queries import identities_of
from lianbing.practice.rules import DrillMode


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A question by its code; ``passed`` when it is behind the person, else it is the next."""

    code: str
    passed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """``done`` of ``total`` questions of the bank lie behind; both 0 for an empty bank."""

    done: int
    total: int


def find_place(session: Session, identities: Collection[PersonId], bank_id: BankId) -> Place | None:
    """Where the last sequential drill of a bank stands; None before the first."""
    drill = session.scalars(
        select(Drill)
        .where(
            Drill.person_id.in_(identities),
            Drill.mode == DrillMode.SEQUENTIAL.value,
            Drill.bank_id == bank_id,
        )
        .order_by(Drill.created_at.desc(), Drill.id.desc())
        .limit(1)
    ).one_or_none()
    if drill is None:
        return None
    code = session.scalars(
        select(Question.code)
        .join(DrillItem, DrillItem.question_id == Question.id)
        .where(
            DrillItem.drill_id == drill.id,
            DrillItem.position == min(drill.position, drill.length),
        )
    ).one()
    return Place(code=code, passed=drill.position > drill.length)


def get_progress(session: Session, actor: Actor, bank_id: BankId) -> Progress:
    """How far the person has come in a bank since they last began it."""
    place = find_place(session, identities_of(session, actor), bank_id)
    codes = list(
        session.scalars(
            select(Question.code)
            .join(QuestionVersion, is_current())
            .where(Question.bank_id == bank_id, is_drillable())
        )
    )
    if place is None:
        return Progress(done=0, total=len(codes))
    behind = [code for code in codes if code < place.code or (place.passed and code == place.code)]
    return Progress(done=len(behind), total=len(codes))
