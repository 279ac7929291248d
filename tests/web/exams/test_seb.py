"""Safe Exam Browser over HTTP: every request of an exam is checked, also ahead of Flask."""

import gzip
import plistlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, ticket_of, token_of
from tests.people_factory import sign_in
from tests.web.exams.test_exam_flow import bootstrap
from werkzeug.routing import IntegerConverter
from werkzeug.test import TestResponse

from lianbing.exams.seb.gate import SebGate
from lianbing.exams.seb.rules import config_key, request_hash
from lianbing.infra.database import db

BASE = "http://localhost"
BEK = "ab" * 32
OF_THE_EXAM = {
    "exams.enter",
    "exams.lobby",
    "exams.published",
    "exams.report_error",
    "exams.result",
    "exams.sit",
    "exams_release.doors",
    "exams_seb.config",
    "exams_seb.done",
    "exams_trial.begin",
    "exams_trial.check",
    "exams_trial.report",
    "exams_trial.sit",
    "receipts.mine",
    "tickets.mine",
    "tickets.photo",
    "tickets.store_mine",
}
"""A candidate's pages of one exam: lobby, trial, sitting, receipt, result, ticket."""
OF_EVERY_EXAM = {
    "bootstrap.static",
    "exams_api.enter",
    "exams_api.hand_in",
    "exams_api.paper",
    "exams_api.save",
    "exams_api.state",
    "exams_conduct_api.events",
    "exams_early.shell",
    "exams_fairness_api.pause_for_break",
    "exams_offline.worker",
    "exams_trial_api.hand_in",
    "exams_trial_api.paper",
    "exams_trial_api.save",
    "exams_trial_api.state",
    "paper_copies.sealed_copy",
    "people.change_password",
    "people.line",
    "people.sign_in",
    "people.sign_out",
    "preferences.language",
    "preferences.theme",
    "static",
}
"""What every exam's pages ask for, and signing in; each knows its exam by the pass it carries."""


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


@pytest.fixture(autouse=True)
def _fresh_gate(app: Flask, world: ExamWorld) -> Iterator[None]:
    gate: SebGate = app.extensions["lianbing_seb_gate"]
    gate.forget(world.exam_id)
    yield
    gate.forget(world.exam_id)


@pytest.fixture
def organiser(app: Flask, world: ExamWorld) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.organiser_id)
    return client


def require(organiser: FlaskClient, world: ExamWorld, **fields: str) -> str:
    form = {"required": "y", **fields}
    path = f"/exams/manage/{world.exam_id}/seb"
    return organiser.post(path, data=form, follow_redirects=True).text


def key_of(client: FlaskClient, world: ExamWorld) -> str:
    """The Config Key as SEB computes it from the file it was given."""
    file = client.get(f"/exams/{world.exam_id}/config.seb")
    assert file.mimetype == "application/seb"
    settings = plistlib.loads(gzip.decompress(gzip.decompress(file.data)[4:]))
    assert settings["startURL"] == f"{BASE}/exams/{world.exam_id}/"
    return config_key(settings)


def seb(path: str, key: str, bek: str = "") -> dict[str, str]:
    headers = {"X-SafeExamBrowser-ConfigKeyHash": request_hash(BASE + path, key)}
    if bek:
        headers["X-SafeExamBrowser-RequestHash"] = request_hash(BASE + path, bek)
    return headers


def said(answer: TestResponse) -> str:
    """What a refusal says, on a page or as JSON."""
    return str(answer.get_json()["error"]["message"]) if answer.is_json else answer.text


def test_every_request_of_an_exam_needs_the_key_of_its_own_address(
    client: FlaskClient, app: Flask, organiser: FlaskClient, world: ExamWorld
) -> None:
    assert "已保存" in require(organiser, world)
    key = key_of(client, world)
    token = {"X-Attempt-Token": token_of(app, enter(world))}
    sign_in(client, world.candidates[0])
    exam = f"/exams/{world.exam_id}"
    ticket = {"X-Exam-Ticket": ticket_of(client, world.exam_id)}
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/api/exams/shell/{world.exam_id}", {}),
        ("GET", f"/api/exams/shell/{world.exam_id}", {"headers": ticket}),
        ("POST", f"{exam}/enter", {}),
        ("GET", f"{exam}/sit", {}),
        ("POST", "/api/exams/enter", {"headers": ticket, "json": {}}),
        ("GET", "/api/exams/state", {"headers": token}),
        ("POST", "/api/exams/break", {"headers": token, "json": {"action": "end"}}),
        ("POST", "/api/exams/events", {"headers": token, "json": {"events": []}}),
        ("POST", "/api/exams/save", {"headers": token, "json": {"entries": []}}),
        ("POST", "/api/exams/hand-in", {"headers": token, "json": {"entries": []}}),
        ("POST", f"{exam}/trial", {}),
    ]
    for method, path, sent in requests:
        for headers in ({}, seb(path, "0" * 64), seb(path + "x", key)):
            given = {**sent, "headers": {**sent.get("headers", {}), **headers}}
            refused = client.open(path, method=method, **given)
            assert refused.status_code == 403, (method, path)
            assert "Safe Exam Browser" in said(refused), path
        given = {**sent, "headers": {**sent.get("headers", {}), **seb(path, key)}}
        assert client.open(path, method=method, **given).status_code not in (403, 500), path


