"""Production refuses plain http from elsewhere, on the hot path too; a proxy is believed."""

from collections.abc import Iterable

import pytest
from flask import Flask
from tests.conftest import SECRETS
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client, EnvironBuilder

from lianbing.infra.settings import SettingsError, load_settings
from lianbing.web.transport import HttpsOnly, is_loopback


def served(environ: dict[str, object], start_response: object) -> Iterable[bytes]:
    start_response("200 OK", [])  # type: ignore[operator]
    return [str(environ["PATH_INFO"]).encode()]


def reached(base_url: str, *, path: str = "/sign-in", method: str = "GET", **headers: str) -> str:
    app = ProxyFix(HttpsOnly(served), x_proto=1, x_host=1)  # type: ignore[arg-type]
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    builder = EnvironBuilder(path=path, method=method, base_url=base_url, headers=names)
    return Client(app).open(builder).text


@pytest.mark.parametrize(
    "base_url",
    [
        "https://exam.example.org",
        "http://localhost:8000",
        "http://exam.localhost",
        "http://127.0.0.1:8000",
        "http://127.8.9.10",
        "http://[::1]:8000",
    ],
)
def test_https_and_this_machine_are_served(base_url: str) -> None:
    assert reached(base_url) == "/sign-in"


@pytest.mark.parametrize(
    "base_url",
    ["http://exam.example.org", "http://10.0.0.5:8000", "http://localhost.example.org"],
)
@pytest.mark.parametrize(
    ("path", "method"), [("/", "GET"), ("/sign-in", "POST"), ("/api/exams/save", "POST")]
)
def test_plain_http_from_elsewhere_is_refused(base_url: str, path: str, method: str) -> None:
    assert reached(base_url, path=path, method=method) == "/https-only"


@pytest.mark.parametrize("path", ["/healthz", "/static/css/tokens.css"])
def test_signs_of_life_and_the_refusals_look_are_served(path: str) -> None:
    assert reached("http://10.0.0.5", path=path) == path


def test_proxy_that_speaks_https_is_believed() -> None:
    said = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "exam.example.org"}
    assert reached("http://127.0.0.1:8000", **said) == "/sign-in"
    said["X_Forwarded_Proto"] = "http"
    assert reached("http://127.0.0.1:8000", **said) == "/https-only"


@pytest.mark.parametrize("host", ["", "::1", "[::1]", "LOCALHOST", "127.0.0.1:1"])
def test_names_of_this_machine(host: str) -> None:
    assert is_loopback(host) is bool(host)


def test_refusal_is_a_page_in_words(production_app: Flask) -> None:
    client = production_app.test_client()
    refused = client.get("/sign-in", base_url="http://exam.example.org")
    assert refused.status_code == 403
    assert "https" in refused.text
    forged = {"X-Forwarded-Proto": "https"}  # no proxy is trusted here
    again = client.get("/sign-in", base_url="http://exam.example.org", headers=forged)
    assert again.status_code == 403
    assert client.get("/sign-in", base_url="https://exam.example.org").status_code == 200
    assert client.get("/healthz", base_url="http://exam.example.org").status_code == 200


def test_embedded_shape_serves_its_own_network(embedded_app: Flask) -> None:
    client = embedded_app.test_client()
    assert client.get("/sign-in", base_url="http://10.0.0.5:8000").status_code == 200


def test_plain_http_and_secure_cookies_contradict_each_other() -> None:
    environment = {
        "LIANBING_SHAPE": "production",
        "LIANBING_DATABASE_URL": "postgresql://lianbing@db/lianbing",
        "LIANBING_REDIS_URL": "redis://cache:6379/0",
        "LIANBING_ALLOW_PLAIN_HTTP": "true",
        **{f"LIANBING_{name.upper()}": value for name, value in SECRETS.items()},
    }
    assert load_settings(environment).allow_plain_http
    with pytest.raises(SettingsError, match="LIANBING_ALLOW_PLAIN_HTTP"):
        load_settings({**environment, "LIANBING_SECURE_COOKIES": "true"})
