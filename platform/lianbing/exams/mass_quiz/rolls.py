"""Participants below a node and who has not taken part, as leaders' pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz.models import MassQuizStanding
from lianbing.exams.mass_quiz.outside import roll_names
from lianbing.exams.mass_quiz.queries import QuizRow
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.leaderboards.rules import MaskPolicy, encode, mask_name, ranks
from lianbing.people.queries import Home, homes_of, members_of, organisation_names, person_names

PER_PAGE = 50
MOST_NAMES = 300
CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    """A participant as a leader sees them."""

    rank: int
    person_id: PersonId
    name: str
    team: str
    marks: Decimal
    seconds: int
    tries: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Absent:
    """Somebody who has not taken part yet."""

    name: str
    team: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Roll:
    """Who below a node has taken part; ``text_names`` for a chat group, as rules allow."""

    organisation_name: str
    people: int
    absent: Page[Absent]
    names: MaskPolicy
    text_names: tuple[str, ...]

    @property
    def done(self) -> int:
        return self.people - self.absent.total


def _people(
    session: Session, row: QuizRow, place: OrganisationId, *, on: date
) -> Select[MassQuizStanding]:
    own = MassQuizStanding
    statement = select(own).where(own.quiz_id == row.id, own.tries > 0)
    if place != row.organisation_id:
        statement = statement.where(own.person_id.in_(members_of(session, place, on=on)))
    return statement.order_by(own.marks.desc(), own.seconds, own.reached_at, own.person_id)


def page_of_people(
    session: Session, row: QuizRow, place: OrganisationId, number: int, *, on: date
) -> Page[PersonLine]:
    """One page of the participants below a node, the best first: more marks, then less time."""
    page = page_of(session, _people(session, row, place, on=on), number, per_page=PER_PAGE)
    first = (page.number - 1) * page.per_page
    shown = [one[0] for one in page.rows]
    places = _ranks(session, row, place, shown, first=first, on=on)
    return page.with_rows(_person_lines(session, place, shown, places, first=first, on=on))


def _ranks(
    session: Session,
    row: QuizRow,
    place: OrganisationId,
    shown: Sequence[MassQuizStanding],
    *,
    first: int,
    on: date,
) -> list[int]:
    """The places of consecutive participants, shared by equals as on the board."""
    if not shown:
        return []
    own, best = MassQuizStanding, shown[0]
    better = _people(session, row, place, on=on).where(
        or_(own.marks > best.marks, (own.marks == best.marks) & (own.seconds < best.seconds))
    )
    before = session.scalar(select(func.count()).select_from(better.order_by(None).subquery()))
    keys = [encode(one.marks, one.seconds) for one in shown]
    return ranks(keys, first_rank=1 + (before or 0), first_position=first)


def all_people(
    session: Session, row: QuizRow, place: OrganisationId, *, on: date
) -> list[PersonLine]:
    """The same in full, for an export."""
    rows = session.scalars(_people(session, row, place, on=on)).all()
    places = _ranks(session, row, place, rows, first=0, on=on)
    found: list[PersonLine] = []
    for start in range(0, len(rows), CHUNK):
        part, own = rows[start : start + CHUNK], places[start : start + CHUNK]
        found += _person_lines(session, place, part, own, first=start, on=on)
    return found


def _person_lines(
    session: Session,
    place: OrganisationId,
    rows: Sequence[MassQuizStanding],
    places: Sequence[int],
    *,
    first: int,
    on: date,
) -> list[PersonLine]:
    policy = roll_names(session, place, on=on)
    people = [PersonId(row.person_id) for row in rows]
    names, homes = person_names(session, people), homes_of(session, people, on=on)
    return [
        PersonLine(
            rank=places[number - 1],
            person_id=PersonId(row.person_id),
            name=mask_name(names[PersonId(row.person_id)], policy, number=f"#{first + number}"),
            team=_team(homes, PersonId(row.person_id)),
            marks=row.marks,
            seconds=row.seconds,
            tries=row.tries,
        )
        for number, row in enumerate(rows, start=1)
    ]


def _team(homes: Mapping[PersonId, Home], person_id: PersonId) -> str:
    home = homes.get(person_id)
    return (home.team_name or home.organisation_name) if home else ""


def _absent(session: Session, quiz_id: int, place: OrganisationId, *, on: date) -> Select[int]:
    people = members_of(session, place, on=on).subquery()
    took_part = select(MassQuizStanding.person_id).where(
        MassQuizStanding.quiz_id == quiz_id, MassQuizStanding.tries > 0
    )
    return (
        select(people.c.person_id)
        .where(people.c.person_id.not_in(took_part))
        .order_by(people.c.person_id)
    )


def get_roll(
    session: Session, quiz_id: int, place: OrganisationId, number: int, *, on: date
) -> Roll:
    """Who of the people below a node has not taken part; the caller has checked reach."""
    policy = roll_names(session, place, on=on)
    people = session.scalar(
        select(func.count()).select_from(members_of(session, place, on=on).subquery())
    )
    statement = _absent(session, quiz_id, place, on=on)
    page = page_of(session, statement, number, per_page=PER_PAGE)
    told = [PersonId(one) for one in session.scalars(statement.limit(MOST_NAMES))]
    known = person_names(session, told)
    hidden = policy is MaskPolicy.NONE
    return Roll(
        organisation_name=organisation_names(session, [place])[place],
        people=people or 0,
        absent=page.with_rows(_absent_lines(session, [row[0] for row in page.rows], policy, on)),
        names=policy,
        text_names=()
        if hidden
        else tuple(mask_name(known[one], policy, number="") for one in told),
    )


def all_absent(session: Session, quiz_id: int, place: OrganisationId, *, on: date) -> list[Absent]:
    """Everyone who has not taken part, for an export; the caller has checked reach."""
    people = session.scalars(_absent(session, quiz_id, place, on=on)).all()
    policy = roll_names(session, place, on=on)
    found: list[Absent] = []
    for start in range(0, len(people), CHUNK):
        found += _absent_lines(session, people[start : start + CHUNK], policy, on)
    return found


def _absent_lines(
    session: Session, people: Sequence[int], policy: MaskPolicy, on: date
) -> list[Absent]:
    shown = [PersonId(one) for one in people]
    names, homes = person_names(session, shown), homes_of(session, shown, on=on)
    return [
        Absent(name=mask_name(names[one], policy, number=f"#{place}"), team=_team(homes, one))
        for place, one in enumerate(shown, start=1)
    ]