def test_answers_count_from_seb_and_are_not_stored_from_elsewhere(
    client: FlaskClient, app: Flask, organiser: FlaskClient, world: ExamWorld
) -> None:
    require(organiser, world)
    key, path = key_of(client, world), "/api/exams/save"
    token = {"X-Attempt-Token": token_of(app, enter(world))}
    body = {"entries": [{"seq": 1, "question": 1, "answer": "A"}]}
    refused = client.post(path, json=body, headers=token)
    assert refused.get_json()["error"]["code"] == "seb_required"
    saved = client.post(path, json=body, headers=token | seb(path, key)).get_json()
    assert [result["outcome"] for result in saved["results"]] == ["counted"]
    sign_in(client, world.candidates[0])


def test_key_of_the_page_does_where_seb_sends_no_headers(
    client: FlaskClient, app: Flask, organiser: FlaskClient, world: ExamWorld
) -> None:
    require(organiser, world)
    key = key_of(client, world)
    token = {"X-Attempt-Token": token_of(app, enter(world))}
    own, other = f"/exams/{world.exam_id}/sit", f"/exams/{world.exam_id + 1}/sit"
    body: dict[str, Any] = {"entries": []}
    for page, status in ((own, 200), (other, 403)):
        answer = client.post("/api/exams/save", json=body, headers=token | seb(page, key))
        assert answer.status_code == status


def test_browser_exam_key_limits_the_versions(
    client: FlaskClient, app: Flask, organiser: FlaskClient, world: ExamWorld
) -> None:
    assert "64 位" in require(organiser, world, browser_exam_keys="12")
    require(organiser, world, browser_exam_keys=f"{'cd' * 32}\n{BEK}")
    key, path = key_of(client, world), "/api/exams/state"
    token = {"X-Attempt-Token": token_of(app, enter(world))}
    assert client.get(path, headers=token | seb(path, key)).status_code == 403
    assert client.get(path, headers=token | seb(path, key, "ef" * 32)).status_code == 403
    assert client.get(path, headers=token | seb(path, key, BEK)).status_code == 200


def test_candidate_is_shown_how_to_open_seb(
    client: FlaskClient, organiser: FlaskClient, world: ExamWorld
) -> None:
    sign_in(client, world.candidates[0])
    path = f"/exams/{world.exam_id}/"
    assert client.get(f"{path}config.seb").status_code == 409
    assert "seb://" not in client.get(path).text
    require(organiser, world)
    assert f"seb://localhost{path}config.seb" in client.get(path).text
    inside = client.get(path, headers=seb(path, key_of(client, world))).text
    assert "seb://" not in inside
    client.post(f"{path}enter", headers=seb(f"{path}enter", key_of(client, world)))
    refused = client.get(f"{path}sit")
    assert "用 Safe Exam Browser 打开" in refused.text


def test_file_stays_the_same_until_a_setting_changes(
    client: FlaskClient, organiser: FlaskClient, world: ExamWorld
) -> None:
    require(organiser, world)
    first = key_of(client, world)
    require(organiser, world, browser_exam_keys=BEK)
    assert key_of(client, world) == first
    require(organiser, world, quit_password="geheim")
    second = key_of(client, world)
    assert second != first
    require(organiser, world)
    assert key_of(client, world) == second
    require(organiser, world, no_quit_password="y")
    assert key_of(client, world) == first


def test_without_seb_the_exam_is_as_before(client: FlaskClient, world: ExamWorld) -> None:
    sign_in(client, world.candidates[0])
    assert client.post(f"/exams/{world.exam_id}/enter").status_code == 302
    assert bootstrap(client, world.exam_id)["exam"]["id"] == world.exam_id


def test_behind_a_proxy_the_public_address_counts(app: Flask, world: ExamWorld) -> None:
    gate = SebGate(db.engine, public_url="https://exam.example.cn/")
    assert gate.base({"wsgi.url_scheme": "http", "HTTP_HOST": "127.0.0.1:8000"}) == (
        "https://exam.example.cn"
    )


def test_the_filter_lets_through_what_a_candidate_needs_and_nothing_else(
    app: Flask, organiser: FlaskClient, world: ExamWorld
) -> None:
    """Every route there is, of this exam and of another, against the rules of the file."""
    require(organiser, world)
    file = organiser.get(f"/exams/{world.exam_id}/config.seb")
    settings = plistlib.loads(gzip.decompress(gzip.decompress(file.data)[4:]))
    rules = [rule["expression"] for rule in settings["URLFilterRules"]]

    def passes(address: str) -> bool:
        return any(fnmatchcase("localhost" + address, rule) for rule in rules)

    here = {endpoint for endpoint, at in addresses(app, world.exam_id) if passes(at)}
    elsewhere = {endpoint for endpoint, at in addresses(app, world.exam_id * 10) if passes(at)}
    assert here == OF_THE_EXAM | OF_EVERY_EXAM
    assert elsewhere == OF_EVERY_EXAM


def addresses(app: Flask, exam_id: int) -> Iterator[tuple[str, str]]:
    """Every route's address for an exam; other numbers are no exam's."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        given: dict[str, Any] = {
            name: exam_id
            if name == "exam_id"
            else 987654321
            if isinstance(converter, IntegerConverter)
            else "x"
            for name, converter in rule._converters.items()
        }
        yield (
            rule.endpoint,
            adapter.build(rule.endpoint, given, method=next(iter(rule.methods or ()))),
        )
