"""Which questions stand in an exam that is being sat: nobody may take their keys along."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionVersion
from lianbing.exams.models import Exam
from lianbing.kernel.ids import PaperId, QuestionId
from lianbing.papers.models import SealedPaper
from lianbing.papers.queries import get_frozen_paper

AFTERWARDS = timedelta(hours=1)
"""Grace and what arrives late; a little longer than needed harms nobody."""


def questions_being_sat(session: Session, *, now: datetime) -> frozenset[QuestionId]:
    """The questions of every exam that is open, of papers whose content is out."""
    papers = session.scalars(
        select(Exam.paper_id)
        .join(SealedPaper, SealedPaper.paper_id == Exam.paper_id)
        .where(
            Exam.opens_at <= now,
            or_(Exam.closes_at > now - AFTERWARDS, Exam.extended_to > now - AFTERWARDS),
            SealedPaper.release_at <= now,
        )
        .distinct()
    )
    versions = {
        question.content.version_id
        for paper_id in papers.all()
        for question in get_frozen_paper(session, PaperId(paper_id)).questions
    }
    if not versions:
        return frozenset()
    statement = select(QuestionVersion.question_id).where(QuestionVersion.id.in_(sorted(versions)))
    return frozenset(QuestionId(id_) for id_ in session.scalars(statement))
