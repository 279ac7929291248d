"""The demo's contests load once, open one and finished one, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.exams_factory import freeze_paper

from lianbing.contests.demo import OPEN_TITLE, PAST_TITLE, load_demo
from lianbing.contests.models import Contest
from lianbing.contests.queries import list_my_contests
from lianbing.contests.rules import Phase
from lianbing.infra import outbox
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.people import demo as people_demo
from lianbing.qualifications.models import QualificationRecord


@pytest.mark.slow
def test_demo_loads_once_with_results_and_records(session: Session) -> None:
    now = utc_now()
    with transaction() as writing:
        people = people_demo.load_demo(writing, now=now)
    paper_id = freeze_paper(session, people.city)
    for _ in range(2):
        with transaction() as writing:
            load_demo(writing, people=people, paper_id=paper_id, now=now)
    outbox.deliver_due(now=now)
    assert db.session.scalar(select(func.count()).select_from(Contest)) == 2
    later = now + timedelta(minutes=3)
    rows = list_my_contests(session, people.workers[0], now=later).rows
    assert [(row.contest.title, row.phase, row.entered) for row in rows] == [
        (OPEN_TITLE, Phase.EXAM, False),
        (PAST_TITLE, Phase.FINISHED, True),
    ]
    records = db.session.scalar(select(func.count()).select_from(QualificationRecord))
    assert 0 < (records or 0) < len(people.workers)
