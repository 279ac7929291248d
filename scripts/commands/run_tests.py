"""What ``scripts/test`` runs, inside the project's environment: checks, then pytest."""

import argparse
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from environment import ROOT
from servers import Missing, browser, cache, postgres

BINARIES = Path(sys.executable).parent
FAST_FOLDERS = ["tests/unit", "tests/architecture", "tests/integration", "tests/web"]


@dataclass
class Report:
    """What ran, how it ended, and what could not run."""

    lines: list[str] = field(default_factory=list)
    failed: bool = False

    def ran(self, name: str, status: int, seconds: float) -> None:
        self.failed = self.failed or status != 0
        self.lines.append(f"{'ok' if status == 0 else 'FAILED':8}{name} ({seconds:.0f} s)")

    def missed(self, name: str, why: str, *, required: bool) -> None:
        self.failed = self.failed or required
        self.lines.append(f"{'MISSING' if required else 'not run':8}{name}: {why}")

    def show(self) -> None:
        print("\n== scripts/test", *self.lines, sep="\n")
        print("== failed" if self.failed else "== passed", flush=True)


def main() -> int:
    """Run everything; 0 only when all that ran passed and nothing required was missing."""
    options, pytest_arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped
    report = Report()
    environment = clean_environment()
    for name, command in checks():
        run(report, name, command, environment)
    with ExitStack() as servers:
        if options.quick:
            report.missed("PostgreSQL, Redis, browser", "--quick", required=False)
        else:
            bring_up(servers, environment, report, required=options.require_all)
        for name, chosen in selections(options.quick, pytest_arguments):
            run(report, name, [sys.executable, "-m", "pytest", *chosen], environment)
    report.show()
    return 1 if report.failed else 0


def parse() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="Check and test everything that this machine can; the rest goes to pytest.",
        epilog="LIANBING_TEST_POSTGRES_URL and LIANBING_TEST_REDIS_URL name servers to use; "
        "else those on the standard local ports, else throw-away ones.",
    )
    parser.add_argument("--quick", action="store_true", help="no browser, SQLite only; a minute")
    parser.add_argument("--require-all", action="store_true", help="what cannot run is a failure")
    return parser.parse_known_args()


def clean_environment() -> dict[str, str]:
    """The environment without the product's settings: tests choose their own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LIANBING_")}


def checks() -> list[tuple[str, list[str]]]:
    """The checks that need no server, as (name, command)."""
    scripts = ROOT / "scripts"
    banks = [str(path.parent) for path in sorted(ROOT.glob("question_banks/*/bank.yaml"))]
    return [
        ("ruff check", [str(BINARIES / "ruff"), "check", "--quiet", "."]),
        ("ruff format", [str(BINARIES / "ruff"), "format", "--quiet", "--check", "."]),
        ("mypy", [sys.executable, "-m", "mypy"]),
        ("lint-imports", [str(BINARIES / "lint-imports"), "--no-logo"]),
        ("translations", [sys.executable, str(scripts / "i18n"), "check"]),
        (
            "question banks",
            [sys.executable, "-m", "lianbing.entry.cli", "banks", "check", "--shipping", *banks],
        ),
    ]


def selections(quick: bool, wanted: list[str]) -> list[tuple[str, list[str]]]:
    """pytest's runs as (name, arguments): what the caller names, else everything.

    Tests share two workers; those with a browser come after them and by themselves, since two
    cores carry one browser and its server.
    """
    workers = [] if any(part.startswith("-n") for part in wanted) else ["-n", "2"]
    fast = ["-m", "not slow", "-rfE"] if quick else []  # what --quick leaves out is no news
    if any(part.startswith("tests") for part in wanted):
        return [("pytest", [*wanted, *fast, *workers])]
    if quick:
        return [("pytest", [*wanted, *FAST_FOLDERS, *fast, *workers])]
    return [
        ("pytest", [*wanted, "tests", "-m", "not browser", *workers]),
        ("pytest, browser", [*wanted, "tests/browser"]),
    ]


def bring_up(
    stack: ExitStack, environment: dict[str, str], report: Report, *, required: bool
) -> None:
    """Find or start what the tests need, and tell them by the environment."""
    if required:
        environment["LIANBING_TEST_REQUIRE_ALL"] = "1"
    for name, variable, server in (
        ("PostgreSQL", "LIANBING_TEST_POSTGRES_URL", postgres),
        ("Redis", "LIANBING_TEST_REDIS_URL", cache),
    ):
        try:
            environment[variable] = stack.enter_context(server())
        except Missing as problem:
            report.missed(f"tests on {name}", str(problem), required=required)
    try:
        browser()
    except Missing as problem:
        report.missed("browser tests", str(problem), required=required)


def run(report: Report, name: str, command: list[str], environment: dict[str, str]) -> None:
    print(f"\n== {name}", flush=True)
    began = monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    try:
        status = process.wait()
    except BaseException:
        # Asked to stop: let it drop its databases and keys before the servers go.
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    report.ran(name, status, monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
