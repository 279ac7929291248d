"""Signs of life: the journal tells of whoever saves; a page that is idle reports by itself."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from lianbing.exams.invigilation.models import AttemptContact
from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import AttemptId

SELDOM = timedelta(seconds=45)


def note_contact(session: Session, attempt_id: AttemptId, *, now: datetime) -> None:
    """Note that an attempt's page spoke; what was noted less than 45 s ago stays untouched."""
    table = cast(Table, AttemptContact.__table__)
    statement = insert_for(session, table).values(attempt_id=attempt_id, seen_at=now)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["attempt_id"],
            set_={"seen_at": now},
            where=table.c.seen_at < now - SELDOM,
        )
    )
