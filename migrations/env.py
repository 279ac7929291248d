"""Alembic's environment: runs migrations on the application's own engine.

Reached by ``lianbing db …`` and ``lianbing.entry.schema``, always inside an application
context; the database address comes from the settings, never from ``alembic.ini``.
"""

import logging

from alembic import context
from alembic.runtime.migration import MigrationInfo
from flask import current_app
from sqlalchemy.types import TypeDecorator

from lianbing.infra.database import db, migrating_connection

log = logging.getLogger("lianbing.migrations")


def report(*, step: MigrationInfo, **_rest: object) -> None:
    """Say each migration as it is applied."""
    log.info("migration applied: %s", step.up_revision_id)


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write the database's type, so that an old migration never needs today's code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def skip_empty(_context: object, _revision: object, directives: list) -> None:
    """Write no revision when the models did not change."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


def migrate() -> None:
    options = dict(current_app.extensions["migrate"].configure_args)
    options.setdefault("process_revision_directives", skip_empty)
    with migrating_connection(db.engine) as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            on_version_apply=report,
            transaction_per_migration=False,
            **options,
        )
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("lianbing db: --sql is not supported; migrate against the database itself")
migrate()
