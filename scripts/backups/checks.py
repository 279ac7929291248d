"""Is what was restored true? Rows are counted, signatures verified, sealed fields opened."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, create_engine, func, inspect, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from backups.manifest import BackupError, Manifest
from backups.rows import contents
from lianbing.infra.crypto import Keyring
from lianbing.infra.settings import Settings

SAMPLE = 200
SEALED = (("person", "id_number_sealed"), ("person", "phone_sealed"))


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was checked and held."""

    rows: int
    tables: int
    signatures: int
    sealed_fields: int


def check(settings: Settings, manifest: Manifest) -> Found:
    """Compare a restored database with its manifest; BackupError names the first difference."""
    there = contents(settings)
    if there.schema != manifest.schema:
        raise BackupError(f"schema {there.schema!r} instead of {manifest.schema!r}")
    wrong = {
        table: (manifest.counts.get(table), there.counts.get(table))
        for table in manifest.counts.keys() | there.counts.keys()
        if manifest.counts.get(table) != there.counts.get(table)
    }
    if wrong:
        raise BackupError(f"rows differ (table: in the backup, restored): {wrong}")
    keyring = Keyring(settings)
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            return Found(
                rows=sum(there.counts.values()),
                tables=len(there.counts),
                signatures=_signatures(connection, keyring),
                sealed_fields=_sealed(connection, keyring),
            )
    finally:
        engine.dispose()


def _signatures(connection: Connection, keyring: Keyring) -> int:
    """A sample of whatever is signed: every table with a content and a signature."""
    checked = 0
    inspector = inspect(connection)
    for name in inspector.get_table_names():
        columns = {each["name"] for each in inspector.get_columns(name)}
        if not {"content", "signature"} <= columns:
            continue
        wanted = select(sql_column("content"), sql_column("signature")).select_from(sql_table(name))
        for content, signature in connection.execute(wanted.order_by(func.random()).limit(SAMPLE)):
            raw = content.encode() if isinstance(content, str) else bytes(content)
            if not keyring.verify(raw, bytes(signature)):
                raise BackupError(
                    f"a signature in {name} does not verify: data or key were altered"
                )
            checked += 1
    return checked


def _sealed(connection: Connection, keyring: Keyring) -> int:
    checked = 0
    inspector = inspect(connection)
    for name, field in SEALED:
        if not inspector.has_table(name):
            continue
        wanted = select(sql_column(field)).select_from(sql_table(name))
        wanted = wanted.where(func.length(sql_column(field)) > 0)
        for (sealed,) in connection.execute(wanted.order_by(func.random()).limit(SAMPLE)):
            try:
                keyring.decrypt(bytes(sealed))
            except (InvalidTag, ValueError) as error:
                raise BackupError(f"{name}.{field} cannot be opened with this field key") from error
            checked += 1
    return checked
