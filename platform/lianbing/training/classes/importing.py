"""Lists for a class: a roster, or who attended a session, looked at first and stored whole or not.

People are found by name with phone or ID number among those of the body that holds the class; a
list makes nobody known who was not. The plan that waits for its word names persons by id alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import N_, Forbidden
from lianbing.kernel.ids import ClassId, OrganisationId, PersonId
from lianbing.people.imports.columns import HEADERS, Column, plain
from lianbing.people.imports.reading import read_table
from lianbing.people.imports.rules import HEADER_WITHIN, PersonLine, RowProblem, read_list
from lianbing.people.persons.queries import find_by_numbers
from lianbing.people.queries import kept_ids, members_of, person_names
from lianbing.training.classes.errors import (
    ImportFaulty,
    ImportGone,
    ListTooLong,
    PresenceColumnMissing,
)
from lianbing.training.classes.models import ClassImport, ClassMember, TrainingClass
from lianbing.training.classes.rules import PRESENCE_HEADINGS, Presence, read_presence
from lianbing.training.classes.use_cases import (
    add_members,
    mark_attendance,
    open_class,
    session_of,
)

KEPT = timedelta(days=1)
MOST_ROWS = 1000
UNKNOWN_PERSON = N_(
    "Nobody of this body has this name and number. Correct the row, or import them as people first."
)
NOT_ON_ROSTER = N_("This person is not on the roster. Put them on it first.")
UNKNOWN_PRESENCE = N_("This word is not understood. Write present, absent or leave.")


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLine:
    """A row whose person is known; ``state`` only in a list of attendance."""

    row: int
    person_id: PersonId
    state: Presence | None
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPlan:
    """What a list would do: all its rows, or what is wrong with it."""

    id: int
    session_id: int | None
    lines: tuple[FoundLine, ...]
    problems: tuple[RowProblem, ...]

    @property
    def new(self) -> int:
        """How many persons would come onto the roster."""
        return sum(line.is_new for line in self.lines)


def upload_list(
    session: Session,
    actor: Actor,
    class_id: ClassId,
    content: bytes,
    *,
    session_id: int | None,
    keyring: Keyring,
    now: datetime,
) -> int:
    """Read a roster, or with a session who attended it; return the id of what it would do."""
    held = open_class(session, actor, class_id)
    if actor.person_id is None:
        raise Forbidden
    if session_id is not None:
        session_of(session, class_id, session_id)
    table = read_table(content)
    reading = read_list(table, on=local_date(now))
    if len(reading.lines) + len(reading.problems) > MOST_ROWS:
        raise ListTooLong
    finder = _Finder(session, held, reading.lines, keyring)
    states = _read_states(table) if session_id is not None else {}
    lines: list[FoundLine] = []
    problems = list(reading.problems)
    for line in reading.lines:
        found = finder.find(line, states.get(line.row, "") if session_id is not None else None)
        (lines if isinstance(found, FoundLine) else problems).append(found)  # type: ignore[arg-type]
    session.execute(delete(ClassImport).where(ClassImport.uploaded_at < now - KEPT))
    made = ClassImport(
        class_id=class_id,
        session_id=session_id,
        uploaded_by=actor.person_id,
        plan={
            "lines": [[f.row, f.person_id, f.state and f.state.value, f.is_new] for f in lines],
            "problems": [[p.row, p.column, p.message, dict(p.params)] for p in problems],
        },
        uploaded_at=now,
    )
    session.add(made)
    session.flush()
    return made.id


def preview_list(
    session: Session, actor: Actor, class_id: ClassId, import_id: int, *, now: datetime
) -> ListPlan:
    """What an upload of the actor's would do; raises ImportGone."""
    return _plan(_get(session, actor, class_id, import_id, now=now))


