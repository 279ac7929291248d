"""The deploy files speak of settings and commands that exist, and agree with each other."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Command, Group
from flask_migrate.cli import db as db_group

from lianbing.entry.cli import cli
from lianbing.entry.commands import WORKERS
from lianbing.infra.settings import PREFIX, Settings, load_settings

VARIABLE = re.compile(r"\bLIANBING_[A-Z_]+\b")
UNSAFE = re.compile(r"(fsync|synchronous_commit|full_page_writes)\s*=?\s*(off|false|0)", re.I)
OWN_SERVICES = {"postgres", "redis"}
PROGRAM = "/opt/lianbing/.venv/bin/lianbing"


@pytest.fixture
def deploy(project_root: Path) -> Path:
    return project_root / "deploy"


@pytest.fixture
def compose(deploy: Path) -> dict[str, Any]:
    return yaml.safe_load((deploy / "compose.yaml").read_text())


@pytest.fixture
def units(deploy: Path) -> dict[str, configparser.ConfigParser]:
    parsed = {}
    for path in sorted((deploy / "systemd").iterdir()):
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read(path)
        parsed[path.name] = parser
    return parsed


def files(deploy: Path) -> list[Path]:
    return [path for path in deploy.rglob("*") if path.is_file()]


def example(deploy: Path) -> dict[str, str]:
    lines = (deploy / "lianbing.env.example").read_text().splitlines()
    set_lines = (line for line in lines if line and not line.startswith("#"))
    return {line.split("=", 1)[0]: line.split("=", 1)[1] for line in set_lines}


def compose_commands(compose: dict[str, Any]) -> set[tuple[str, ...]]:
    services = compose["services"]
    return {tuple(services[name]["command"]) for name in services.keys() - OWN_SERVICES}


def unit_commands(units: dict[str, configparser.ConfigParser]) -> set[tuple[str, ...]]:
    services = [unit for name, unit in units.items() if name.endswith(".service")]
    return {tuple(shlex.split(unit["Service"]["ExecStart"])) for unit in services}


def assert_command_exists(words: tuple[str, ...]) -> None:
    command: Command = db_group if words[0] == "db" else cli.commands[words[0]]
    rest = list(words[1:])
    while isinstance(command, Group):
        command = command.commands[rest.pop(0)]
    command.make_context(words[0], rest)  # parses the options and refuses unknown ones


def test_every_variable_is_a_setting(deploy: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for path in files(deploy):
        assert set(VARIABLE.findall(path.read_text())) <= known, path


def test_every_command_exists(
    compose: dict[str, Any], units: dict[str, configparser.ConfigParser], deploy: Path
) -> None:
    for words in compose_commands(compose):
        assert words[0] == "lianbing"
        assert_command_exists(words[1:])
    for words in unit_commands(units):
        assert words[0] == PROGRAM
        assert_command_exists(words[1:])
    for words in re.findall(
        r"\blianbing ([a-z]+)\b(?=\n|\s*$)", (deploy / "Dockerfile").read_text()
    ):
        assert_command_exists((words,))


def test_compose_and_systemd_run_the_same_processes(
    compose: dict[str, Any], units: dict[str, configparser.ConfigParser]
) -> None:
    in_compose = {words[1:] for words in compose_commands(compose)} - {("db", "upgrade")}
    assert in_compose == {words[1:] for words in unit_commands(units)}


def test_both_run_what_scripts_serve_runs(units: dict[str, configparser.ConfigParser]) -> None:
    assert {words[1:] for words in unit_commands(units)} == {
        ("web",),
        *(("worker", "--queues", queues) for queues in WORKERS),
        ("beat",),
    }


def test_filled_in_example_is_a_complete_production_configuration(deploy: Path) -> None:
    filled = {
        "LIANBING_SECRET_KEY": "5" * 64,
        "LIANBING_FIELD_KEY": "6" * 64,
        "LIANBING_SIGNING_KEY": "7" * 64,
        "LIANBING_PAPER_KEY": "8" * 64,
        "LIANBING_DATABASE_URL": "postgresql://lianbing@127.0.0.1/lianbing",
        "LIANBING_REDIS_URL": "redis://127.0.0.1:6379/0",
    }
    settings = load_settings({**example(deploy), **filled})
    assert not settings.is_embedded
    assert settings.secure_cookies


def test_example_gives_no_secret_away(deploy: Path) -> None:
    values = example(deploy)
    assert [name for name in values if "KEY" in name or "PASSWORD" in name]
    assert not any(value for name, value in values.items() if "KEY" in name or "PASSWORD" in name)


def test_unfilled_example_does_not_start(deploy: Path) -> None:
    with pytest.raises(Exception, match="LIANBING_"):
        load_settings(example(deploy))


def test_compose_settings_are_valid_ones(compose: dict[str, Any], deploy: Path) -> None:
    keys = {f"LIANBING_{name}_KEY": "ab" * 32 for name in ("SECRET", "FIELD", "SIGNING", "PAPER")}
    for name in compose["services"].keys() - OWN_SERVICES:
        values = {
            key: re.sub(r"\$\{[^}]*\}", "password", value)
            for key, value in compose["services"][name]["environment"].items()
        }
        settings = load_settings({**example(deploy), **keys, **values})
        assert not settings.is_embedded, name
        assert "password" in settings.database_url, name


def test_no_server_is_made_unsafe(deploy: Path) -> None:
    for path in files(deploy):
        assert not UNSAFE.search(path.read_text()), path


def test_target_starts_every_service(units: dict[str, configparser.ConfigParser]) -> None:
    wanted = set(units["lianbing.target"]["Unit"]["Wants"].split())
    assert wanted == {name for name in units if name.endswith(".service")}


def test_services_stop_gracefully_and_with_their_target(
    units: dict[str, configparser.ConfigParser],
) -> None:
    for name in units.keys() - {"lianbing.target"}:
        assert units[name]["Unit"]["PartOf"] == "lianbing.target"
        assert units[name]["Service"]["KillMode"] == "mixed"
        assert units[name]["Service"]["User"] == "lianbing"
