"""``python -m backups.backup``: database and files into one folder, keys into another."""

import argparse
import os
import re
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import OperationalError

from backups import data_files, keys, manifest
from backups.cluster import cluster_of, receive_log
from backups.databases import database_of
from backups.manifest import BackupError, Manifest
from backups.rows import contents
from lianbing.infra.settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).resolve().parents[2]
PARTIAL = ".partial"
OWN_NAME = re.compile(r"lianbing-\d{8}T\d{6}Z(-\d+)?")


@dataclass(frozen=True, kw_only=True)
class Made:
    """A backup that was written, and where its keys are."""

    folder: Path
    manifest: Manifest
    keys: Path | None


def make_backup(settings: Settings, target: Path, *, keys_to: Path | None) -> Made:
    """Write a backup below ``target``; it gets its name only when it is whole and on disk."""
    os.umask(0o077)
    now = datetime.now(UTC)
    kept_keys = None
    if keys_to is not None:
        kept_keys = keys.write_apart(keys.keys_of(settings), keys_to, away_from=target)
    target.mkdir(parents=True, exist_ok=True)
    folder = _new_folder(target, now)
    partial = folder.with_name(folder.name + PARTIAL)
    partial.mkdir()
    try:
        written = _fill(settings, partial, now)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return Made(folder=folder, manifest=written, keys=kept_keys)


def _fill(settings: Settings, folder: Path, now: datetime) -> Manifest:
    database = database_of(settings)
    schema = contents(settings).schema
    counts = database.dump(folder / database.file_name)
    data_files.pack(settings, folder / data_files.NAME)
    names = (database.file_name, data_files.NAME)
    written = Manifest(
        made_at=now.isoformat(timespec="seconds"),
        version=manifest.own_version(),
        schema=schema,
        dialect=database.dialect,
        files={name: manifest.describe(folder / name) for name in names},
        counts=counts,
        keys=keys.fingerprints(keys.keys_of(settings)),
    )
    manifest.write(folder, written)
    return written


def forget_old(target: Path, keep: int) -> list[Path]:
    """Delete the oldest whole backups beyond ``keep``; return those deleted."""
    whole = sorted(
        path
        for path in target.iterdir()
        if OWN_NAME.fullmatch(path.name) and (path / manifest.NAME).exists()
    )
    old = whole[:-keep]
    for path in old:
        shutil.rmtree(path)
    return old


def _new_folder(target: Path, now: datetime) -> Path:
    base = f"lianbing-{now:%Y%m%dT%H%M%SZ}"
    names = [base, *(f"{base}-{number}" for number in range(2, 100))]
    return next(target / name for name in names if not (target / name).exists())


def main() -> None:
    """Parse, back up, say what was written."""
    options = _parse()
    os.chdir(ROOT)  # where scripts/run keeps its data, unless a setting says otherwise
    try:
        settings = load_settings()
        if options.receive_log:
            receive_log(settings, options.to)
        if options.base:
            print(f"{cluster_of(settings).take_base(options.to)}: the whole cluster")
            return
        made = make_backup(settings, options.to, keys_to=options.keys)
        old = forget_old(options.to, options.keep) if options.keep else []
    except (BackupError, SettingsError, OSError) as error:
        sys.exit(f"scripts/backup: {error}")
    except OperationalError as error:
        sys.exit(f"scripts/backup: the database does not answer: {error.orig}")
    rows = sum(made.manifest.counts.values())
    print(f"{made.folder}: {rows} rows of {len(made.manifest.counts)} tables")
    print(f"keys: {made.keys}" if made.keys else "keys: not written (--no-keys)")
    for path in old:
        print(f"deleted, being older than the newest {options.keep}: {path}")


def _from_here(given: str) -> Path:
    return Path(given).resolve()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/backup",
        description="Back up the installation that the LIANBING_* settings name, while it runs.",
        epilog="docs/backup.md says how to restore, and what a backup does not save.",
    )
    parser.add_argument("to", type=_from_here, metavar="FOLDER", help="folder of backups")
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument(
        "--base",
        action="store_true",
        help="production: copy the whole PostgreSQL cluster, to replay its log over",
    )
    place.add_argument(
        "--receive-log",
        action="store_true",
        help="production: receive PostgreSQL's log into FOLDER for as long as this runs",
    )
    place.add_argument(
        "--keys", type=_from_here, metavar="FOLDER", help="another folder, for the keys"
    )
    place.add_argument("--no-keys", action="store_true", help="the keys are kept elsewhere already")
    parser.add_argument("--keep", type=int, metavar="N", help="delete all but the newest N backups")
    options = parser.parse_args()
    if options.keep is not None and options.keep < 1:
        parser.error("--keep: at least 1")
    return options


if __name__ == "__main__":
    main()
