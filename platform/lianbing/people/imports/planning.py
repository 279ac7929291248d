"""What storing a list would do, row by row, against who and what is there already.

The plan is made for the preview and again, from the same sealed cells, in the transaction
that stores it: what was previewed is what is stored, or nothing is.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.crypto import Keyring
from lianbing.kernel.errors import N_
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.imports.columns import HEADERS, Column
from lianbing.people.imports.rules import PersonLine, Reading, RowProblem
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.models.persons import Membership, Person
from lianbing.people.organisations.queries import OrganisationRow
from lianbing.people.organisations.rules import CHILDREN, UNIONS, OrganisationKind

CHUNK = 5000


class Action(StrEnum):
    """What happens to a row."""

    NEW = "new"
    LINK = "link"
    ALREADY = "already"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a row's person joins: a known node, and what is to be made below it."""

    organisation_id: OrganisationId
    new_department: str = ""
    new_team: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRow:
    """One row with its action; ``person_id`` is the known person's, kept identity."""

    line: PersonLine
    action: Action
    place: Place
    person_id: PersonId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All rows, or all problems."""

    rows: tuple[PlannedRow, ...]
    problems: tuple[RowProblem, ...]

    def count(self, action: Action) -> int:
        """How many rows meet this."""
        return sum(row.action is action for row in self.rows)

    @property
    def new_places(self) -> tuple[str, ...]:
        """Departments and teams that storing would make, by name, each once."""
        named = (
            " / ".join(part for part in (row.place.new_department, row.place.new_team) if part)
            for row in self.rows
        )
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def fingerprint(self) -> str:
        """Changes whenever what would be stored does."""
        said = repr([(row.line, row.action, row.place, row.person_id) for row in self.rows])
        return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


TWO_PERSONS = N_(
    "The ID number and the phone belong to two different people. Correct the row, or merge them."
)
OTHER_NAME = N_(
    "This number is registered under another name. Correct the row, or free the number first."
)
OTHER_ID_NUMBER = N_("This phone belongs to someone with another ID number. Correct the row.")
NUMBER_TAKEN = N_("Someone else in this unit has this staff number.")
NO_TEAMS_HERE = N_("People are imported straight into this place: leave department and team empty.")
SEVERAL_TEAMS = N_("Several teams have this name. Write the department too.")


def plan_import(
    session: Session, node: OrganisationRow, reading: Reading, *, keyring: Keyring
) -> Plan:
    """Decide every row against the database; nothing is changed."""
    planner = _Planner(session, node, reading, keyring)
    rows = [planner.plan(line) for line in reading.lines]
    problems = sorted((*reading.problems, *planner.problems), key=lambda problem: problem.row)
    return Plan(rows=tuple(row for row in rows if row is not None), problems=tuple(problems))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    kept_id: int
    name: str
    id_number_digest: bytes | None


class _Planner:
    def __init__(
        self, session: Session, node: OrganisationRow, reading: Reading, keyring: Keyring
    ) -> None:
        self.node = node
        self.headings = reading.headings
        self.problems: list[RowProblem] = []
        self.digests = {
            line.row: (
                keyring.digest("id_number", line.id_number) if line.id_number else None,
                keyring.digest("phone", line.phone) if line.phone else None,
            )
            for line in reading.lines
        }
        self.by_id = _known_by(session, [d[0] for d in self.digests.values()], phone=False)
        self.by_phone = _known_by(session, [d[1] for d in self.digests.values()], phone=True)
        known = [*self.by_id.values(), *self.by_phone.values()]
        self.unit_id = session.get_one(Organisation, node.id).unit_id
        self.members = _members(session, {k.kept_id for k in known}, self.unit_id or node.id)
        self.numbers = _numbers(session, self.unit_id)
        self.places = _places(session, node)

    def plan(self, line: PersonLine) -> PlannedRow | None:
        before = len(self.problems)
        known = self._find_known(line)
        place = self._find_place(line)
        holder = self.numbers.get(line.staff_number) if line.staff_number else None
        if holder is not None and (known is None or holder != known.kept_id):
            self._problem(line, Column.STAFF_NUMBER, NUMBER_TAKEN)
        if place is None or len(self.problems) > before:
            return None
        if known is None:
            return PlannedRow(line=line, action=Action.NEW, place=place)
        action = Action.ALREADY if known.kept_id in self.members else Action.LINK
        return PlannedRow(line=line, action=action, place=place, person_id=PersonId(known.kept_id))

    def _find_known(self, line: PersonLine) -> _Known | None:
        id_digest, phone_digest = self.digests[line.row]
        by_id = self.by_id.get(id_digest) if id_digest else None
        by_phone = self.by_phone.get(phone_digest) if phone_digest else None
        if by_id and by_phone and by_id.kept_id != by_phone.kept_id:
            self._problem(line, Column.PHONE, TWO_PERSONS)
        elif by_phone and not by_id and id_digest and by_phone.id_number_digest:
            self._problem(line, Column.PHONE, OTHER_ID_NUMBER)
        known = by_id or by_phone
        if known is not None and known.name != line.name:
            self._problem(line, Column.NAME, OTHER_NAME)
        return known

    def _find_place(self, line: PersonLine) -> Place | None:
        here = Place(organisation_id=self.node.id)
        if not line.department and not line.team:
            return here
        if self.node.kind in UNIONS or self.node.kind is OrganisationKind.WORK_TEAM:
            self._problem(line, Column.TEAM, NO_TEAMS_HERE)
            return None
        if not line.department:
            return self._find_team(line)
        department = self.places.departments.get(line.department)
        if department is None:
            return Place(
                organisation_id=self.node.id,
                new_department=line.department,
                new_team=line.team,
            )
        if not line.team:
            return Place(organisation_id=department)
        team = self.places.teams_in.get((department, line.team))
        if team is not None:
            return Place(organisation_id=team)
        return Place(organisation_id=department, new_team=line.team)

    def _find_team(self, line: PersonLine) -> Place | None:
        own = self.places.teams_in.get((self.node.id, line.team))
        if own is not None:
            return Place(organisation_id=own)
        found = self.places.teams.get(line.team, ())
        if len(found) > 1:
            self._problem(line, Column.TEAM, SEVERAL_TEAMS)
            return None
        if found:
            return Place(organisation_id=found[0])
        return Place(organisation_id=self.node.id, new_team=line.team)

    def _problem(self, line: PersonLine, column: Column, message: str) -> None:
        heading = self.headings.get(column) or HEADERS[column][0]
        self.problems.append(RowProblem(row=line.row, column=heading, message=message))


def _known_by(
    session: Session, digests: Collection[bytes | None], *, phone: bool
) -> dict[bytes, _Known]:
    column = Person.phone_digest if phone else Person.id_number_digest
    wanted = sorted({digest for digest in digests if digest is not None})
    found: dict[bytes, _Known] = {}
    for start in range(0, len(wanted), CHUNK):
        statement = select(column, Person).where(column.in_(wanted[start : start + CHUNK]))
        if phone:
            statement = statement.where(Person.phone_active)
        for digest, person in session.execute(statement):
            if digest is not None:
                found[digest] = _Known(
                    kept_id=person.kept_id or person.id,
                    name=person.name,
                    id_number_digest=person.id_number_digest,
                )
    return found


def _members(session: Session, kept: Collection[int], place_id: int) -> set[int]:
    """Who of these belongs to the unit already, or to this very node where it is in none."""
    members: set[int] = set()
    ordered = sorted(kept)
    for start in range(0, len(ordered), CHUNK):
        members.update(
            session.scalars(
                select(Membership.person_id).where(
                    Membership.person_id.in_(ordered[start : start + CHUNK]),
                    Membership.valid_to.is_(None),
                    (Membership.unit_id == place_id) | (Membership.organisation_id == place_id),
                )
            )
        )
    return members


def _numbers(session: Session, unit_id: int | None) -> dict[str, int]:
    """The unit's staff numbers in use, and whose they are."""
    if unit_id is None:
        return {}
    rows = session.execute(
        select(Membership.staff_number, Membership.person_id).where(
            Membership.unit_id == unit_id,
            Membership.valid_to.is_(None),
            Membership.staff_number.is_not(None),
        )
    )
    return {number: person_id for number, person_id in rows if number is not None}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Places:
    departments: Mapping[str, OrganisationId]
    teams_in: Mapping[tuple[OrganisationId, str], OrganisationId]
    teams: Mapping[str, tuple[OrganisationId, ...]]


