"""``scripts/run``: from a fresh clone to a served demo, with the standard library alone."""

import argparse
import os
import socket
import sys

from environment import ROOT, CannotStart, ensure, hand_over


def main() -> None:
    """Check what can be checked at once, install, then hand over to ``lianbing local``."""
    options = parse()
    environment = dict(os.environ)
    for name in ("port", "host", "database"):
        value = getattr(options, name)
        if value is not None:
            setting = "DATABASE_URL" if name == "database" else name.upper()
            environment[f"LIANBING_{setting}"] = str(value)
    require_free_port(
        environment.get("LIANBING_HOST") or "127.0.0.1", environment.get("LIANBING_PORT") or "8000"
    )
    python = ensure()
    os.chdir(ROOT)
    command = [str(python), "-m", "lianbing.entry.cli", "local"]
    hand_over([*command, *(["--no-demo"] if options.no_demo else [])], environment)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/run",
        description="Install Lianbing in .venv/, keep its data in var/, and serve it.",
        epilog="Every LIANBING_* setting of docs/operations.md works here too.",
    )
    parser.add_argument("--port", type=int, help="port to listen on (8000)")
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--database", metavar="URL", help="sqlite:/// or postgresql:// address")
    parser.add_argument("--no-demo", action="store_true", help="start empty, without the demo")
    return parser.parse_args()


def require_free_port(host: str, port: str) -> None:
    """Raise CannotStart when the port is taken; what is malformed is left to the settings."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise CannotStart(
                f"Cannot listen on {host}:{port} ({error.strerror}).\n"
                f"Stop what uses it, or choose another: scripts/run --port {int(port) % 65535 + 1}"
            ) from error


if __name__ == "__main__":
    try:
        main()
    except CannotStart as problem:
        sys.exit(str(problem))
