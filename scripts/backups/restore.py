"""``python -m backups.restore``: verify a backup, restore it, and check what came of it."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from backups import checks, data_files, keys, manifest
from backups.cluster import lay_out
from backups.databases import Database, database_of
from backups.manifest import BackupError, Manifest
from lianbing.entry.factory import MIGRATIONS
from lianbing.infra.settings import PREFIX, Settings, SettingsError, load_settings

ROOT = Path(__file__).resolve().parents[2]


def restore(folder: Path, *, keys_file: Path | None, may_replace: bool) -> list[str]:
    """Restore a backup into what the settings name; return what was done, in words."""
    plan = manifest.read(folder)
    _require_known_schema(plan)
    settings = _settings(plan, keys_file)
    database = database_of(settings)
    if database.dialect != plan.dialect:
        raise BackupError(f"this backup is of {plan.dialect}, the settings name {database.dialect}")
    keys.require_same(plan.keys, settings)
    said = _make_room(database, settings, may_replace=may_replace)
    database.restore(folder / database.file_name)
    count = data_files.unpack(folder / data_files.NAME, settings)
    found = checks.check(settings, plan)
    said.append(f"restored {found.rows} rows of {found.tables} tables and {count} files")
    said.append(
        f"checked: every count, {found.signatures} signatures, {found.sealed_fields} sealed fields"
    )
    said += _forget_copies(settings)
    if plan.schema not in _revisions(heads=True):
        said.append("the backup is of an older version: run lianbing db upgrade before serving")
    return said


def _settings(plan: Manifest, keys_file: Path | None) -> Settings:
    embedded = (os.environ.get(PREFIX + "SHAPE") or "embedded") == "embedded"
    if embedded:
        data_dir = Path(os.environ.get(PREFIX + "DATA_DIR") or "var")
        if keys_file is not None:
            given = keys.read_file(keys_file)
            if keys.fingerprints(given) != dict(plan.keys):
                raise BackupError(f"{keys_file} holds other keys than those of this backup")
            keys.place_embedded(given, data_dir)
        elif not (data_dir / "secrets.json").exists():
            raise BackupError(
                f"{data_dir} has no keys, and without those of the backup ID numbers cannot be "
                "read: name the file that was kept apart with --keys"
            )
    return load_settings()


def _make_room(database: Database, settings: Settings, *, may_replace: bool) -> list[str]:
    users = database.in_use()
    if users:
        raise BackupError(f"the database is in use by {users}: stop Lianbing first")
    in_the_way = data_files.present(settings)
    if database.is_empty() and not in_the_way:
        return []
    if not may_replace and not _agreed(settings):
        raise BackupError(
            "the target is not empty. Restore into an empty one, or say --replace: what is there "
            "is then set aside, not deleted"
        )
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    said = []
    if in_the_way:
        kept = settings.data_dir.resolve().with_name(
            f"{settings.data_dir.resolve().name}.before-restore-{stamp}"
        )
        for path in in_the_way:
            target = kept / path.relative_to(settings.data_dir.resolve())
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
        said.append(f"set aside: {len(in_the_way)} files, now in {kept}")
    if not database.is_empty():
        said.append(f"set aside: the database as it was, now {database.set_aside(stamp)}")
    return said


def _agreed(settings: Settings) -> bool:
    if not sys.stdin.isatty():
        return False
    print("The target is not empty; what is there would be set aside, not deleted.")
    return input("Type replace to go on: ").strip() == "replace"


def _require_known_schema(plan: Manifest) -> None:
    if plan.schema and plan.schema not in _revisions(heads=False):
        raise BackupError(
            f"this backup (version {plan.version}, schema {plan.schema}) is of a newer version "
            "than this one; install that version first"
        )


def _revisions(*, heads: bool) -> set[str]:
    history = ScriptDirectory(str(MIGRATIONS))
    if heads:
        return set(history.get_heads())
    return {revision.revision for revision in history.walk_revisions()}


def _forget_copies(settings: Settings) -> list[str]:
    """Delete this installation's keys in Redis: copies of a later state would be believed."""
    if settings.is_embedded:
        return []
    try:
        with Redis.from_url(settings.redis_url, socket_connect_timeout=5) as client:
            found = list(client.scan_iter(match=settings.redis_prefix + "*", count=1000))
            for key in found:
                client.delete(key)
    except RedisError as error:
        raise BackupError(
            f"the data is restored, but Redis does not answer ({error}). It may hold boards of a "
            f"later state: delete the keys {settings.redis_prefix}* before serving"
        ) from error
    return [f"deleted {len(found)} keys in Redis, which is filled anew from the database"]


def _restore_cluster(options: argparse.Namespace) -> list[str]:
    """Lay out a copied cluster with its log; copies in Redis of a later state are deleted."""
    if options.log is None:
        raise BackupError("--into needs --log, the folder that scripts/backup --receive-log filled")
    said = lay_out(options.backup, options.log, options.into, until=options.until)
    return said + _forget_copies(load_settings())


def _from_here(given: str) -> Path:
    return Path(given).resolve()


def main() -> None:
    """Parse, restore, say what was done."""
    parser = argparse.ArgumentParser(
        prog="scripts/restore",
        description="Restore a backup into the installation that the LIANBING_* settings name.",
        epilog="docs/backup.md walks through it.",
    )
    parser.add_argument("backup", type=_from_here, metavar="BACKUP", help="folder of one backup")
    parser.add_argument(
        "--keys", type=_from_here, metavar="FILE", help="embedded: the keys kept apart"
    )
    parser.add_argument(
        "--into", type=_from_here, metavar="FOLDER", help="of a --base backup: the new data folder"
    )
    parser.add_argument("--log", type=_from_here, metavar="FOLDER", help="the received log")
    parser.add_argument(
        "--until",
        type=datetime.fromisoformat,
        metavar="TIME",
        help="replay the log to this instant, as 2026-11-20T09:30:00+08:00; else to its end",
    )
    parser.add_argument("--replace", action="store_true", help="set aside what is in the target")
    parser.add_argument("--check-only", action="store_true", help="only verify the backup itself")
    options = parser.parse_args()
    os.chdir(ROOT)  # where scripts/run keeps its data, unless a setting says otherwise
    try:
        if options.check_only:
            plan = manifest.read(options.backup)
            said = [f"{options.backup} is whole: {sum(plan.counts.values())} rows, {plan.made_at}"]
        elif options.into is not None:
            said = _restore_cluster(options)
        else:
            said = restore(options.backup, keys_file=options.keys, may_replace=options.replace)
    except (BackupError, SettingsError, OSError) as error:
        sys.exit(f"scripts/restore: {error}")
    except OperationalError as error:
        sys.exit(f"scripts/restore: the database does not answer: {error.orig}")
    print("\n".join(said))


if __name__ == "__main__":
    main()
