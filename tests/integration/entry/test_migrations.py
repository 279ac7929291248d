"""Migrations build exactly the models' tables, on both databases, and fail without a trace."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import Migrate, upgrade
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError
from tests.conftest import SECRETS, TestServers, need, own_database

from lianbing.entry import create_app
from lianbing.entry.factory import MIGRATIONS
from lianbing.entry.readiness import require_current_schema, upgrade_schema
from lianbing.infra.database import db
from lianbing.infra.settings import Settings, Shape

SOUND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "1_sound", None

def upgrade():
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "child",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO parent (id) VALUES (1)")
    op.execute("INSERT INTO child (id, parent_id) VALUES (7, 1)")
"""
REBUILDS_A_PARENT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "2_rebuild", "1_sound"

def upgrade():
    with op.batch_alter_table("parent", recreate="auto") as batch:
        batch.add_column(sa.Column("name", sa.String(20), nullable=True))
        batch.alter_column("id", existing_type=sa.Integer, type_=sa.BigInteger)
"""
FAILS_HALF_WAY = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "2_fails", "1_sound"

def upgrade():
    op.create_table("orphan", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO nowhere (id) VALUES (1)")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_app(
    request: pytest.FixtureRequest, servers: TestServers, worker_id: str, tmp_path: Path
) -> Iterator[Flask]:
    """An application on an empty database."""
    if request.param == "sqlite":
        yield from _on(f"sqlite:///{tmp_path / 'fresh.db'}", tmp_path)
        return
    need(servers)
    with own_database(servers, f"lianbing_migrated_{os.getpid()}_{worker_id}") as url:
        yield from _on(url, tmp_path)


def _on(url: str, folder: Path) -> Iterator[Flask]:
    app = create_app(Settings(shape=Shape.EMBEDDED, data_dir=folder, database_url=url, **SECRETS))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def migrate_with(app: Flask, folder: Path, *revisions: str) -> None:
    """Run the project's own Alembic environment over other revisions."""
    copy = folder / f"migrations-{len(revisions)}"
    copytree(MIGRATIONS, copy, ignore=lambda *_: ["versions", "__pycache__"], dirs_exist_ok=True)
    (copy / "versions").mkdir(exist_ok=True)
    for number, text in enumerate(revisions):
        (copy / "versions" / f"{number}.py").write_text(text)
    Migrate(app, db, directory=str(copy), render_as_batch=True)
    with app.app_context():
        upgrade(directory=str(copy))


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def test_migrations_build_exactly_the_models(fresh_app: Flask) -> None:
    upgrade_schema(fresh_app)
    upgrade_schema(fresh_app)
    require_current_schema(fresh_app)
    with fresh_app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_failing_migration_leaves_nothing_behind(fresh_app: Flask, tmp_path: Path) -> None:
    migrate_with(fresh_app, tmp_path, SOUND)
    with pytest.raises(DBAPIError, match="nowhere"):
        migrate_with(fresh_app, tmp_path, SOUND, FAILS_HALF_WAY)
    assert tables(fresh_app) == {"alembic_version", "parent", "child"}


def test_rebuilt_table_keeps_the_rows_that_point_at_it(fresh_app: Flask, tmp_path: Path) -> None:
    migrate_with(fresh_app, tmp_path, SOUND)
    migrate_with(fresh_app, tmp_path, SOUND, REBUILDS_A_PARENT)
    with fresh_app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id, parent_id FROM child").all() == [(7, 1)]
        enforced = connection.dialect.name == "sqlite"
        if enforced:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
