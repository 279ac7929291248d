"""How units (单位) and work teams (班组) of a quiz do: heads, participants, marks.

The aggregates are made anew from the standings for the places that somebody's try touched, under
their rows' locks, so that they can only lag and never drift.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizPlace, MassQuizStanding
from lianbing.exams.mass_quiz.rules import average_of, share_of
from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import OrganisationId
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.models.persons import Membership, Person
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.persons.identities import kept_id, valid_on
from lianbing.people.queries import participation_base

UNIT, TEAM = "unit", "team"
CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class _Heads:
    kind: str
    heads: int
    registered: bool


def refresh_places(session: Session, quiz: MassQuiz, *, on: date) -> None:
    """Bring every unit and team of a quiz up to a day's tree, heads and people, then count."""
    place = OrganisationId(quiz.organisation_id)
    found: dict[int, _Heads] = {
        unit.unit_id: _Heads(kind=UNIT, heads=unit.base, registered=unit.head_count is not None)
        for unit in participation_base(session, place, on=on).units
    }
    for team, people in _teams(session, place, on=on).items():
        found[team] = _Heads(kind=TEAM, heads=people, registered=False)
    if found:
        _store(session, quiz.id, found)
    quiz.places_on = on
    session.flush()
    count_places(session, quiz.id, sorted(found))


def _teams(session: Session, place: OrganisationId, *, on: date) -> dict[int, int]:
    """The work teams at or below a node, with how many people belong to each on a day."""
    teams = (
        select(Organisation.id)
        .join(OrganisationReach, OrganisationReach.descendant_id == Organisation.id)
        .where(
            OrganisationReach.ancestor_id == place,
            Organisation.kind == OrganisationKind.WORK_TEAM.value,
        )
        .distinct()
    )
    people = session.execute(
        select(OrganisationReach.ancestor_id, func.count(kept_id().distinct()))
        .join(Membership, Membership.organisation_id == OrganisationReach.descendant_id)
        .join(Person, Person.id == Membership.person_id)
        .where(OrganisationReach.ancestor_id.in_(teams), valid_on(on))
        .group_by(OrganisationReach.ancestor_id)
    )
    counted = {row[0]: row[1] for row in people}
    return {team: counted.get(team, 0) for team in session.scalars(teams)}


def _store(session: Session, quiz_id: int, found: Mapping[int, _Heads]) -> None:
    statement = insert_for(session, cast(Table, MassQuizPlace.__table__))
    changing = ("kind", "heads", "registered")
    nothing = {name: Decimal(0) for name in ("total", "average", "share")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["quiz_id", "organisation_id"],
            set_={name: statement.excluded[name] for name in changing},
        ),
        [
            {
                "quiz_id": quiz_id,
                "organisation_id": place,
                "kind": heads.kind,
                "heads": heads.heads,
                "registered": heads.registered,
                "participants": 0,
                "tries": 0,
                **nothing,
            }
            for place, heads in sorted(found.items())
        ],
    )


def count_places(session: Session, quiz_id: int, places: Collection[int]) -> None:
    """Count participants, tries and marks of places anew; those that are none are left out."""
    wanted = sorted(set(places))
    for start in range(0, len(wanted), CHUNK):
        _count(session, quiz_id, wanted[start : start + CHUNK])


def _count(session: Session, quiz_id: int, places: Collection[int]) -> None:
    # Held first, in order: what is counted next is then no older than what anybody else wrote.
    rows = session.scalars(
        select(MassQuizPlace)
        .where(MassQuizPlace.quiz_id == quiz_id, MassQuizPlace.organisation_id.in_(places))
        .order_by(MassQuizPlace.organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    sums = {
        UNIT: _sums(session, quiz_id, [row.organisation_id for row in rows if row.kind == UNIT]),
        TEAM: _sums(
            session, quiz_id, [row.organisation_id for row in rows if row.kind == TEAM], team=True
        ),
    }
    for row in rows:
        people, tries, total = sums[row.kind].get(row.organisation_id, (0, 0, Decimal(0)))
        row.participants, row.tries, row.total = people, tries, total
        row.average = average_of(total, people)
        row.share = share_of(people, row.heads)
    session.flush()


def _sums(
    session: Session, quiz_id: int, places: Collection[int], *, team: bool = False
) -> dict[int, tuple[int, int, Decimal]]:
    if not places:
        return {}
    column = MassQuizStanding.team_id if team else MassQuizStanding.unit_id
    rows = session.execute(
        select(
            column,
            func.count(),
            func.sum(MassQuizStanding.tries),
            func.sum(MassQuizStanding.marks),
        )
        .where(
            MassQuizStanding.quiz_id == quiz_id,
            MassQuizStanding.tries > 0,
            column.in_(places),
        )
        .group_by(column)
    )
    return {
        place: (people, int(tries), Decimal(total))
        for place, people, tries, total in rows
        if place is not None
    }
