"""``python -m havoc``: play the rounds, print the table, fail when anything was found."""

import argparse
import json
import os
import signal
import sys
from time import monotonic

from proving.progress import say
from proving.throwaway import CannotMeasure
from proving.world import add_people

from havoc.faults import FAULTS, Fault, Skipped
from havoc.report import to_json, to_text
from havoc.rounds import Outcome, play
from havoc.scene import Scene, set_the_scene

LONGEST_SECONDS = 1800
QUICK_SECONDS = 240


def main() -> None:
    """Parse, play, report; 1 when a round failed, 2 when the machine lacks something."""
    options = _parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("scripts/chaos: took too long"))
    signal.alarm(QUICK_SECONDS if options.quick else LONGEST_SECONDS)  # bounded, whatever hangs
    wanted = [
        fault
        for fault in FAULTS
        if (fault.quick or not options.quick) and (not options.only or options.only in fault.name)
    ]
    if not wanted:
        sys.exit(f"no fault is called {options.only}; {', '.join(f.name for f in FAULTS)}")
    try:
        outcomes = _play_all(wanted, options)
    except CannotMeasure as error:
        print(f"scripts/chaos: {error}", file=sys.stderr)
        sys.exit(2)
    signal.alarm(0)
    if not options.json:
        print(to_text(outcomes))
    print(json.dumps(to_json(outcomes), ensure_ascii=False))
    sys.exit(0 if all(one.passed or one.skipped for one in outcomes) else 1)


def _play_all(wanted: list[Fault], options: argparse.Namespace) -> list[Outcome]:
    length = options.seconds or (2.0 if options.quick else 5.0)
    small_disk = any(fault.name == "fill the disk" for fault in wanted)
    with set_the_scene(workers=options.workers, threads=32, small_disk=small_disk) as scene:
        people = add_people(scene.world, options.candidates * len(wanted))
        outcomes = []
        for number, fault in enumerate(wanted):
            first = number * options.candidates
            own = people[first : first + options.candidates]
            outcomes.append(_play(scene, own, fault, length))
    return outcomes


def _play(scene: Scene, people: list, fault: Fault, length: float) -> Outcome:
    say(f"{fault.name} ...")
    began = monotonic()
    try:
        outcome = play(
            scene,
            people,
            fault.name,
            fault.strike,
            length=length,
            while_closing=fault.while_closing,
        )
    except Skipped as reason:
        outcome = Outcome(fault=fault.name, note=str(reason), skipped=True)
    word = "skipped" if outcome.skipped else "ok" if outcome.passed else "FAILED"
    say(f"  {word} after {monotonic() - began:.0f} s: {outcome.note}")
    return outcome


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/chaos",
        description="Run exams under load on servers of this run's own, and break what can break.",
        epilog="docs/chaos.md says what is broken and what is compared afterwards.",
    )
    parser.add_argument("--quick", action="store_true", help="four faults, briefly")
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON object")
    parser.add_argument("--only", metavar="NAME", help="the faults whose name holds this")
    parser.add_argument("--candidates", type=int, help="in each round (200; quick: 40)")
    parser.add_argument("--seconds", type=float, help="length of a fault (5; quick: 2)")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    options = parser.parse_args()
    options.candidates = options.candidates or (40 if options.quick else 200)
    if options.candidates < 6:
        parser.error("--candidates: at least 6")
    return options


if __name__ == "__main__":
    os.umask(0o022)
    main()
