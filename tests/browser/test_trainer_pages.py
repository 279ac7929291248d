"""A trainer's pages on a small phone and a desk, and the blueprint that answers while one types."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_every_page import ROLES, faults, sign_in

from lianbing.banks.models import Question
from lianbing.entry.demo import load_all
from lianbing.infra.database import db
from lianbing.papers.demo import PAPER_TITLE
from lianbing.papers.models import Blueprint, Paper


@pytest.fixture
def served(embedded_served: Served) -> Served:
    load_all(embedded_served.app)
    return embedded_served


@pytest.fixture
def trainer(open_context: OpenContext, served: Served) -> Page:
    page = open_context(width=360, height=740).new_page()
    sign_in(page, served, ROLES["Trainer"])
    return page


def addresses(served: Served) -> list[str]:
    """Every page of a bank, a question of each type, a blueprint and a paper."""
    with served.app.app_context():
        # The demo's own, by name: other tests of this server keep banks the trainer cannot reach.
        paper = db.session.scalars(select(Paper).where(Paper.title == PAPER_TITLE)).one()
        bank = paper.bank_id
        question = db.session.scalar(select(Question.id).where(Question.bank_id == bank)) or 0
        blueprint = db.session.scalar(select(Blueprint.id).where(Blueprint.bank_id == bank)) or 0
        db.session.remove()
    kinds = ("single_choice", "multiple_choice", "true_false", "fill_blank")
    return [
        "/subjects/1",
        f"/banks/{bank}/",
        *(f"/banks/{bank}/questions/new/{kind}" for kind in kinds),
        f"/banks/questions/{question}",
        f"/banks/questions/{question}/edit",
        "/banks/review/",
        f"/banks/review/{question}/compare",
        "/banks/reports/",
        f"/banks/{bank}/sources",
        f"/banks/{bank}/grants",
        f"/banks/secrecy/{bank}",
        f"/banks/secrecy/{bank}/views",
        f"/papers/blueprints/new?bank={bank}",
        f"/papers/blueprints/{blueprint}",
        f"/papers/{paper.id}",
        f"/papers/{paper.id}/print",
        f"/papers/{paper.id}/key",
    ]


def test_a_trainers_pages_fit_a_phone_and_pass_the_accessibility_rules(
    served: Served, trainer: Page
) -> None:
    found: list[str] = []
    for path in addresses(served):
        answer = trainer.goto(served.url + path)
        assert answer is not None
        assert answer.status == 200, path
        found += faults(trainer, path)
    assert found == []


def test_a_blueprint_answers_while_one_types(served: Served, trainer: Page) -> None:
    path = next(path for path in addresses(served) if path.startswith("/papers/blueprints/new"))
    answer = trainer.goto(served.url + path)
    assert answer is not None
    assert answer.status == 200, trainer.locator("main").inner_text()
    told = trainer.locator("[data-told]").first
    trainer.locator("[name=count-0-0]").fill("400")
    expect(told).to_have_class("told is-short")
    expect(trainer.locator("[data-whole] li")).to_have_count(1)
    expect(trainer.locator("[data-fits]")).to_be_hidden()
    trainer.locator("[name=count-0-0]").fill("10")
    expect(told).to_have_class("told")
    expect(trainer.locator("[data-fits]")).to_be_visible()
    expect(trainer.locator("[data-whole] li")).to_have_count(0)
