"""Practise: answer the questions of a drill one by one; ``starting`` begins drills."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import contents
from lianbing.grading.rules import Verdict
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import PersonId, QuestionId, QuestionVersionId
from lianbing.practice.errors import NotYetAsked
from lianbing.practice.learners import lock_learner
from lianbing.practice.marking import mark_given
from lianbing.practice.models import Drill, DrillItem
from lianbing.practice.queries import identities_of, is_drillable_now, point_of
from lianbing.practice.recording import Answered, record_answers
from lianbing.practice.rules import DrillMode, Given, as_answer


def answer_question(
    session: Session, actor: Actor, drill_id: int, position: int, given: Given, *, now: datetime
) -> None:
    """Record the answer to the question the drill stands at, and move on.

    A position already passed is a retry and changes nothing. A question withdrawn from
    practice meanwhile is skipped, whatever was given. Raises NotFound, NotYetAsked,
    NothingChosen, AnswerMisshapen, and
    NotRatedYet for a short answer that its writer has not held against the model answer.
    """
    lock_learner(session, actor)
    drill = own_drill(session, actor, drill_id)
    if DrillMode(drill.mode).has_own_rules:
        raise NotFound
    if not 1 <= position <= drill.length:
        raise NotFound
    if position < drill.position:
        return
    if position > drill.position:
        raise NotYetAsked
    item = session.get_one(DrillItem, (drill.id, position))
    if is_drillable_now(session, item.question_id):
        record_item(session, drill, item, given, now=now)
    else:
        item.skipped_at = now
    drill.position += 1
    if drill.position > drill.length:
        finish(drill, now=now)


def finish(drill: Drill, *, now: datetime) -> None:
    """End a drill, wherever it stands."""
    drill.finished_at, drill.open_as = now, None


def own_drill(session: Session, actor: Actor, drill_id: int) -> Drill:
    """A drill of the actor's to change; raises NotFound for anyone else's."""
    drill = session.scalars(
        select(Drill).where(
            Drill.id == drill_id, Drill.person_id.in_(identities_of(session, actor))
        )
    ).one_or_none()
    if drill is None:
        raise NotFound
    return drill


def record_item(
    session: Session, drill: Drill, item: DrillItem, given: Given, *, now: datetime
) -> Verdict:
    """Check and record an answer to one question of a drill, whose learner is locked; the drill
    itself is not moved on."""
    version_id = QuestionVersionId(item.version_id)
    content = contents(session, [version_id])[version_id]
    answer, verdict = mark_given(
        content, as_answer(content, given), gave_up=given.gave_up, rating=given.rating
    )
    point_id = point_of(session, version_id)
    answered = Answered(
        person_id=PersonId(drill.person_id),
        drill_id=drill.id,
        position=item.position,
        question_id=QuestionId(item.question_id),
        version_id=version_id,
        point_id=point_id,
        mode=drill.mode,
        answer=answer,
        verdict=verdict,
        answered_at=now,
    )
    record_answers(session, [answered], now=now)
    return verdict