def _places(session: Session, node: OrganisationRow) -> _Places:
    """Departments directly below the node, and the teams of its subtree with their parents."""
    if not CHILDREN[node.kind] or node.kind in UNIONS:
        return _Places(departments={}, teams_in={}, teams={})
    below = select(OrganisationReach.descendant_id).where(OrganisationReach.ancestor_id == node.id)
    rows = session.execute(
        select(Organisation.id, Organisation.name, Organisation.kind, OrganisationReach.ancestor_id)
        .join(OrganisationReach, OrganisationReach.descendant_id == Organisation.id)
        .where(
            OrganisationReach.depth == 1,
            OrganisationReach.ancestor_id.in_(below),
            OrganisationReach.descendant_id.in_(below),
        )
        .order_by(Organisation.id)
    )
    departments: dict[str, OrganisationId] = {}
    teams_in: dict[tuple[OrganisationId, str], OrganisationId] = {}
    teams: dict[str, tuple[OrganisationId, ...]] = {}
    for id_, name, kind, parent in rows:
        place = OrganisationId(id_)
        if kind == OrganisationKind.DEPARTMENT.value and parent == node.id:
            departments[name] = place
        elif kind == OrganisationKind.WORK_TEAM.value:
            teams_in[OrganisationId(parent), name] = place
            teams[name] = (*teams.get(name, ()), place)
    return _Places(departments=departments, teams_in=teams_in, teams=teams)
