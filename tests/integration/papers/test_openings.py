"""Before its release nobody opens a sealed paper alone."""

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, make_exam_world
from tests.people_factory import actor_for, make_organisation, make_person, sign_in

from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.papers.openings.errors import OpeningNotFound, OwnRequest, PaperSealed, ReasonNeeded
from lianbing.papers.openings.queries import ASKED_FOR, OPEN_FOR
from lianbing.papers.openings.use_cases import agree_to_open, ask_to_open
from lianbing.papers.queries import find_kept_paper
from lianbing.papers.rules import FrozenPaper
from lianbing.papers.use_cases import open_paper
from lianbing.people.models import Organisation


@pytest.fixture
def world(session: Session) -> ExamWorld:
    opens_at = utc_now() + timedelta(days=3)
    return make_exam_world(session, opens_at=opens_at, closes_at=opens_at + timedelta(hours=2))


@pytest.fixture
def second(session: Session, world: ExamWorld) -> Actor:
    city = session.get_one(Organisation, world.plan.organisation_id)
    return actor_for(session, make_person(session, "钱裁判", roles=[(Role.JUDGE, city)]))


def opened(world: ExamWorld, actor: Actor, *, at: datetime | None = None) -> FrozenPaper:
    with transaction() as session:
        return open_paper(session, actor, world.paper_id, purpose="view", now=at or utc_now())


def ask(world: ExamWorld, actor: Actor, reason: str = "第 3 题有误") -> int:
    with transaction() as session:
        return ask_to_open(session, actor, world.paper_id, reason=reason, now=utc_now())


def agree(world: ExamWorld, actor: Actor, opening: int, *, at: datetime | None = None) -> None:
    with transaction() as session:
        agree_to_open(session, actor, world.paper_id, opening, now=at or utc_now())


def test_a_trainer_alone_does_not_open_a_paper_that_is_to_be_sat(
    session: Session, world: ExamWorld
) -> None:
    with pytest.raises(PaperSealed):
        opened(world, world.organiser)
    opening = ask(world, world.organiser)
    with pytest.raises(PaperSealed):
        opened(world, world.organiser)
    with pytest.raises(OwnRequest):
        agree(world, world.organiser, opening)
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "papers.open")).all() == []


def test_who_asked_opens_it_for_an_hour_after_another_has_agreed(
    session: Session, world: ExamWorld, second: Actor
) -> None:
    opening = ask(world, world.organiser)
    moment = utc_now()
    agree(world, second, opening, at=moment)
    paper = opened(world, world.organiser, at=moment + timedelta(minutes=1))
    assert len(paper.questions) == 10
    assert find_kept_paper(db.engine, world.paper_id) is None
    with pytest.raises(PaperSealed):
        opened(world, world.organiser, at=moment + OPEN_FOR)
    with pytest.raises(Forbidden):
        opened(world, second, at=moment + timedelta(minutes=1))
    with pytest.raises(OpeningNotFound):
        agree(world, second, opening)
    rows = session.scalars(select(AuditEntry).where(AuditEntry.action.like("papers.%open")))
    trail = {row.action: (row.actor_person_id, json.loads(row.details)["opening"]) for row in rows}
    assert trail == {
        "papers.ask_to_open": (world.organiser.person_id, opening),
        "papers.agree_to_open": (second.person_id, opening),
        "papers.open": (world.organiser.person_id, opening),
    }


def test_a_request_expires_and_needs_a_reason(world: ExamWorld, second: Actor) -> None:
    with pytest.raises(ReasonNeeded):
        ask(world, world.organiser, "  ")
    with pytest.raises(OpeningNotFound):
        agree(world, second, ask(world, world.organiser), at=utc_now() + ASKED_FOR)


def test_who_is_out_of_reach_neither_asks_nor_agrees(session: Session, world: ExamWorld) -> None:
    city = make_organisation(session, "别市总工会")
    roles = [(Role.TRAINER, city), (Role.ORGANISER, city)]
    stranger = actor_for(session, make_person(session, "外人", roles=roles))
    with pytest.raises(Forbidden):
        ask(world, stranger)
    with pytest.raises(Forbidden):
        agree(world, stranger, ask(world, world.organiser))


def test_after_the_release_a_trainer_opens_it_alone(world: ExamWorld) -> None:
    assert opened(world, world.organiser, at=world.plan.opens_at).questions


def test_two_persons_open_it_on_the_page(app: Flask, world: ExamWorld, second: Actor) -> None:
    assert second.person_id is not None
    seal, paper = f"/papers/{world.paper_id}/seal", f"/papers/{world.paper_id}"
    first, other = app.test_client(), app.test_client()
    sign_in(first, world.organiser_id)
    sign_in(other, second.person_id)
    for page in (paper, paper + "/print", paper + "/key"):
        answer = first.get(page)
        assert (answer.status_code, answer.headers["Location"]) == (302, seal)
    asked = first.post(seal + "/ask", data={"reason": "复核"}, follow_redirects=True)
    assert "/agree" not in asked.get_data(as_text=True)
    page = other.get(seal).get_data(as_text=True)
    assert "复核" in page
    address = page.split('action="')[1:]
    (agree_at,) = [part.split('"')[0] for part in address if "/agree" in part.split('"')[0]]
    assert other.post(agree_at, follow_redirects=True).status_code == 200
    assert first.get(paper).status_code == 200
    assert first.get(paper + "/key").status_code == 200
