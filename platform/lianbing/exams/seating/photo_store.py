"""A person's photo is kept once, shown to that person and to the staff of an exam they sit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.models import ExamCandidate
from lianbing.exams.queries import get_exam
from lianbing.exams.seating.duty import rooms_in_reach
from lianbing.exams.seating.errors import BadPhoto, PhotoNotFound, SeatNotFound
from lianbing.exams.seating.models import PersonPhoto
from lianbing.exams.seating.photos import UnfitPhoto, clean_photo
from lianbing.exams.seating.seat_queries import find_seat
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.authority import require_reach
from lianbing.people.queries import same_person_ids


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPhoto:
    """A photo as it is served."""

    content_hash: str
    media_type: str
    content: bytes


def store_photo(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_id: PersonId,
    raw: bytes,
    *,
    now: datetime,
) -> str:
    """Store the photo of a candidate, by the candidate or a steerer of the exam; its hash.

    Raises BadPhoto saying what is wrong with the file.
    """
    ids = same_person_ids(session, person_id)
    if actor.person_id not in ids:
        exam = get_exam(session, exam_id)
        require_reach(session, actor, *STEERERS, organisation_id=exam.organisation_id)
    _require_candidate(session, exam_id, ids)
    try:
        photo = clean_photo(raw)
    except UnfitPhoto as error:
        raise BadPhoto(why=str(error)) from error
    session.merge(
        PersonPhoto(
            person_id=ids[0],
            content_hash=photo.content_hash,
            media_type=photo.media_type,
            content=photo.content,
            stored_at=now,
            stored_by=actor.person_id,
        )
    )
    session.flush()
    audit.record(session, actor, "person.store_photo", subject=("person", ids[0]), now=now)
    return photo.content_hash


def get_photo(session: Session, actor: Actor, exam_id: ExamId, person_id: PersonId) -> StoredPhoto:
    """A candidate's photo, for that person and the staff of that exam; raises PhotoNotFound."""
    ids = same_person_ids(session, person_id)
    if actor.person_id not in ids:
        rooms = rooms_in_reach(session, actor, get_exam(session, exam_id))
        if rooms is not None:
            seat = find_seat(session, exam_id, ids)
            if seat is None or seat.room_id not in rooms:
                raise Forbidden
        _require_candidate(session, exam_id, ids)
    found = session.execute(
        select(PersonPhoto.content_hash, PersonPhoto.media_type, PersonPhoto.content).where(
            PersonPhoto.person_id.in_(ids)
        )
    ).first()
    if found is None:
        raise PhotoNotFound
    return StoredPhoto(content_hash=found[0], media_type=found[1], content=found[2])


def photographed(session: Session, person_ids: Collection[PersonId]) -> frozenset[PersonId]:
    """Those of the persons (kept identities) who have a photo."""
    rows = session.scalars(
        select(PersonPhoto.person_id).where(PersonPhoto.person_id.in_(person_ids))
    )
    return frozenset(PersonId(id_) for id_ in rows)


def _require_candidate(session: Session, exam_id: ExamId, person_ids: Collection[PersonId]) -> None:
    enrolled = session.scalar(
        select(ExamCandidate.id).where(
            ExamCandidate.exam_id == exam_id, ExamCandidate.person_id.in_(person_ids)
        )
    )
    if enrolled is None:
        raise SeatNotFound
