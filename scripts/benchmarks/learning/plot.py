"""The comparison as one SVG: a panel a bank, a line a plan, the expected mark by day."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

from benchmarks.learning.trial import DAYS, LATER, Outcome

WIDTH, HEIGHT = 800, 330
LEFT, TOP, BOTTOM, PANEL, BETWEEN = 44, 46, 40, 240, 150
STROKES = {
    "daily": ("#a1181d", ""),
    "random": ("#4f4a42", ""),
    "sequential": ("#4f4a42", "6 4"),
    "wrong_book": ("#77560f", "2 3"),
}
"""Told apart by dashes as well as by colour."""
INK, HAIRLINE, PAPER = "#1d1a16", "#ddd5c5", "#fffdf8"


def draw(outcomes: Mapping[str, Mapping[str, Outcome]]) -> str:
    """An SVG document of each bank's outcomes."""
    marks = [
        mark for bank in outcomes.values() for o in bank.values() for mark in o.course.values()
    ]
    low, high = 5 * int(min(marks) // 5), 5 * int(max(marks) // 5 + 1)
    panels = [
        _panel(name, bank, LEFT + place * (PANEL + BETWEEN), low, high)
        for place, (name, bank) in enumerate(outcomes.items())
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">'
        "<title>Expected mark by day under each plan; the table in docs/learning.md has the "
        f'figures</title><rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        + "".join(panels)
        + "</svg>\n"
    )


def _panel(name: str, bank: Mapping[str, Outcome], left: int, low: int, high: int) -> str:
    room = HEIGHT - TOP - BOTTOM

    def place(day: int, mark: float) -> tuple[float, float]:
        x = left + PANEL * day / LATER
        return round(x, 1), round(TOP + room * (high - mark) / (high - low), 1)

    parts = [f'<text x="{left}" y="22" font-weight="600">{escape(name)} bank</text>']
    for mark in range(low, high + 1, 10):
        x, y = place(0, mark)
        parts.append(
            f'<path d="M{x} {y}h{PANEL}" stroke="{HAIRLINE}"/>'
            f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{mark}</text>'
        )
    for day in (0, 30, DAYS, LATER):
        x, y = place(day, low)
        parts.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">day {day}</text>')
    x, y = place(DAYS, high)
    parts.append(f'<path d="M{x} {y}V{TOP + room}" stroke="{INK}" stroke-dasharray="1 3"/>')
    labels = _apart([place(LATER, o.course[LATER])[1] for o in bank.values()])
    for outcome, label in zip(bank.values(), labels, strict=True):
        colour, dashes = STROKES[outcome.plan]
        points = " ".join(f"{x},{y}" for x, y in (place(*row) for row in outcome.course.items()))
        x, _y = place(LATER, low)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/><text x="{x + 6}" y="{label + 4}" fill="{colour}">'
            f"{outcome.plan} {outcome.course[LATER]:.1f}</text>"
        )
    return "".join(parts)


def _apart(places: Sequence[float], least: float = 14.0) -> list[float]:
    """Heights of labels pushed apart so that none lies on another."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    found = list(places)
    for before, number in pairwise(order):
        found[number] = max(found[number], found[before] + least)
    return found
