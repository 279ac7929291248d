"""Count a beat of a page that is being studied."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import MaterialId, PersonId
from lianbing.people.queries import same_person_ids
from lianbing.training.materials.queries import require_open
from lianbing.training.reading.models import StudyClock, StudyTime
from lianbing.training.reading.rules import NOTHING, credit


def count_beat(
    session: Session,
    actor: Actor,
    material_id: MaterialId,
    claimed: timedelta,
    *,
    now: datetime,
) -> timedelta:
    """Count what a page claims, cut as ``rules.credit`` says; return what was counted."""
    if actor.person_id is None:
        raise Forbidden
    require_open(session, actor, material_id)
    person_id = same_person_ids(session, actor.person_id)[0]
    clock = _locked_clock(session, person_id)
    earned = credit(claimed, now=now, counted_until=clock.counted_until)
    clock.counted_until = earned.counted_until
    if earned.counted > NOTHING:
        _add(session, person_id, material_id, earned.counted, now=now)
    return earned.counted


def _locked_clock(session: Session, person_id: PersonId) -> StudyClock:
    table = cast(Table, StudyClock.__table__)
    session.execute(insert_for(session, table).values(person_id=person_id).on_conflict_do_nothing())
    return session.scalars(
        select(StudyClock).where(StudyClock.person_id == person_id).with_for_update()
    ).one()


def _add(
    session: Session,
    person_id: PersonId,
    material_id: MaterialId,
    counted: timedelta,
    *,
    now: datetime,
) -> None:
    milliseconds = counted // timedelta(milliseconds=1)
    insert = insert_for(session, cast(Table, StudyTime.__table__)).values(
        material_id=material_id,
        person_id=person_id,
        day=local_date(now),
        milliseconds=milliseconds,
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["material_id", "person_id", "day"],
            set_={"milliseconds": StudyTime.milliseconds + milliseconds},
        )
    )
