"""Which rules of points hold for whom: the nearest organisation's above a person's home."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.people.models.organisations import OrganisationReach
from lianbing.people.queries import homes_of
from lianbing.practice.rewards.models import PointsRule
from lianbing.practice.rewards.rules import PointsRules


@dataclass(frozen=True, kw_only=True, slots=True)
class RateCard:
    """Rules with the row they were read from, None for the built-in ones."""

    rule_id: int | None = None
    rules: PointsRules = field(default_factory=PointsRules)


def rules_of(row: PointsRule) -> PointsRules:
    """A row's rules as a value."""
    return PointsRules(
        right=row.right_points,
        partial=row.partial_points,
        daily_cap=row.daily_cap,
        streak_answers=row.streak_answers,
        roll_names=MaskPolicy(row.roll_names),
    )


def cards_for(
    session: Session, people: Sequence[PersonId], *, on: date
) -> dict[PersonId, RateCard]:
    """The rules each person's day is judged by; asked once a person and day."""
    built_in = {person_id: RateCard() for person_id in people}
    if session.scalar(select(PointsRule.id).where(PointsRule.from_day <= on).limit(1)) is None:
        return built_in
    homes = homes_of(session, people, on=on)
    cards = cards_at(session, {home.organisation_id for home in homes.values()}, on=on)
    return built_in | {
        person_id: cards[home.organisation_id]
        for person_id, home in homes.items()
        if home.organisation_id in cards
    }


def roll_names_at(session: Session, node: OrganisationId, on: date) -> MaskPolicy:
    """The most that a list about a node's people may show of their names on a day."""
    return cards_at(session, [node], on=on).get(node, RateCard()).rules.roll_names


def cards_at(
    session: Session, nodes: Collection[OrganisationId], *, on: date
) -> dict[OrganisationId, RateCard]:
    """The rules in force at each node on a day: the nearest above, its newest version by then."""
    rows = session.execute(
        select(OrganisationReach.descendant_id, PointsRule)
        .join(PointsRule, PointsRule.organisation_id == OrganisationReach.ancestor_id)
        .where(OrganisationReach.descendant_id.in_(sorted(nodes)), PointsRule.from_day <= on)
        .order_by(
            OrganisationReach.depth,
            PointsRule.organisation_id,
            PointsRule.from_day.desc(),
            PointsRule.version.desc(),
        )
    )
    found: dict[OrganisationId, RateCard] = {}
    for node, row in rows:
        card = RateCard(rule_id=row.id, rules=rules_of(row))
        found.setdefault(OrganisationId(node), card)
    return found
