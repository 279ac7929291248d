"""Before serving: is the schema this version's, do the clocks agree, is the port free?"""

import logging
import socket
import sys
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from lianbing.entry.factory import MIGRATIONS
from lianbing.infra.database import db
from lianbing.infra.settings import Settings
from lianbing.kernel.clock import utc_now
from lianbing.papers.vault import find_foreign

UPGRADE_COMMAND = f"{Path(sys.executable).with_name('lianbing')} db upgrade"
REWRAP_COMMAND = f"{Path(sys.executable).with_name('lianbing')} papers rewrap"
LARGEST_SKEW_SECONDS = 1.0
NEVER_EVICTS = "noeviction"
log = logging.getLogger(__name__)


class NotReady(Exception):
    """Serving would be wrong; the text says what to do about it."""


def require_ready(app: Flask) -> None:
    """Raise NotReady unless schema, keys, clocks and port all let this installation serve."""
    require_current_schema(app)
    require_paper_key(app)
    require_agreeing_clocks(app)
    require_free_port(app.extensions["lianbing_settings"])
    warn_of_eviction(app)


def upgrade_schema(app: Flask) -> None:
    """Bring the database to this version's schema; nothing happens when it is there."""
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))


def require_current_schema(app: Flask) -> None:
    """Raise NotReady unless every migration of this version has run."""
    history = ScriptDirectory(str(MIGRATIONS))
    wanted = set(history.get_heads())
    with app.app_context(), db.engine.connect() as connection:
        present = set(MigrationContext.configure(connection).get_current_heads())
    if present == wanted:
        return
    if not present <= {revision.revision for revision in history.walk_revisions()}:
        raise NotReady(
            f"the database's schema ({_shown(present)}) is newer than this version; "
            "install the version that last ran on it"
        )
    raise NotReady(
        f"the database's schema is {_shown(present)}, this version needs {_shown(wanted)}; "
        f"back up, then run: {UPGRADE_COMMAND}"
    )


def require_paper_key(app: Flask) -> None:
    """Raise NotReady when a paper is sealed under another key than the one that is set."""
    with app.app_context():
        foreign = find_foreign(db.session())
        db.session.remove()
    if foreign is not None:
        raise NotReady(
            f"paper {foreign} is sealed under another key than LIANBING_PAPER_KEY: set the one it "
            f"was sealed with, or run with the new one set: {REWRAP_COMMAND}"
        )


def require_agreeing_clocks(app: Flask) -> float | None:
    """How far the database server's clock is from ours, at least, in seconds; None without one.

    Raises NotReady above a second.
    """
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name != "postgresql":
            return None
        before = utc_now()
        theirs = connection.scalar(select(func.clock_timestamp()))
        after = utc_now()
    if theirs is None:
        return None
    skew = max((theirs - after).total_seconds(), (before - theirs).total_seconds())
    if skew > LARGEST_SKEW_SECONDS:
        raise NotReady(
            f"the database server's clock differs from this machine's by {skew:.1f} s; "
            "deadlines would bind wrongly. Synchronise both (NTP), then start again"
        )
    return skew


def warn_of_eviction(app: Flask) -> bool:
    """Log it where a full Redis would silently drop messages of the task queues; says whether."""
    client: Redis | None = app.extensions["lianbing_redis"]
    if client is None:
        return False
    try:
        policy = client.info("memory").get("maxmemory_policy", NEVER_EVICTS)
    except RedisError:  # away, or not to be asked: serving does not depend on it
        return False
    if policy == NEVER_EVICTS:
        return False
    log.warning("Redis has maxmemory-policy %s; set noeviction (docs/operations.md)", policy)
    return True


def require_free_port(settings: Settings) -> None:
    """Raise NotReady when something already listens on the address and port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise NotReady(
                f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); "
                "stop what uses it, or choose another LIANBING_PORT or LIANBING_HOST"
            ) from error


def _shown(heads: set[str]) -> str:
    return ", ".join(sorted(heads)) or "empty"
