"""``scripts/test``: install with the test extra, then hand over to ``run_tests.py``."""

import sys
from pathlib import Path

from environment import CannotStart, ensure, hand_over


def main() -> None:
    """Make the environment and go on in it."""
    python = ensure("test")
    hand_over([str(python), str(Path(__file__).with_name("run_tests.py")), *sys.argv[1:]])


if __name__ == "__main__":
    try:
        main()
    except CannotStart as problem:
        sys.exit(str(problem))
