"""The tokens' colours are readable: WCAG 2.2 AA, computed, in both themes."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "platform/lianbing/web/static/css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "sheet", "sunk")
TEXTS = ("ink", "ink-soft", "ink-faint", "red-text", "brass", "green", "amber")
TEXT_PAIRS = (
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    ("on-red", "red"),
    ("on-red", "red-hover"),
    ("paper", "ink"),
    ("sheet", "ink"),
    ("ink", "red-wash"),
    ("red-text", "red-wash"),
    ("ink", "brass-wash"),
    ("brass", "brass-wash"),
    ("ink", "green-wash"),
    ("green", "green-wash"),
    ("ink", "amber-wash"),
    ("amber", "amber-wash"),
    *(("ink", f"heat-{step}") for step in ("palest", "pale", "mid", "deep", "deepest")),
)
CONTROL_PAIRS = (
    *((line, ground) for line in ("line", "focus") for ground in GROUNDS),
    ("red", "paper"),
    ("red", "sheet"),
)


def blocks() -> dict[str, dict[str, str]]:
    """Colour tokens: the light block, the dark one by the device, the dark one by choice."""
    found = re.findall(r"(:root[^{}]*)\{([^{}]*--paper:[^{}]*)\}", TOKENS)
    return {
        selector.strip(): dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", body))
        for selector, body in found
    }


LIGHT, DARK = ":root", ':root[data-theme="dark"]'
BY_DEVICE = ':root:not([data-theme="light"])'


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_reads_on_its_ground(theme: str, text: str, ground: str) -> None:
    tokens = blocks()[theme]
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(("line", "ground"), CONTROL_PAIRS)
def test_controls_stand_out_from_their_ground(theme: str, line: str, ground: str) -> None:
    tokens = blocks()[theme]
    assert contrast(tokens[line], tokens[ground]) >= 3


def test_dark_is_the_same_by_device_and_by_choice() -> None:
    assert blocks()[DARK] == blocks()[BY_DEVICE]
    assert blocks()[DARK].keys() == blocks()[LIGHT].keys()


@pytest.mark.parametrize("path", sorted(CSS.rglob("*.css")), ids=lambda path: path.name)
def test_components_name_no_literal_colour(path: Path) -> None:
    if path.name in ("tokens.css", "print.css"):
        return
    literal = re.findall(r"(?<!%23)#[0-9a-fA-F]{3,8}\b", path.read_text(encoding="utf-8"))
    assert literal == []


MODERN = re.compile(r":has\(|:is\(|:where\(|\binset:|aspect-ratio:|@container|@layer|color-mix")


@pytest.mark.parametrize("path", sorted(CSS.rglob("*.css")), ids=lambda path: path.name)
def test_styles_hold_in_an_old_engine(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert MODERN.findall(text) == []
    for selectors in re.findall(r"([^{}]+)\{", text):
        if "," in selectors and ":focus-visible" in selectors:
            assert all(":focus-visible" in one for one in selectors.split(",")), selectors
