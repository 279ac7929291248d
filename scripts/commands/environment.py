"""The project's own virtual environment: made once, renewed when what it rests on changes.

Standard library only: this runs before anything is installed.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "lianbing-stamp.json"


class CannotStart(Exception):
    """Something this machine must have first; the text says what, and how to get it."""


def ensure(*extras: str) -> Path:
    """The environment's Python, with the package and the wanted extras installed."""
    require_writable(ROOT)
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # two starters at once install one after the other
        stamp = _read_stamp()
        fingerprint = _fingerprint()
        if stamp["fingerprint"] != fingerprint or not set(extras) <= set(stamp["extras"]):
            if not _is_usable(stamp):
                _make()
            _install(sorted({*extras, *stamp["extras"]}), fingerprint)
        return PYTHON
    finally:
        os.close(descriptor)


def require_writable(folder: Path) -> None:
    """Raise CannotStart unless files can be made in the folder."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotStart(
            f"Cannot write to {folder} ({error.strerror}).\n"
            "Copy the project to a folder of yours, or make this one writable."
        ) from error


def hand_over(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Become the command; never returns."""
    sys.stdout.flush()
    os.execve(command[0], command, environment or dict(os.environ))


def _fingerprint() -> str:
    parts = [str(ROOT).encode(), sys.version.encode()]
    parts += [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _read_stamp() -> dict:
    empty = {"fingerprint": "", "extras": [], "root": str(ROOT)}
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return empty
    return {**empty, **stamp} if isinstance(stamp, dict) else empty


def _is_usable(stamp: dict) -> bool:
    """Whether packages can go into the environment that is there: right Python, not moved."""
    if stamp["root"] != str(ROOT) or not PYTHON.exists():
        return False
    question = "import pip, sys; print(sys.version)"
    answer = subprocess.run(
        [str(PYTHON), "-c", question], capture_output=True, text=True, check=False
    )
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.strip()


def _make() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise CannotStart(
            f"Python's venv module is not complete here (no ensurepip for Python {version}).\n"
            "On Debian 12: sudo apt-get install python3-venv"
        )
    print(f"Making a virtual environment in {FOLDER.name}/ ...", flush=True)
    # --clear: what another Python or an interrupted start left behind is of no use.
    _run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], "The environment was not made.")


def _install(extras: list[str], fingerprint: str) -> None:
    wanted = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--constraint", str(ROOT / "constraints.txt")]
    advice = (
        "Installing failed; pip's own words are above. Without a way to pypi.org, name a mirror:\n"
        f"PIP_INDEX_URL=https://... scripts/{Path(sys.argv[0]).stem}"
    )
    print("Installing packages, only this once (a minute or two) ...", flush=True)
    # The build tool first and pinned too, so that building needs no isolated download.
    _run([*pip, "setuptools"], advice)
    _run([*pip, "--no-build-isolation", "--editable", wanted], advice)
    STAMP.write_text(json.dumps({"fingerprint": fingerprint, "extras": extras, "root": str(ROOT)}))


def _run(command: list[str], advice: str) -> None:
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise CannotStart(advice) from error
