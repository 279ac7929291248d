"""One module a scenario, each with ``run(options) -> Report``."""

from collections.abc import Callable

from benchmarks.report import Report
from benchmarks.scenarios import bank, board, close, drill, exam, learning, login, save, start
from benchmarks.stage import Options

SCENARIOS: dict[str, Callable[[Options], Report]] = {
    "save": save.run,
    "start": start.run,
    "close": close.run,
    "login": login.run,
    "board": board.run,
    "drill": drill.run,
    "exam": exam.run,
    "bank": bank.run,
    "learning": learning.run,
}
