"""Why a daily drill asks a question: shown beside it on request."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionVersion
from lianbing.practice.daily.rules import Reason
from lianbing.practice.models import DrillItem
from lianbing.subjects.models import AssessmentPoint


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """A reason with the assessment point it is about."""

    reason: Reason
    point: str


def find_why(session: Session, item: DrillItem) -> Why | None:
    """Why a drill asks one of its questions; None outside a daily drill."""
    if not item.reason:
        return None
    statement = (
        select(AssessmentPoint.title)
        .join(QuestionVersion, QuestionVersion.point_id == AssessmentPoint.id)
        .where(QuestionVersion.id == item.version_id)
    )
    return Why(reason=Reason(item.reason), point=session.scalars(statement).one())