def commit_list(
    session: Session, actor: Actor, class_id: ClassId, import_id: int, *, now: datetime
) -> int:
    """Store a list without errors; return how many rows it had. Raises ImportFaulty, ImportGone."""
    open_class(session, actor, class_id)
    waiting = _get(session, actor, class_id, import_id, now=now)
    plan = _plan(waiting)
    if plan.problems:
        raise ImportFaulty
    session.delete(waiting)
    session.flush()
    people = [line.person_id for line in plan.lines]
    if plan.session_id is None:
        return add_members(session, actor, class_id, people, now=now)
    members = _roster(session, class_id)
    kept = kept_ids(session, people)
    states: dict[int, Presence | None] = {
        members[kept[line.person_id]]: line.state
        for line in plan.lines
        if kept[line.person_id] in members
    }
    mark_attendance(session, actor, class_id, plan.session_id, states, now=now)
    return len(states)


def discard_list(
    session: Session, actor: Actor, class_id: ClassId, import_id: int, *, now: datetime
) -> None:
    """Let an upload go."""
    session.delete(_get(session, actor, class_id, import_id, now=now))


class _Finder:
    """Finds the rows' persons among those the class may hold, and on its roster."""

    def __init__(
        self, session: Session, held: TrainingClass, lines: Sequence[PersonLine], keyring: Keyring
    ) -> None:
        members = members_of(session, OrganisationId(held.organisation_id))
        self.within = {PersonId(id_) for id_ in session.scalars(members)}
        self.roster = _roster(session, ClassId(held.id))
        self.known = find_by_numbers(session, [_number(line) for line in lines], keyring=keyring)
        self.names = person_names(session, self.known.values())

    def find(self, line: PersonLine, said: str | None) -> FoundLine | RowProblem:
        """The person of a row; a list tells no more of strangers than that they are unknown."""
        person_id = self.known.get(_number(line))
        if person_id not in self.within or self.names[person_id] != line.name:
            return _problem(line, UNKNOWN_PERSON)
        is_new = person_id not in self.roster
        if said is None:
            return FoundLine(row=line.row, person_id=person_id, state=None, is_new=is_new)
        state = read_presence(said)
        if is_new:
            return _problem(line, NOT_ON_ROSTER)
        if state is None:
            return _problem(line, UNKNOWN_PRESENCE)
        return FoundLine(row=line.row, person_id=person_id, state=state, is_new=False)


def _number(line: PersonLine) -> str:
    return line.id_number or line.phone


def _roster(session: Session, class_id: ClassId) -> dict[PersonId, int]:
    """The members of a class by kept person."""
    rows = session.execute(
        select(ClassMember.person_id, ClassMember.id).where(ClassMember.class_id == class_id)
    ).all()
    kept = kept_ids(session, [PersonId(row[0]) for row in rows])
    return {kept[PersonId(row[0])]: row[1] for row in rows}


def _read_states(table: Sequence[Sequence[str]]) -> dict[int, str]:
    """The column that says who attended, by row as the spreadsheet numbers it."""
    for index, cells in enumerate(table[:HEADER_WITHIN]):
        for place, cell in enumerate(cells):
            if plain(cell) in PRESENCE_HEADINGS:
                rows = enumerate(table[index + 1 :], start=index + 2)
                return {row: line[place] for row, line in rows if place < len(line)}
    raise PresenceColumnMissing


def _problem(line: PersonLine, message: str) -> RowProblem:
    return RowProblem(row=line.row, column=HEADERS[Column.NAME][0], message=message)


def _get(
    session: Session, actor: Actor, class_id: ClassId, import_id: int, *, now: datetime
) -> ClassImport:
    found = session.get(ClassImport, import_id)
    if found is None or found.class_id != class_id or found.uploaded_at < now - KEPT:
        raise ImportGone
    if found.uploaded_by != actor.person_id:
        raise Forbidden
    return found


def _plan(found: ClassImport) -> ListPlan:
    plan: dict[str, Any] = found.plan
    return ListPlan(
        id=found.id,
        session_id=found.session_id,
        lines=tuple(
            FoundLine(
                row=row,
                person_id=PersonId(person_id),
                state=Presence(state) if state else None,
                is_new=is_new,
            )
            for row, person_id, state, is_new in plan["lines"]
        ),
        problems=tuple(
            RowProblem(row=row, column=column, message=message, params=params)
            for row, column, message, params in sorted(plan["problems"], key=lambda p: p[0])
        ),
    )
