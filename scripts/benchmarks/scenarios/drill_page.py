"""The drill page in a real browser, slowed down like a cheap phone on a weak network."""

from benchmarks.report import Report
from benchmarks.stage import Stage


def next_question(_stage: Stage, report: Report) -> None:
    """How long from the press on "next question" until it stands there."""
    report.goal("next_question_ms", "< 100", None, met=None)
