"""``scripts/serve``: install if needed, then hand over to ``lianbing serve``."""

import argparse
import os
import sys

from environment import ROOT, CannotStart, ensure, hand_over


def main() -> None:
    """Serve with the settings of the environment, or only prepare for it."""
    parser = argparse.ArgumentParser(
        prog="scripts/serve",
        description="Run web, workers and beat with the LIANBING_* settings of the environment.",
        epilog="The settings and the production set-up are in docs/operations.md.",
    )
    parser.add_argument(
        "--prepare", action="store_true", help="only install and compile translations"
    )
    prepare = parser.parse_args().prepare
    python = ensure()
    os.chdir(ROOT)
    command = "translations" if prepare else "serve"
    hand_over([str(python), "-m", "lianbing.entry.cli", command])


if __name__ == "__main__":
    try:
        main()
    except CannotStart as problem:
        sys.exit(str(problem))
