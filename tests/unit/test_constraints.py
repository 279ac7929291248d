"""``constraints.txt`` pins every package that the product and its tests bring in."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

NOT_EVERYWHERE = {"setuptools", "async-timeout", "pyqt5", "pyqt5-sip", "pyqtwebengine"}
"""The build tool, what redis needs on Python before 3.11.3, which Debian 12 has, and an engine that
is built for one kind of machine only."""
PIN = re.compile(r"^[A-Za-z0-9._-]+==[A-Za-z0-9.!+-]+$")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def pins(project_root: Path) -> dict[str, str]:
    lines = (project_root / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {normal(name): pinned for name, pinned in pairs}


@pytest.fixture(scope="module")
def project(project_root: Path) -> dict:
    return tomllib.loads((project_root / "pyproject.toml").read_text())["project"]


def closure(wanted: Iterable[str]) -> set[str]:
    """Every distribution that the requirements bring in here, by normal name."""
    todo = [each for each in map(Requirement, wanted) if not each.marker or each.marker.evaluate()]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        requirement = todo.pop()
        key = (normal(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        for text in requires(requirement.name) or []:
            needed = Requirement(text)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                todo.append(needed)
    return {name for name, _ in seen}


def test_everything_brought_in_is_pinned(pins: dict[str, str], project: dict) -> None:
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    assert closure(wanted) - pins.keys() == set()
    assert pins.keys() >= NOT_EVERYWHERE


def test_nothing_is_pinned_that_nobody_needs(pins: dict[str, str], project: dict) -> None:
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    assert pins.keys() - closure(wanted) <= NOT_EVERYWHERE


def test_pins_satisfy_the_requirements(pins: dict[str, str], project: dict) -> None:
    for text in project["dependencies"] + project["optional-dependencies"]["test"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[normal(requirement.name)]), text


def test_tests_run_with_the_pinned_versions(pins: dict[str, str]) -> None:
    here = {name: version(name) for name in pins.keys() - NOT_EVERYWHERE}
    assert here == {name: pins[name] for name in here}


def test_file_names_no_index(project_root: Path) -> None:
    lines = (project_root / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if line and line[0] != "#" and not PIN.match(line)] == []
