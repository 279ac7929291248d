"""Telling candidates: a notice is one row; the page hears of it by the attempt's counter."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from lianbing.exams.fairness.deadlines import lock_exam, lock_running
from lianbing.exams.fairness.models import ExamNotice
from lianbing.exams.fairness.queries import NoticeKind
from lianbing.exams.models import Attempt
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import ExamId, PersonId


def tell(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    kind: NoticeKind,
    *,
    words: str,
    now: datetime,
    person_ids: Collection[PersonId] | None = None,
    minutes: int = 0,
) -> None:
    """Write a notice for everybody (None) or for each of some; ``words`` as they were typed."""
    targets: list[PersonId | None] = [None]
    if person_ids is not None:
        targets = [*sorted(set(person_ids))]
    if not targets:
        return
    session.execute(
        insert(ExamNotice),
        [
            {
                "exam_id": exam_id,
                "person_id": person_id,
                "kind": kind.value,
                "minutes": minutes,
                "words": words,
                "said_at": now,
                "said_by": actor.person_id,
            }
            for person_id in targets
        ],
    )


def send_message(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    *,
    words: str,
    now: datetime,
    person_ids: Collection[PersonId] | None = None,
) -> None:
    """Tell everybody, or some, what an invigilator has to say; it appears on the exam page."""
    lock_exam(session, actor, exam_id)
    tell(session, actor, exam_id, NoticeKind.MESSAGE, words=words, now=now, person_ids=person_ids)
    running = lock_running(session, exam_id, now=now, person_ids=person_ids)
    session.execute(
        update(Attempt)
        .where(Attempt.id.in_(running))
        .values(news=Attempt.news + 1)
        .execution_options(synchronize_session=False)
    )
    audit.record(
        session,
        actor,
        "exam.message",
        subject=("exam", exam_id),
        now=now,
        reason=words,
        details={"to": "all" if person_ids is None else len(person_ids)},
    )
