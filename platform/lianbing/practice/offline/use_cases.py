"""Register a device, and merge what it answered without a network: idempotent, in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lianbing.grading.rules import Verdict
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import PersonId, QuestionVersionId
from lianbing.practice.answering.kept import kept_versions
from lianbing.practice.learners import lock_learner
from lianbing.practice.marking import mark_given
from lianbing.practice.offline.errors import UnknownPracticeDevice
from lianbing.practice.offline.models import OfflineEntry, PracticeDevice
from lianbing.practice.offline.queries import open_versions, points_of
from lianbing.practice.offline.rules import Entry, Outcome, first_of_each, given_at
from lianbing.practice.queries import identities_of, learner_of, list_practice_banks
from lianbing.practice.recording import Answered, record_answers


@dataclass(frozen=True, kw_only=True, slots=True)
class _Device:
    """Whose journal it is, and since when; ``person_id`` as the device was issued."""

    id: int
    person_id: PersonId
    issued_at: datetime


def issue_device(session: Session, actor: Actor, *, now: datetime) -> int:
    """A new device number for the person's browser."""
    device = PracticeDevice(person_id=learner_of(actor), issued_at=now)
    session.add(device)
    session.flush()
    return device.id


def merge(
    session: Session, actor: Actor, device_id: int, entries: Sequence[Entry], *, now: datetime
) -> dict[int, Outcome]:
    """Store what is new and let it teach; what becomes of each number.

    A number that came before changes nothing and is told its first outcome, or
    ``other_content`` where something else stands under it. Raises UnknownPracticeDevice.
    """
    lock_learner(session, actor)
    device = _own_device(session, actor, device_id)
    wanted = first_of_each(entries)
    known = _known(session, device.id, [entry.sequence for entry in wanted])
    outcomes = {
        entry.sequence: _again(known[entry.sequence], entry)
        for entry in wanted
        if entry.sequence in known
    }
    fresh = [entry for entry in wanted if entry.sequence not in known]
    outcomes |= _take(session, actor, device, fresh, now=now)
    return outcomes


def _own_device(session: Session, actor: Actor, device_id: int) -> _Device:
    device = session.get(PracticeDevice, device_id)
    if device is None or device.person_id not in identities_of(session, actor):
        raise UnknownPracticeDevice
    return _Device(id=device.id, person_id=PersonId(device.person_id), issued_at=device.issued_at)


def _known(session: Session, device_id: int, sequences: Sequence[int]) -> dict[int, OfflineEntry]:
    statement = select(OfflineEntry).where(
        OfflineEntry.device_id == device_id, OfflineEntry.sequence.in_(sequences)
    )
    return {row.sequence: row for row in session.scalars(statement)}


def _again(stored: OfflineEntry, entry: Entry) -> Outcome:
    same = (stored.question_id, stored.version_id, stored.given, stored.rating, stored.gave_up)
    sent = (entry.question_id, entry.version_id, entry.given, entry.rating, entry.gave_up)
    return Outcome(stored.outcome) if same == sent else Outcome.OTHER_CONTENT


def _take(
    session: Session, actor: Actor, device: _Device, entries: Sequence[Entry], *, now: datetime
) -> dict[int, Outcome]:
    if not entries:
        return {}
    bank_ids = [bank.id for bank in list_practice_banks(session, actor)]
    versions = open_versions(session, bank_ids, {entry.question_id for entry in entries})
    asked = {
        entry.version_id
        for entry in entries
        if entry.version_id in versions.get(entry.question_id, ())
    }
    points = points_of(session, asked)
    kept = kept_versions(session, asked)
    outcomes: dict[int, Outcome] = {}
    answered: list[Answered] = []
    for entry in entries:
        if entry.version_id not in versions.get(entry.question_id, ()):
            outcomes[entry.sequence] = Outcome.WITHDRAWN
            continue
        own = kept[entry.version_id]
        try:
            answer, verdict = mark_given(
                own.content,
                entry.given,
                gave_up=entry.gave_up,
                rating=entry.rating,
                check=own.check,
            )
        except DomainError:
            outcomes[entry.sequence] = Outcome.MISSHAPEN
            continue
        outcomes[entry.sequence] = Outcome.RECORDED
        answered.append(_answered(device, entry, points, answer, verdict, now=now))
    record_answers(session, answered, now=now)
    session.execute(insert(OfflineEntry), [_row(device, each, outcomes, now) for each in entries])
    return outcomes


def _answered(
    device: _Device,
    entry: Entry,
    points: Mapping[QuestionVersionId, int],
    answer: Any,
    verdict: Verdict,
    *,
    now: datetime,
) -> Answered:
    return Answered(
        person_id=device.person_id,
        drill_id=None,
        position=None,
        question_id=entry.question_id,
        version_id=entry.version_id,
        point_id=points[entry.version_id],
        mode=entry.mode,
        answer=answer,
        verdict=verdict,
        answered_at=given_at(entry.stated_at, issued_at=device.issued_at, received_at=now),
        offline=True,
    )


def _row(
    device: _Device, entry: Entry, outcomes: Mapping[int, Outcome], now: datetime
) -> dict[str, Any]:
    return {
        "device_id": device.id,
        "sequence": entry.sequence,
        "question_id": entry.question_id,
        "version_id": entry.version_id,
        "given": entry.given,
        "rating": entry.rating,
        "gave_up": entry.gave_up,
        "stated_at": entry.stated_at,
        "received_at": now,
        "outcome": outcomes[entry.sequence].value,
    }
