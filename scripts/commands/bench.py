"""``scripts/bench``: install if needed, then hand over to the package ``benchmarks``."""

import os
import sys

from environment import ROOT, CannotStart, ensure, hand_over


def main() -> None:
    """Make the environment and go on in it."""
    python = ensure("test")  # what reads /proc and stands in for a missing PostgreSQL is there
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT / "scripts")])
    hand_over([str(python), "-m", "benchmarks", *sys.argv[1:]], {**os.environ, "PYTHONPATH": path})


if __name__ == "__main__":
    try:
        main()
    except CannotStart as problem:
        sys.exit(str(problem))
