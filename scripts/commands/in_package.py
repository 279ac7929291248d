"""``in_package.py [--extra NAME] MODULE ...``: install if needed, then ``python -m MODULE ...``.

What the starters of packages beside this folder share; the working folder stays the caller's.
"""

import os
import sys

from environment import ROOT, CannotStart, ensure, hand_over


def main() -> None:
    """Make the environment and go on in it."""
    arguments = sys.argv[1:]
    extras = []
    if arguments[0] == "--extra":
        extras, arguments = [arguments[1]], arguments[2:]
    python = ensure(*extras)
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT / "scripts")])
    hand_over([str(python), "-m", *arguments], {**os.environ, "PYTHONPATH": path})


if __name__ == "__main__":
    try:
        main()
    except CannotStart as problem:
        sys.exit(str(problem))
