"""Release an exam's questions as the second pair of eyes; keep the paper's own release in step."""

from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.exams.fairness.deadlines import lock_exam
from lianbing.exams.release.errors import (
    AlreadyReleased,
    ReleasedByClock,
    ReleaseTooLate,
    SecondPersonNeeded,
)
from lianbing.exams.release.models import ExamRelease
from lianbing.exams.release.queries import list_facts, list_releases
from lianbing.exams.release.rules import PERSONS_NEEDED, PaperRelease, first_release
from lianbing.exams.rules import ExamState
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId, PaperId
from lianbing.papers.vault import hold
from lianbing.people.queries import same_person_ids


def release_questions(session: Session, actor: Actor, exam_id: ExamId, *, now: datetime) -> int:
    """Agree to the release; return how many persons have. With the second one it takes effect.

    It may be given ahead: the questions still stay sealed until the opening.
    """
    exam = lock_exam(session, actor, exam_id)
    if actor.person_id is None:
        raise Forbidden
    if exam.paper_release != PaperRelease.TWO_PERSONS:
        raise ReleasedByClock
    if exam.state != ExamState.SCHEDULED or now >= exam.closes_at:
        raise ReleaseTooLate
    if exam.paper_released_at is not None:
        raise AlreadyReleased
    given = list_releases(session, exam_id)
    if {one.person_id for one in given} & set(same_person_ids(session, actor.person_id)):
        raise SecondPersonNeeded
    session.add(ExamRelease(exam_id=exam_id, person_id=actor.person_id, released_at=now))
    persons = len(given) + 1
    if persons >= PERSONS_NEEDED:
        exam.paper_released_at = now
        session.flush()
        settle_paper(session, PaperId(exam.paper_id), now=now)
    audit.record(
        session,
        actor,
        "exam.release_questions",
        subject=("exam", exam_id),
        now=now,
        details={"persons": persons},
    )
    session.flush()
    return persons


def settle_paper(session: Session, paper_id: PaperId, *, now: datetime) -> None:
    """Tell the paper when the first of its exams releases it; again is harmless."""
    session.flush()
    hold(session, paper_id, release_at=first_release(list_facts(session, paper_id)), now=now)
