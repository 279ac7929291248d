"""Merging two identities found to be one, and undoing it. Nothing else is repointed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import PersonId
from lianbing.people.authority import identities_of, require_over_all_of_person
from lianbing.people.models.persons import Person, PersonMerge
from lianbing.people.persons.errors import DifferentIdNumbers, MergeUndone, SamePerson
from lianbing.people.persons.rules import resolved


def merge_persons(
    session: Session,
    actor: Actor,
    *,
    kept_id: PersonId,
    absorbed_id: PersonId,
    reason: str,
    now: datetime,
) -> int:
    """Let one identity stand for another from now on; return the merge's id, to undo it by.

    The actor must administer every node of both, since the kept person acts with the roles
    of both. Raises SamePerson, DifferentIdNumbers.
    """
    on = local_date(now)
    kept, absorbed = (identities_of(session, id_)[0] for id_ in (kept_id, absorbed_id))
    if kept == absorbed:
        raise SamePerson
    for person_id in (kept, absorbed):
        require_over_all_of_person(session, actor, person_id=person_id, on=on)
    rows = _lock(session, kept, absorbed)
    if any(rows[id_].kept_id is not None for id_ in (kept, absorbed)):
        raise SamePerson  # another merge of these came first
    numbers = {rows[id_].id_number_digest for id_ in (kept, absorbed)} - {None}
    if len(numbers) > 1:
        raise DifferentIdNumbers
    merge = PersonMerge(
        absorbed_id=absorbed,
        kept_id=kept,
        reason=reason,
        merged_at=now,
        merged_by=actor.person_id,
    )
    session.add(merge)
    session.flush()
    _mirror(session, {kept, absorbed})
    audit.record(
        session,
        actor,
        "person.merged",
        subject=("person", kept),
        now=now,
        reason=reason,
        details={"absorbed_id": absorbed, "merge_id": merge.id},
    )
    return merge.id


def undo_merge(
    session: Session, actor: Actor, merge_id: int, *, reason: str, now: datetime
) -> None:
    """Take a merge back: both identities are as they were, with all that was theirs."""
    merge = session.get(PersonMerge, merge_id)
    if merge is None:
        raise NotFound
    kept, absorbed = PersonId(merge.kept_id), PersonId(merge.absorbed_id)
    require_over_all_of_person(session, actor, person_id=kept, on=local_date(now))
    _lock(session, kept, absorbed)
    session.refresh(merge)
    if merge.undone_at is not None:
        raise MergeUndone
    group = set(identities_of(session, kept))
    merge.undone_at, merge.undone_by = now, actor.person_id
    session.flush()
    _mirror(session, group)
    audit.record(
        session,
        actor,
        "person.merge_undone",
        subject=("person", kept),
        now=now,
        reason=reason,
        details={"absorbed_id": absorbed, "merge_id": merge_id},
    )


def _lock(session: Session, *person_ids: PersonId) -> dict[int, Person]:
    # In id order, so that two merges of the same pair wait instead of deadlocking.
    rows = session.scalars(
        select(Person)
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {person.id: person for person in rows}


def _mirror(session: Session, person_ids: set[PersonId]) -> None:
    """Write what the live merges say into ``person.kept_id`` of everyone they touch."""
    group = {int(id_) for id_ in person_ids}
    merges: dict[int, int] = {}
    frontier = set(group)
    while frontier:
        rows = session.execute(
            select(PersonMerge.absorbed_id, PersonMerge.kept_id).where(
                PersonMerge.undone_at.is_(None),
                PersonMerge.absorbed_id.in_(frontier) | PersonMerge.kept_id.in_(frontier),
            )
        ).all()
        merges.update((absorbed, kept) for absorbed, kept in rows)
        frontier = {id_ for row in rows for id_ in row} - group
        group |= frontier
    kept_by_id = resolved(group, merges)
    for person in session.scalars(select(Person).where(Person.id.in_(group)).order_by(Person.id)):
        person.kept_id = kept_by_id[person.id]
    session.flush()
