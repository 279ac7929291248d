"""Who has left the boards."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.kernel.ids import PersonId
from lianbing.people.queries import identities_of_many
from lianbing.practice.rewards.models import BoardRefusal


def staying_off(session: Session, people: Collection[PersonId]) -> set[PersonId]:
    """Those of the people who left the boards, as whichever of their merged identities."""
    identities = identities_of_many(session, people)
    asked = {identity for own in identities.values() for identity in own}
    found = set(
        session.scalars(
            select(BoardRefusal.person_id).where(BoardRefusal.person_id.in_(sorted(asked)))
        )
    )
    return {one for one, own in identities.items() if not found.isdisjoint(own)}
