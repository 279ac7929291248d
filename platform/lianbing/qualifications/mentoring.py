"""Mentoring on the passport: written once for each of two people when their pair is over."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import PersonId
from lianbing.people.queries import person_names, same_person_ids
from lianbing.practice.mentoring.events import MentoringEnded
from lianbing.practice.mentoring.queries import find_settled
from lianbing.qualifications.models import MentoringCredit

SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class MentoringRow:
    """A line of the passport: with whom, in which part, how long, how many drills were done."""

    was_mentor: bool
    partner: str
    began_on: date
    ended_on: date
    days: int
    drills_set: int
    drills_done: int


def write_credits(session: Session, event: MentoringEnded) -> None:
    """A line for both of a pair that was long enough in force; again changes nothing."""
    pair = find_settled(session, event.pair_id)
    if pair is None or not pair.earns_credit:
        return
    statement = insert_for(session, cast(Table, MentoringCredit.__table__)).on_conflict_do_nothing(
        index_elements=["pair_id", "person_id"]
    )
    shared = {
        "pair_id": pair.id,
        "began_on": pair.began_on,
        "ended_on": pair.ended_on,
        "days": pair.days,
        "drills_set": pair.drills_set,
        "drills_done": pair.drills_done,
    }
    for person_id, partner_id in (
        (pair.mentor_id, pair.apprentice_id),
        (pair.apprentice_id, pair.mentor_id),
    ):
        was_mentor = person_id == pair.mentor_id
        session.execute(
            statement.values(
                person_id=person_id, partner_id=partner_id, was_mentor=was_mentor, **shared
            )
        )


def list_credits(session: Session, person_id: PersonId) -> list[MentoringRow]:
    """A person's mentoring, the latest first, at most twenty."""
    mine = same_person_ids(session, person_id)
    rows = session.scalars(
        select(MentoringCredit)
        .where(MentoringCredit.person_id.in_(mine))
        .order_by(MentoringCredit.ended_on.desc(), MentoringCredit.id.desc())
        .limit(SHOWN)
    ).all()
    names = person_names(session, [PersonId(row.partner_id) for row in rows])
    return [
        MentoringRow(
            was_mentor=row.was_mentor,
            partner=names[PersonId(row.partner_id)],
            began_on=row.began_on,
            ended_on=row.ended_on,
            days=row.days,
            drills_set=row.drills_set,
            drills_done=row.drills_done,
        )
        for row in rows
    ]
