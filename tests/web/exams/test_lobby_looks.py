"""The lobby drawn for many is, for each look and role, what would be drawn for one alone."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, make_exam_world
from tests.people_factory import sign_in

from lianbing.infra.database import transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.people.models import Person, RoleHolding
from lianbing.web.drawn import DrawnPages

OWN = re.compile(r'(data-ticket|data-now|name="csrf_token" value)="[^"]*"')
LOOKS = ("plain", "english", "dark", "larger", "trainer")


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


def candidate_of(app: Flask, world: ExamWorld, look: str) -> FlaskClient:
    """The exam's first candidate, who looks at it so."""
    person_id = world.candidates[0]
    with transaction() as session:
        person = session.get_one(Person, person_id)
        person.larger_text, person.locale = look == "larger", "en" if look == "english" else None
        if look == "trainer":
            holding = RoleHolding(
                person_id=person_id,
                organisation_id=world.unit_id,
                role=Role.TRAINER.value,
                valid_from=utc_now().date(),
                granted_at=utc_now(),
                granted_by=person_id,
            )
            session.add(holding)
    client = app.test_client()
    sign_in(client, person_id)
    if look == "dark":
        client.get("/theme/dark")
    return client


def test_a_page_drawn_for_others_before_is_the_page_drawn_for_one_alone(
    app: Flask, world: ExamWorld
) -> None:
    address, seen = f"/exams/{world.exam_id}/", set()
    drawn = app.extensions["lianbing_drawn"]
    for look in LOOKS:
        client = candidate_of(app, world, look)
        shared = OWN.sub(r"\1", client.get(address).text)
        app.extensions["lianbing_drawn"] = DrawnPages()
        assert OWN.sub(r"\1", client.get(address).text) == shared
        app.extensions["lianbing_drawn"] = drawn
        seen.add(shared)
    assert len(seen) == len(LOOKS)
