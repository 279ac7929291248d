"""Keep a question, note something of it, drill what was kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import QuestionId
from lianbing.practice.favourites.errors import NoteTooLong
from lianbing.practice.favourites.models import KeptQuestion
from lianbing.practice.favourites.queries import favourite_versions, is_open_to, speaking_row
from lianbing.practice.favourites.rules import LONGEST_NOTE, tidy_note
from lianbing.practice.learners import lock_learner
from lianbing.practice.queries import identities_of
from lianbing.practice.rules import DrillMode
from lianbing.practice.starting import DrillPlan, draw_drill, resume


def mark_favourite(
    session: Session, actor: Actor, question_id: QuestionId, *, on: bool, now: datetime
) -> None:
    """Make a question a favourite, or no longer; again is harmless."""
    row = _own_row(session, actor, question_id)
    row.is_favourite, row.changed_at = on, now


def write_note(
    session: Session, actor: Actor, question_id: QuestionId, text: str, *, now: datetime
) -> None:
    """Keep a note on a question, or take it back with an empty one; raises NoteTooLong."""
    note = tidy_note(text)
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong
    row = _own_row(session, actor, question_id)
    row.note, row.changed_at = note, now


def start_favourites(session: Session, actor: Actor, *, seed: int, now: datetime) -> int:
    """Start up to ten of the person's favourites, or resume such a drill."""
    lock_learner(session, actor)
    plan = DrillPlan(mode=DrillMode.FAVOURITES, open_as=DrillMode.FAVOURITES.value)
    resumed = resume(session, actor, plan.open_as, now=now)
    if resumed is not None:
        return resumed
    versions = favourite_versions(session, actor)
    return draw_drill(session, actor, plan, versions, seed=seed, now=now)


def _own_row(session: Session, actor: Actor, question_id: QuestionId) -> KeptQuestion:
    """The row to change, under the kept identity; NotFound for what the actor cannot practise."""
    lock_learner(session, actor)
    if not is_open_to(session, actor, question_id):
        raise NotFound
    identities = identities_of(session, actor)
    spoken = speaking_row(session, identities, question_id)
    own = speaking_row(session, identities[:1], question_id)
    if own is None:
        own = KeptQuestion(
            person_id=identities[0], question_id=question_id, is_favourite=False, note=""
        )
        session.add(own)
    if spoken is not None:
        own.is_favourite, own.note = spoken.is_favourite, spoken.note
    return own
