"""What became of a campaign: by team as bars, by person as a list; leaders only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import PersonId
from lianbing.leaderboards.rules import MaskPolicy, mask_name
from lianbing.people.organisations.queries import list_children
from lianbing.people.queries import homes_of, members_of, person_names
from lianbing.practice.campaigns.models import CampaignMember, CampaignRun
from lianbing.practice.campaigns.queries import CampaignRow, runs_of
from lianbing.practice.campaigns.rules import Binding, Credit, credit_of
from lianbing.practice.models import Drill

PER_PAGE = 50
CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamStanding:
    """A part of the organisation: how many are asked or joined, and how many finished a try."""

    name: str
    people: int
    finished: int

    @property
    def percent(self) -> int:
        """Of those, how many finished at least one try."""
        return round(100 * self.finished / self.people) if self.people else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonStanding:
    """A person's part; ``periods`` completed of the plan's."""

    name: str
    team: str
    periods: int
    points: int


def audience(session: Session, row: CampaignRow, *, on: date) -> Select[int]:
    """Whom a campaign counts: everyone asked, or of a voluntary one those who joined."""
    if row.plan.binding is Binding.REQUIRED:
        return members_of(session, row.organisation_id, on=on)
    return select(CampaignMember.person_id).where(CampaignMember.campaign_id == row.id)


def page_of_team_standings(
    session: Session, row: CampaignRow, number: int, *, on: date
) -> Page[TeamStanding]:
    """The parts of the organisation, by name."""
    everyone = audience(session, row, on=on)
    finished = (
        select(CampaignRun.person_id)
        .join(Drill, Drill.id == CampaignRun.drill_id)
        .where(CampaignRun.campaign_id == row.id, Drill.finished_at.is_not(None))
    )
    page = list_children(session, row.organisation_id, page=number)
    rows = []
    for child in page.rows:
        members = members_of(session, child.id, on=on).subquery()
        among = select(func.count()).where(members.c.person_id.in_(everyone))
        rows.append(
            TeamStanding(
                name=child.name,
                people=session.scalar(among) or 0,
                finished=session.scalar(among.where(members.c.person_id.in_(finished))) or 0,
            )
        )
    return page.with_rows(rows)


def page_of_standings(
    session: Session, row: CampaignRow, number: int, names: MaskPolicy, *, on: date
) -> Page[PersonStanding]:
    """Everyone the campaign counts, in a fixed order that ranks nobody."""
    people = audience(session, row, on=on).subquery()
    statement = select(people.c.person_id).order_by(people.c.person_id)
    page = page_of(session, statement, number, per_page=PER_PAGE)
    shown = [PersonId(found[0]) for found in page.rows]
    return page.with_rows(_standings(session, row, shown, names))


def all_standings(
    session: Session, row: CampaignRow, names: MaskPolicy, *, on: date
) -> list[PersonStanding]:
    """The same in full, for an export."""
    people = [PersonId(one) for one in session.scalars(audience(session, row, on=on))]
    ordered = sorted(people)
    found: list[PersonStanding] = []
    for start in range(0, len(ordered), CHUNK):
        found += _standings(session, row, ordered[start : start + CHUNK], names)
    return found


def _standings(
    session: Session, row: CampaignRow, people: Sequence[PersonId], policy: MaskPolicy
) -> list[PersonStanding]:
    runs = runs_of(session, [row.id], people)
    names, homes = person_names(session, people), homes_of(session, people)
    found = []
    for place, one in enumerate(people, start=1):
        credit: Credit = credit_of(row.plan, runs.get((row.id, one), ()))
        home = homes.get(one)
        found.append(
            PersonStanding(
                name=mask_name(names[one], policy, number=f"#{place}"),
                team=(home.team_name or home.organisation_name) if home else "",
                periods=credit.periods,
                points=credit.points,
            )
        )
    return found
