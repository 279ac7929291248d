"""Each passing result becomes a record exactly once, whoever dies in between."""

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.contests_factory import ContestWorld, hold_exam, make_contest_world, publish_results
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.exams.events import ResultListPublished
from lianbing.exams.result_lists import get_result_list
from lianbing.infra import outbox
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db, transaction
from lianbing.infra.settings import Settings
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import RecordId
from lianbing.people.persons.merging import merge_persons
from lianbing.qualifications.errors import AlreadyRevoked, RevocationReasonWanted
from lianbing.qualifications.models import QualificationRecord
from lianbing.qualifications.queries import list_own_records
from lianbing.qualifications.rules import RecordState
from lianbing.qualifications.use_cases import revoke_record, write_records

ROOT = Path(__file__).resolve().parents[3]
FUTURE = timedelta(days=30)


def held(session: Session) -> ContestWorld:
    """Three sat: nine right, seven right, three right; the last one failed."""
    world = make_contest_world(session)
    hold_exam(session, world, (9, 7, 3))
    return world


def records() -> list[QualificationRecord]:
    db.session.rollback()
    return list(db.session.scalars(select(QualificationRecord).order_by(QualificationRecord.rank)))


def test_each_passing_result_becomes_one_record(session: Session) -> None:
    world = held(session)
    list_id = publish_results(world)
    assert records() == []
    assert outbox.deliver_due(now=utc_now() + FUTURE) >= 1
    assert outbox.deliver_due(now=utc_now() + FUTURE) == 0
    first, second = records()
    assert [first.person_id, second.person_id] == list(world.workers[:2])
    assert (first.rank, first.marks, first.total_marks) == (1, 90, 100)
    published = get_result_list(db.session(), list_id)
    assert first.snapshot_hash == published.content_hash
    assert first.issued_by == world.city_id
    assert first.title == "青山市职工技能竞赛 · 理论考试"


def test_event_delivered_twice_writes_once(session: Session) -> None:
    world = held(session)
    event = ResultListPublished(result_list_id=publish_results(world), exam_id=world.exam_id)
    for _ in range(2):
        with transaction() as writing:
            write_records(writing, event)
    assert len(records()) == 2


def test_database_itself_refuses_a_second_record(session: Session) -> None:
    world = held(session)
    publish_results(world)
    outbox.deliver_due(now=utc_now() + FUTURE)
    original = records()[0]
    columns = {
        column.name: getattr(original, column.name)
        for column in QualificationRecord.__table__.columns
        if column.name != "id"
    }
    db.session.rollback()

    def write_again() -> None:
        with transaction() as writing:
            writing.add(QualificationRecord(**columns))

    with pytest.raises(IntegrityError):
        write_again()


@pytest.mark.slow
def test_killed_between_effect_and_commit_then_redelivered_writes_once(
    app: Flask, session: Session
) -> None:
    publish_results(held(session))
    settings: Settings = app.extensions["lianbing_settings"]
    db.session.remove()
    died = subprocess.run(
        [sys.executable, "-m", "tests.integration.qualifications.dying_delivery"],
        input=json.dumps(_plain(settings)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert died.stdout.strip() == "2"
    assert records() == []
    db.session.remove()
    for _ in range(50):  # until the server has noticed that the dead one's connection is gone
        if outbox.deliver_due(now=utc_now() + FUTURE):
            break
        sleep(0.05)
    assert [record.rank for record in records()] == [1, 2]
    assert outbox.deliver_due(now=utc_now() + FUTURE) == 0


def _plain(settings: Settings) -> dict[str, object]:
    plain: dict[str, object] = settings.model_dump(mode="json")
    return plain


def test_merged_identities_share_one_passport(session: Session) -> None:
    world = held(session)
    publish_results(world)
    outbox.deliver_due(now=utc_now() + FUTURE)
    with transaction() as writing:
        merge_persons(
            writing,
            SYSTEM,
            kept_id=world.workers[2],
            absorbed_id=world.workers[0],
            reason="同一人",
            now=utc_now(),
        )
    assert [row.rank for row in list_own_records(session, world.workers[2]).rows] == [1]
    assert [row.rank for row in list_own_records(session, world.workers[0]).rows] == [1]


def test_revoked_by_an_assessor_of_the_subtree_with_a_reason(session: Session) -> None:
    world = held(session)
    publish_results(world)
    outbox.deliver_due(now=utc_now() + FUTURE)
    record_id = RecordId(records()[0].id)
    stranger = make_organisation(session, "白水市总工会")
    outsider = make_person(session, "外", organisation=stranger, roles=[(Role.ASSESSOR, stranger)])
    assessor = make_person(
        session, "内", organisation=world.city_id, roles=[(Role.ASSESSOR, world.city_id)]
    )

    def revoke(by: object, reason: str = "替考") -> None:
        with transaction() as writing:
            actor = actor_for(writing, by)  # type: ignore[arg-type]
            revoke_record(writing, actor, record_id, reason=reason, now=utc_now())

    for wrong in (outsider, world.organiser_id):
        with pytest.raises(Forbidden):
            revoke(wrong)
    with pytest.raises(RevocationReasonWanted):
        revoke(assessor, "  ")
    revoke(assessor)
    with pytest.raises(AlreadyRevoked):
        revoke(assessor)
    record = records()[0]
    assert (record.state, record.revoked_reason) == (RecordState.REVOKED, "替考")
    assert record.marks == 90
    audited = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "qualification.revoke")
    ).one()
    assert (audited.subject_id, audited.reason) == (record_id, "替考")
    row = list_own_records(db.session(), world.workers[0]).rows[0]
    assert not row.is_valid
