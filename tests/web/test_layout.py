"""The frame of every page: language, skip link, navigation by role, no inline script."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from tests.conftest import SECRETS
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.infra.database import db
from lianbing.infra.settings import Settings, Shape
from lianbing.kernel.actor import Actor, Role
from lianbing.web import home, styleguide
from lianbing.web.preferences import safe_target

PUBLIC_PAGES = ("/", "/styleguide", "/no-such-page")


class _Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline_scripts = 0
        self._in_code = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag == "script":
            self._in_code = not values.get("src") and values.get("type") != "application/json"
            self.inline_scripts += self._in_code
        self.inline_scripts += any(name.startswith("on") for name in values)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [values for name, values in self.tags if name == tag]


def page(client: FlaskClient, path: str) -> _Page:
    return _Page(client.get(path).get_data(as_text=True))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def signed_in_as(app: Flask, client: FlaskClient, *roles: Role) -> None:
    with app.app_context():
        session = db.session()
        union = make_organisation(session, "青山市总工会")
        held = [(role, union) for role in roles if role is not Role.WORKER]  # member, so worker
        person = make_person(
            session,
            "赵小满",
            organisation=union,
            roles=held,
        )
    sign_in(client, person)


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_page_begins_with_a_way_past_the_menus(client: FlaskClient, path: str) -> None:
    shown = page(client, path)
    assert shown.of("a")[0] == {"class": "skip-link", "href": "#content"}
    assert shown.of("main")[0]["id"] == "content"
    assert len(shown.of("h1")) >= 1


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_page_runs_no_inline_script(client: FlaskClient, path: str) -> None:
    assert page(client, path).inline_scripts == 0


def test_page_names_its_language(client: FlaskClient) -> None:
    assert page(client, "/").of("html")[0]["lang"] == "zh-Hans-CN"
    client.get("/language/en")
    assert page(client, "/").of("html")[0]["lang"] == "en"


def test_language_switch_leads_back_but_never_away(client: FlaskClient) -> None:
    assert client.get("/language/en?next=/styleguide").location == "/styleguide"
    assert client.get("/language/en?next=https://elsewhere.example/").location == "/"
    assert client.get("/language/en?next=//elsewhere.example/").location == "/"
    away = {"Referer": "https://elsewhere.example/x"}
    assert client.get("/language/en", headers=away).location == "/"


def test_unknown_language_changes_nothing(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/language/xx").headers


@pytest.mark.parametrize(
    "target", ["", "x", "//e.example", "/\\e.example", "https://e.example", "/\t/e.example"]
)
def test_only_a_path_of_this_site_is_returned_to(app: Flask, target: str) -> None:
    with app.test_request_context("/"):
        assert safe_target(target) == "/"


def test_theme_is_the_devices_until_chosen(client: FlaskClient) -> None:
    assert "data-theme" not in page(client, "/").of("html")[0]
    client.get("/theme/dark")
    assert page(client, "/").of("html")[0]["data-theme"] == "dark"
    client.get("/theme/auto")
    assert "data-theme" not in page(client, "/").of("html")[0]


def hrefs(shown: _Page) -> set[str | None]:
    return {values.get("href") for values in shown.of("a")}


def classes(shown: _Page) -> set[str | None]:
    return {values.get("class") for _, values in shown.tags}


def test_stranger_sees_no_navigation(client: FlaskClient) -> None:
    shown = classes(page(client, "/"))
    assert "bottom-bar" not in shown
    assert "staff-rail" not in shown


def test_worker_has_the_bottom_bar_and_no_staff_menu(app: Flask, client: FlaskClient) -> None:
    signed_in_as(app, client, Role.WORKER)
    shown = page(client, "/")
    assert "bottom-bar" in classes(shown)
    assert "staff-rail" not in classes(shown)
    assert "/me" in hrefs(shown)


def test_a_link_shows_only_where_a_role_and_a_page_fit(app: Flask, client: FlaskClient) -> None:
    items = app.extensions["lianbing_navigation"].staff_menu
    offered = [item for item in items if item.endpoint in app.view_functions]
    signed_in_as(app, client, Role.TRAINER)
    shown = {
        str(values.get("href"))
        for values in page(client, "/").of("a")
        if values.get("class") == "staff-link"
    }
    with app.test_request_context("/"):
        expected = {app.url_for(item.endpoint) for item in offered if Role.TRAINER in item.roles}
    assert shown == expected


def test_home_shows_a_panel_to_its_audience_alone(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "_panels", {})

    def for_organisers(actor: Actor) -> str:
        return f"for organisers: {actor.name}"

    def for_everyone(_actor: Actor) -> str:
        return "for everyone"

    home.register_panel(300, {Role.ORGANISER}, for_organisers)
    home.register_panel(100, None, for_everyone)
    home.register_panel(100, None, for_everyone)
    signed_in_as(app, client, Role.WORKER)
    text = client.get("/").get_data(as_text=True)
    assert text.count("for everyone") == 1
    assert "for organisers" not in text


def test_static_addresses_carry_a_version_and_may_be_kept(client: FlaskClient) -> None:
    sheets = [str(v["href"]) for v in page(client, "/").of("link") if v.get("rel") == "stylesheet"]
    assert len(sheets) >= 4
    for address in sheets:
        assert re.search(r"\?v=[0-9a-f]{10}$", address)
        with client.get(address) as kept:
            assert kept.status_code == 200
            assert "immutable" in kept.headers["Cache-Control"]
    with client.get("/static/css/tokens.css") as unversioned:
        assert "immutable" not in unversioned.headers.get("Cache-Control", "")


def test_nothing_is_loaded_from_elsewhere(client: FlaskClient) -> None:
    shown = page(client, "/styleguide")
    addresses = [
        v.get("href") or v.get("src") for tag in ("link", "script", "img") for v in shown.of(tag)
    ]
    assert all(str(address).startswith(("/static/", "/bootstrap/")) for address in addresses)


def test_styleguide_is_absent_in_production(tmp_path: Path) -> None:
    production = Settings(
        shape=Shape.PRODUCTION,
        database_url="postgresql://example/x",
        redis_url="redis://example",
        **SECRETS,
    )
    embedded = Settings(data_dir=tmp_path)
    assert not styleguide.is_shown(production)
    assert styleguide.is_shown(production.model_copy(update={"styleguide": True}))
    assert styleguide.is_shown(embedded)
    assert not styleguide.is_shown(embedded.model_copy(update={"styleguide": False}))


def test_error_page_leads_home(client: FlaskClient) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "/" in hrefs(_Page(answer.get_data(as_text=True)))


def test_error_page_still_shows_when_the_person_cannot_be_looked_up(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(app.login_manager, "_user_callback", away)  # type: ignore[attr-defined]
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "some-token"
    answer = client.get("/")
    assert answer.status_code == 503
    assert "<main" in answer.get_data(as_text=True)


def test_only_the_nearest_way_is_marked_as_current(app: Flask, client: FlaskClient) -> None:
    signed_in_as(app, client, Role.WORKER, Role.ORGANISER)
    shown = page(client, "/exams/manage/")
    current = {v.get("href") for v in shown.of("a") if v.get("aria-current") == "page"}
    assert current == {"/exams/manage/"}


def test_no_way_is_offered_twice(app: Flask) -> None:
    ways = app.extensions["lianbing_navigation"]
    endpoints = [
        item.endpoint
        for items in (ways.bottom_bar, ways.own_menu, ways.staff_menu)
        for item in items
    ]
    assert len(endpoints) == len(set(endpoints))
    assert set(endpoints) <= set(app.view_functions)
