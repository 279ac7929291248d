"""The sheet of a room (考场情况记录): entries are only added, two invigilators sign by name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.exams.seating.duty import require_room
from lianbing.exams.seating.errors import AlreadySigned, BadIncident, BatchStillOpen
from lianbing.exams.seating.models import ExamRoom, ExamSeat, IncidentEntry, SheetSignature
from lianbing.exams.seating.queries import SheetCount, count_sheets, get_batch, get_room
from lianbing.exams.seating.rules import IncidentKind
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import N_, Forbidden
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.queries import same_person_ids

SIGNATURES = 2
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEntry:
    """What an invigilator writes down; ``seat`` names the person, ``corrects`` an earlier entry."""

    happened_at: datetime
    kind: IncidentKind
    words: str
    measure: str = ""
    seat: int | None = None
    corrects: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryRow:
    """A line of the sheet; names are added by the view."""

    id: int
    happened_at: datetime
    kind: IncidentKind
    words: str
    measure: str
    person_id: PersonId | None
    corrects_id: int | None
    written_at: datetime
    written_by: PersonId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SignatureRow:
    """A signature, with the figures it stood by and the last entry it saw."""

    person_id: PersonId
    signed_at: datetime
    due: int
    present: int
    absent: int
    last_entry_id: int


def write_entry(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    room_id: int,
    batch_id: int,
    entry: NewEntry,
    *,
    now: datetime,
) -> int:
    """Add a line to a room's sheet; raises BadIncident naming what is wrong with it."""
    require_room(session, actor, exam_id, room_id)
    get_room(session, exam_id, room_id)
    get_batch(session, exam_id, batch_id)
    if not entry.words.strip():
        raise BadIncident(why=N_("say what happened"))
    if entry.happened_at > now + CLOCKS_DIFFER:
        raise BadIncident(why=N_("its time lies ahead"))
    made = IncidentEntry(
        exam_id=exam_id,
        room_id=room_id,
        batch_id=batch_id,
        happened_at=entry.happened_at,
        person_id=_sitting_at(session, room_id, batch_id, entry.seat),
        kind=entry.kind.value,
        words=entry.words.strip(),
        measure=entry.measure.strip(),
        corrects_id=_own_entry(session, room_id, batch_id, entry.corrects),
        written_at=now,
        written_by=actor.person_id,
    )
    session.add(made)
    session.flush()
    audit.record(
        session,
        actor,
        "seating.write_incident",
        subject=("exam", exam_id),
        now=now,
        details={"entry_id": made.id},
    )
    return made.id


def _sitting_at(session: Session, room_id: int, batch_id: int, seat: int | None) -> int | None:
    if seat is None:
        return None
    person_id = session.scalar(
        select(ExamSeat.person_id).where(
            ExamSeat.room_id == room_id, ExamSeat.batch_id == batch_id, ExamSeat.number == seat
        )
    )
    if person_id is None:
        raise BadIncident(why=N_("nobody sits on that seat"))
    return person_id


def _own_entry(session: Session, room_id: int, batch_id: int, entry: int | None) -> int | None:
    if entry is None:
        return None
    found = session.scalar(
        select(IncidentEntry.id).where(
            IncidentEntry.id == entry,
            IncidentEntry.room_id == room_id,
            IncidentEntry.batch_id == batch_id,
        )
    )
    if found is None:
        raise BadIncident(why=N_("the entry to correct is not on this sheet"))
    return found


def sign_sheet(
    session: Session, actor: Actor, exam_id: ExamId, room_id: int, batch_id: int, *, now: datetime
) -> None:
    """Sign a room's sheet in one's own name, after the batch's last entry; two may."""
    require_room(session, actor, exam_id, room_id)
    if actor.person_id is None:
        raise Forbidden
    if now < get_batch(session, exam_id, batch_id).closes_at:
        raise BatchStillOpen
    get_room(session, exam_id, room_id)
    session.execute(select(ExamRoom.id).where(ExamRoom.id == room_id).with_for_update())
    signed = list_signatures(session, room_id, batch_id)
    own = set(same_person_ids(session, actor.person_id))
    if len(signed) >= SIGNATURES or any(one.person_id in own for one in signed):
        raise AlreadySigned
    count = count_sheets(session, exam_id).get((room_id, batch_id), SheetCount())
    last = session.scalar(
        select(func.max(IncidentEntry.id)).where(
            IncidentEntry.room_id == room_id, IncidentEntry.batch_id == batch_id
        )
    )
    session.add(
        SheetSignature(
            room_id=room_id,
            batch_id=batch_id,
            place=len(signed) + 1,
            person_id=actor.person_id,
            due=count.due,
            present=count.present,
            absent=count.absent,
            last_entry_id=last or 0,
            signed_at=now,
        )
    )
    session.flush()
    audit.record(
        session,
        actor,
        "seating.sign_sheet",
        subject=("exam", exam_id),
        now=now,
        details={"room_id": room_id, "batch_id": batch_id},
    )


def list_entries(session: Session, room_id: int, batch_id: int) -> list[EntryRow]:
    """The sheet's lines in the order they were written; at most 500."""
    rows = session.scalars(
        select(IncidentEntry)
        .where(IncidentEntry.room_id == room_id, IncidentEntry.batch_id == batch_id)
        .order_by(IncidentEntry.id)
        .limit(500)
    )
    return [
        EntryRow(
            id=row.id,
            happened_at=row.happened_at,
            kind=IncidentKind(row.kind),
            words=row.words,
            measure=row.measure,
            person_id=PersonId(row.person_id) if row.person_id else None,
            corrects_id=row.corrects_id,
            written_at=row.written_at,
            written_by=PersonId(row.written_by) if row.written_by else None,
        )
        for row in rows
    ]


def list_signatures(session: Session, room_id: int, batch_id: int) -> list[SignatureRow]:
    """Who has signed, in order; at most two."""
    rows = session.scalars(
        select(SheetSignature)
        .where(SheetSignature.room_id == room_id, SheetSignature.batch_id == batch_id)
        .order_by(SheetSignature.place)
    )
    return [
        SignatureRow(
            person_id=PersonId(row.person_id),
            signed_at=row.signed_at,
            due=row.due,
            present=row.present,
            absent=row.absent,
            last_entry_id=row.last_entry_id,
        )
        for row in rows
    ]
