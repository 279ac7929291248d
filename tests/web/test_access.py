"""One walk over every route for every role: none is open by accident, none crashes a stranger."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from tests.people_factory import make_organisation, make_person, sign_in
from werkzeug.routing import Rule

from lianbing.kernel.actor import Role
from lianbing.web import errors
from lianbing.web.access import Gate, rule_of

STRANGER = None
PUBLIC = {
    "static",
    "bootstrap.static",
    "health.healthz",
    "metrics.metrics",
    "exams_offline.worker",
    "practice_offline.worker",
    "practice_offline.manifest",
    "exams_release.doors",
    "exams_seb.config",
    "exams_seb.done",
    "paper_copies.sealed_copy",
    "home.index",
    "people.sign_in",
    "people.line",
    "people.activate",
    "people.register",
    "people.privacy",
    "preferences.language",
    "preferences.theme",
    "receipts.verify",
    "transport.refused",
    "styleguide.index",
}
"""What anybody on the network may reach; a new line here is a decision, not an accident."""


def sample(kind: str) -> Any:
    return 1 if kind in ("int", "IntegerConverter") else "x"


def routes(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Every route once per method, with an address its converters accept."""
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        values = {
            name: sample(type(converter).__name__) for name, converter in rule._converters.items()
        }
        address = adapter.build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield rule, method, address


def test_every_route_declares_who_may_call_it(embedded_app: Flask) -> None:
    undeclared = [
        rule.endpoint
        for rule in embedded_app.url_map.iter_rules()
        if rule_of(embedded_app, rule.endpoint) is None
    ]
    assert undeclared == []


def test_no_route_is_public_but_those_meant(embedded_app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in embedded_app.url_map.iter_rules()
        if (found := rule_of(embedded_app, rule.endpoint)) and found.gate is Gate.PUBLIC
    }
    assert public - PUBLIC == set()


@pytest.mark.parametrize("role", [STRANGER, *Role])
def test_no_role_passes_a_gate_that_is_not_its_own(
    app: Flask, session: Session, role: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Thousands of refusals: their page is looked at elsewhere, here their status alone.
    monkeypatch.setattr(errors, "render_template", lambda *_names, **_values: "refused")
    unit = make_organisation(session, "机械厂")
    held = [(role, unit)] if role not in (STRANGER, Role.WORKER) else []
    holder = make_person(session, "钱某", organisation=unit, roles=held)
    session.rollback()
    crashed, passed, client = [], [], None
    for rule, method, address in routes(app):
        gate = rule_of(app, rule.endpoint)
        assert gate is not None
        if client is None:
            client = app.test_client()
            if role is not None:
                sign_in(client, holder)
        status = client.open(address, method=method).status_code
        if status != 403:
            client = None  # it may have signed out, or left something in the session
        if status >= 500:
            crashed.append((rule.endpoint, method, status))
        if not _may_pass(gate.gate, gate.roles, role) and status not in (302, 403):
            passed.append((rule.endpoint, method, status))
        if status == 302 and role is not None and not _may_pass(gate.gate, gate.roles, role):
            passed.append((rule.endpoint, method, status))
    assert crashed == []
    assert passed == []


def _may_pass(gate: Gate, wanted: frozenset[Role], role: Role | None) -> bool:
    match gate:
        case Gate.PUBLIC:
            return True
        case Gate.ATTEMPT_TOKEN:
            return False
        case Gate.SIGNED_IN:
            return role is not None
        case Gate.ROLES:
            return role is not None and bool(wanted & {role, Role.WORKER})
