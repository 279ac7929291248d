"""Time spent, summed: a person's own, and a material's over everyone."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import MaterialId
from lianbing.people.models import Person
from lianbing.people.persons.identities import kept_id
from lianbing.people.queries import same_person_ids
from lianbing.training.reading.models import StudyTime


@dataclass(frozen=True, kw_only=True, slots=True)
class Studied:
    """How many people studied a material, and their hours together in seconds."""

    people: int
    seconds: int


def find_own_seconds(session: Session, actor: Actor, material_id: MaterialId | None = None) -> int:
    """What the actor spent on a material, or on all; 0 for the system."""
    if actor.person_id is None:
        return 0
    mine = same_person_ids(session, actor.person_id)
    statement = select(func.sum(StudyTime.milliseconds)).where(StudyTime.person_id.in_(mine))
    if material_id is not None:
        statement = statement.where(StudyTime.material_id == material_id)
    return int(session.scalar(statement) or 0) // 1000


def studied(session: Session, material_ids: Collection[MaterialId]) -> dict[MaterialId, Studied]:
    """The time of everyone by material; one that nobody opened is left out."""
    rows = session.execute(
        select(
            StudyTime.material_id,
            func.count(func.distinct(kept_id())),
            func.sum(StudyTime.milliseconds),
        )
        .join(Person, Person.id == StudyTime.person_id)
        .where(StudyTime.material_id.in_(set(material_ids)))
        .group_by(StudyTime.material_id)
    )
    return {
        MaterialId(row[0]): Studied(people=row[1], seconds=int(row[2] or 0) // 1000) for row in rows
    }
