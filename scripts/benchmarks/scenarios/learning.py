"""``learning``: does the daily drill teach more a minute than drills that do not choose?

Simulated learners practise ten questions a day for 60 days under each plan; then 30 days of
nothing. The gain is the expected mark in a blueprint paper on day 60, and on day 90, minus that
of day 0, for each simulated minute. ``benchmarks.learning.memory`` states how they remember.
"""

from pathlib import Path
from time import perf_counter, process_time

from proving.progress import say

from benchmarks.learning.banks import StudyBank, large_bank, shipped_bank
from benchmarks.learning.comparing import compare
from benchmarks.learning.memory import make_learners
from benchmarks.learning.plans import PLANS
from benchmarks.learning.plot import draw
from benchmarks.learning.scheduling import measure_scheduling
from benchmarks.learning.trial import DAYS, LATER, Outcome, run_plan
from benchmarks.report import Report
from benchmarks.stage import Options

LEARNERS = 1_000
REPORT_SEED = 20_261_120
"""The population that is reported; nothing is tuned on it."""
TUNING_SEED = 11
"""The population that rules may be tuned on (``--tuning``)."""
OURS = "daily"
GOAL = 0.20


def run(options: Options) -> Report:
    """Every plan over both banks, on the same learners, days and guesses."""
    report = Report(scenario="learning")
    began, cpu = perf_counter(), process_time()
    seed = TUNING_SEED if options.tuning else REPORT_SEED
    count = options.candidates or LEARNERS
    found: dict[str, dict[str, Outcome]] = {}
    for bank in (shipped_bank(), large_bank()):
        found[bank.name] = _outcomes(bank, count, seed)
        _report(report, bank, found[bank.name])
    measure_scheduling(options, report)
    plot = Path(options.plot)
    plot.parent.mkdir(parents=True, exist_ok=True)
    plot.write_text(draw(found), encoding="utf-8")
    report.notes.append(f"the picture: {plot}")
    report.seconds = perf_counter() - began
    report.cpu_seconds = {"simulation": process_time() - cpu}
    if options.tuning:
        report.notes.append("the tuning population: not a result")
    return report


def _outcomes(bank: StudyBank, count: int, seed: int) -> dict[str, Outcome]:
    learners = make_learners(bank, count, seed)
    say(f"{bank.name}: {bank.drilled.sum()} questions to drill, {count} learners")
    return {name: run_plan(name, bank, learners, seed) for name in PLANS}


def _report(report: Report, bank: StudyBank, outcomes: dict[str, Outcome]) -> None:
    for outcome in outcomes.values():
        report.notes.append(
            f"{bank.name} {outcome.plan}: mark {outcome.start.mean():.1f} on day 0, "
            f"{outcome.end.mean():.1f} on day {DAYS}, {outcome.later.mean():.1f} on day {LATER}; "
            f"{outcome.minutes.mean():.0f} minutes, {outcome.right:.0%} right; gain a minute "
            f"{outcome.gain(False).mean():.4f} and {outcome.gain(True).mean():.4f}"
        )
        report.requests += len(outcome.minutes)
    for later, day in ((False, DAYS), (True, LATER)):
        found = compare(outcomes, OURS, later=later)
        report.goal(
            f"{bank.name}_gain_a_minute_day_{day}",
            f">= +{GOAL:.0%} over the best other",
            f"{found.more:+.1%} over {found.best} (95 %: {found.low:+.1%} to {found.high:+.1%})",
            met=found.more >= GOAL,
        )
