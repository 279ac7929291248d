"""``python -m benchmarks SCENARIO``: run one, print its table, then its JSON as the last line."""

import argparse
import json
import sys

from proving.progress import say
from proving.throwaway import CannotMeasure

from benchmarks.report import Report
from benchmarks.scenarios import SCENARIOS
from benchmarks.stage import Options


def main() -> None:
    """Parse, run, print."""
    asked = parse()
    scenario = asked.pop("scenario")
    only_json = asked.pop("json")
    try:
        report: Report = SCENARIOS[scenario](Options(**asked))
    except CannotMeasure as error:
        sys.exit(f"scripts/bench: {error}")
    say("done")
    if not only_json:
        print(report.to_text())
    print(json.dumps(report.to_json(), ensure_ascii=False))


def parse() -> dict:
    """The command line as a dictionary."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure the production shape on servers of this run's own.",
    )
    parser.add_argument("scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON object")
    parser.add_argument("--embedded", action="store_true", help="save: on SQLite instead")
    parser.add_argument("--candidates", type=int, help="how many (each scenario has its own)")
    parser.add_argument("--minutes", type=float, help="exam: its length; start: within")
    parser.add_argument("--doors", type=float, help="exam: minutes the doors open early (5)")
    parser.add_argument("--largest", action="store_true", help="exam: look for the most it holds")
    parser.add_argument("--seconds", type=float, default=12.0, help="length of a loop")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--threads", type=int, default=64, help="threads a web process")
    parser.add_argument("--tuning", action="store_true", help="learning: another population")
    parser.add_argument("--plot", default="test-artifacts/learning.svg", help="learning: where to")
    return vars(parser.parse_args())


if __name__ == "__main__":
    main()
