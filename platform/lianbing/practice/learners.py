"""The row of a person who practises, and the lock it is."""

from sqlalchemy.orm import Session

from lianbing.kernel.actor import Actor
from lianbing.practice.models import Learner
from lianbing.practice.queries import learner_of
from lianbing.practice.recording import lock_learners


def lock_learner(session: Session, actor: Actor) -> Learner:
    """The actor's own row, held until the transaction ends."""
    person_id = learner_of(actor)
    lock_learners(session, [person_id])
    return session.get_one(Learner, person_id, populate_existing=True)
