"""Settings: read once, typed, and a wrong one stops the start with its name."""

import json
import stat
from pathlib import Path

import pytest

from lianbing.infra.settings import SECRET_NAMES, Settings, SettingsError, Shape, load_settings

PRODUCTION = {
    "LIANBING_SHAPE": "production",
    "LIANBING_DATABASE_URL": "postgresql://lianbing@db/lianbing",
    "LIANBING_REDIS_URL": "redis://cache:6379/0",
    "LIANBING_SECRET_KEY": "a-secret-of-more-than-thirty-two-characters",
    "LIANBING_FIELD_KEY": "ab" * 32,
    "LIANBING_SIGNING_KEY": "cd" * 32,
    "LIANBING_PAPER_KEY": "ef" * 32,
}


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment)
    return str(caught.value)


def test_unknown_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    text = refusal({"LIANBING_DATA_DIR": str(tmp_path), "LIANBING_WEB_WORKRES": "2"})
    assert text.startswith("LIANBING_WEB_WORKRES: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIANBING_PORT", "eighty"),
        ("LIANBING_PORT", "70000"),
        ("LIANBING_SHAPE", "cluster"),
        ("LIANBING_DATABASE_URL", "mysql://db/x"),
        ("LIANBING_DATABASE_URL", "postgresql:/db/x"),
        ("LIANBING_DATABASE_URL", "postgresql://db:port/x"),
        ("LIANBING_DATABASE_URL", "postgresql://db"),
        ("LIANBING_REDIS_URL", "localhost:6379"),
        ("LIANBING_REDIS_PREFIX", "has space"),
        ("LIANBING_FIELD_KEY", "short"),
        ("LIANBING_SIGNING_KEY", "zz" * 32),
        ("LIANBING_PAPER_KEY", "ef" * 31),
        ("LIANBING_TIME_ZONE", "Asia/Beijing-ish"),
        ("LIANBING_DEFAULT_LOCALE", "zh"),
        ("LIANBING_LOG_LEVEL", "LOUD"),
        ("LIANBING_SECURE_COOKIES", "perhaps"),
    ],
)
def test_malformed_setting_stops_the_start_with_its_name(
    tmp_path: Path, name: str, value: str
) -> None:
    text = refusal({"LIANBING_DATA_DIR": str(tmp_path), name: value})
    assert text.startswith(f"{name}: ")
    assert text.removeprefix(f"{name}: ").strip()


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"LIANBING_SHAPE"}))
def test_production_without_one_of_its_settings_is_refused(name: str) -> None:
    text = refusal({key: value for key, value in PRODUCTION.items() if key != name})
    assert text.startswith(f"{name}: ")


def test_production_refuses_a_short_secret_key() -> None:
    text = refusal({**PRODUCTION, "LIANBING_SECRET_KEY": "short"})
    assert text.startswith("LIANBING_SECRET_KEY: ")


def test_complete_production_settings_are_taken() -> None:
    settings = load_settings({**PRODUCTION, "LIANBING_WEB_WORKERS": "4"})
    assert settings.shape is Shape.PRODUCTION
    assert settings.database_url.startswith("postgresql+psycopg://")
    assert settings.web_workers == 4


def test_embedded_shape_has_one_process(tmp_path: Path) -> None:
    text = refusal({"LIANBING_DATA_DIR": str(tmp_path), "LIANBING_WEB_WORKERS": "2"})
    assert text.startswith("LIANBING_WEB_WORKERS: ")


def test_refusal_never_shows_a_secret() -> None:
    text = refusal({**PRODUCTION, "LIANBING_FIELD_KEY": "not-hex-but-still-secret"})
    assert "still-secret" not in text
    assert "ab" * 32 not in repr(load_settings(PRODUCTION))


def test_embedded_secrets_are_made_once_and_kept_to_the_owner(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    first = load_settings({"LIANBING_DATA_DIR": str(folder)})
    again = load_settings({"LIANBING_DATA_DIR": str(folder)})
    assert [getattr(first, name) for name in SECRET_NAMES] == [
        getattr(again, name) for name in SECRET_NAMES
    ]
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    other = load_settings({"LIANBING_DATA_DIR": str(tmp_path / "other")})
    assert other.secret_key != first.secret_key


def test_an_older_installation_gets_the_secrets_that_came_later(tmp_path: Path) -> None:
    first = load_settings({"LIANBING_DATA_DIR": str(tmp_path)})
    path = tmp_path / "secrets.json"
    kept = json.loads(path.read_text())
    del kept["paper_key"]
    path.write_text(json.dumps(kept))
    later = load_settings({"LIANBING_DATA_DIR": str(tmp_path)})
    again = load_settings({"LIANBING_DATA_DIR": str(tmp_path)})
    assert later.field_key == first.field_key
    assert len(later.paper_key) == 64
    assert later.paper_key == again.paper_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_secret_that_was_always_there_is_not_drawn_anew(tmp_path: Path) -> None:
    load_settings({"LIANBING_DATA_DIR": str(tmp_path)})
    path = tmp_path / "secrets.json"
    kept = json.loads(path.read_text())
    del kept["field_key"]
    path.write_text(json.dumps(kept))
    assert refusal({"LIANBING_DATA_DIR": str(tmp_path)}).startswith("LIANBING_DATA_DIR: ")


def test_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    text = refusal({"LIANBING_DATA_DIR": str(tmp_path / "file" / "var")})
    assert text.startswith("LIANBING_DATA_DIR: ")


def test_damaged_secrets_file_is_named_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    text = refusal({"LIANBING_DATA_DIR": str(tmp_path)})
    assert text.startswith("LIANBING_DATA_DIR: ")
    assert (tmp_path / "secrets.json").read_text() == "{"


def test_empty_variable_means_not_set(tmp_path: Path) -> None:
    settings = load_settings({"LIANBING_DATA_DIR": str(tmp_path), "LIANBING_PORT": ""})
    assert settings.port == 8000


def test_test_servers_are_no_settings(tmp_path: Path) -> None:
    others = {"LIANBING_DATA_DIR": str(tmp_path), "LIANBING_TEST_REDIS_URL": "redis://x"}
    assert load_settings(others).redis_url != "redis://x"


def test_settings_do_not_change_after_the_start() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]
