"""What waits on the home page: a candidate's next exam, an organiser's exams to see to."""

from dataclasses import replace
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.exams_factory import enter, make_exam_world
from tests.people_factory import sign_in

from lianbing.exams.agenda import find_next_exam, list_exam_tasks
from lianbing.exams.queries import CandidateStanding
from lianbing.exams.use_cases import enrol, schedule_exam
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now


def test_the_exam_under_way_comes_before_the_one_that_opened_earlier(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    earlier = replace(world.plan, title="先开", opens_at=now - timedelta(minutes=30))
    with transaction() as writing:
        other = schedule_exam(writing, SYSTEM, earlier, now=now - timedelta(hours=1))
        enrol(writing, SYSTEM, other, world.candidates, now=now)
    person = world.candidates[0]
    first = find_next_exam(session, person, now=now)
    assert first is not None
    assert first.exam.id == other
    enter(world, at=now)
    under_way = find_next_exam(session, person, now=now)
    assert under_way is not None
    assert under_way.exam.id == world.exam_id
    assert under_way.standing.state is CandidateStanding.IN_PROGRESS


def test_nothing_waits_for_a_stranger_to_the_roster_or_after_the_close(session: Session) -> None:
    world = make_exam_world(session)
    organiser = world.organiser.person_id
    assert organiser is not None
    assert find_next_exam(session, organiser, now=utc_now()) is None
    later = utc_now() + timedelta(days=2)
    assert find_next_exam(session, world.candidates[0], now=later) is None


def test_a_closed_exam_waits_for_its_organiser_to_publish(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    (running,) = list_exam_tasks(session, world.organiser, now=now)
    assert (running.is_open, running.to_publish) == (True, False)
    (closed,) = list_exam_tasks(session, world.organiser, now=now + timedelta(days=1))
    assert (closed.is_open, closed.to_publish) == (False, True)
    assert list_exam_tasks(session, world.actor(session), now=now) == []


def test_home_shows_each_what_waits_for_them(session: Session, client: FlaskClient) -> None:
    world = make_exam_world(session)
    sign_in(client, world.candidates[0])
    page = client.get("/").get_data(as_text=True)
    assert f'href="/exams/{world.exam_id}/"' in page
    assert f'href="/exams/manage/{world.exam_id}"' not in page
    sign_in(client, world.organiser_id)
    page = client.get("/").get_data(as_text=True)
    assert f'href="/exams/manage/{world.exam_id}"' in page
