"""The operator's guide says what the settings schema says, and names commands that exist."""

import re
from enum import Enum
from pathlib import Path

import pytest
from flask_migrate.cli import db as db_group

from lianbing.entry.cli import cli
from lianbing.infra.settings import PREFIX, Settings


@pytest.fixture
def guide(project_root: Path) -> str:
    return (project_root / "docs" / "operations.md").read_text()


def shown(default: object) -> str:
    if default is None or default == "":
        return ""
    value = default.value if isinstance(default, Enum) else default
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_settings_table_is_the_schema(guide: str) -> None:
    rows = re.findall(r"^\| `(LIANBING_\w+)` \| (.*?) ?\| (.*) \|$", guide, re.M)
    assert rows == [
        (PREFIX + name.upper(), shown(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_command_it_names_exists(guide: str) -> None:
    commands = {*cli.commands, *(f"db {name}" for name in db_group.commands)}
    named = set(re.findall(r"(?:`|bin/)lianbing (db \w+|[a-z]+)", guide))
    assert named
    assert named <= commands


def test_every_file_it_names_exists(guide: str, project_root: Path) -> None:
    for name in set(re.findall(r"\b((?:deploy|scripts)/[\w./-]*\w)", guide)):
        assert (project_root / name).exists() or name == "deploy/lianbing.env", name
