"""Who may read the counts, and that what happens is in them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.kernel.actor import Role

FORWARDED = {"X-Forwarded-For": "203.0.113.9"}


def value(text: str, samples: str) -> float:
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(samples))


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    ok = 'lianbing_requests_total{route="/sign-in",status="200"}'
    before = value(client.get("/metrics").text, ok)
    client.get("/sign-in")
    client.get("/no/such/page")
    text = client.get("/metrics").text
    assert value(text, ok) == before + 1
    assert value(text, 'lianbing_requests_total{route="none",status="404"}') >= 1
    for name in ("sign_in_line", "closing_due", "outbox_waiting", "hashing_places_taken"):
        assert f"\nlianbing_{name} 0.0" in text


def test_what_is_answered_ahead_of_flask_is_counted_too(client: FlaskClient) -> None:
    refused = 'lianbing_requests_total{route="/api/exams/save"'
    before = value(client.get("/metrics").text, refused)
    assert client.post("/api/exams/save", json={}).status_code >= 400
    assert value(client.get("/metrics").text, refused) == before + 1


def test_nobody_but_this_machine_and_administrators_reads_them(
    app: Flask, session: Session
) -> None:
    city = make_organisation(session, "青山市总工会")
    strangers = [app.test_client() for _ in range(3)]
    held = (None, Role.ORGANISER, Role.ADMINISTRATOR)
    for number, (client, role) in enumerate(zip(strangers, held, strict=True)):
        if role is not None:
            roles = [(role, city)]
            person = make_person(session, f"某{number}", organisation=city, roles=roles)
            sign_in(client, person)
    asked = [client.get("/metrics", headers=FORWARDED).status_code for client in strangers]
    assert asked == [404, 404, 200]
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert strangers[0].get("/metrics", environ_overrides=elsewhere).status_code == 404
    assert strangers[0].get("/metrics").status_code == 200


def test_they_can_be_switched_off(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.extensions["lianbing_settings"].model_copy(update={"metrics": "off"})
    monkeypatch.setitem(app.extensions, "lianbing_settings", settings)
    assert client.get("/metrics").status_code == 404
