"""The data folder's files, without what belongs to the database, the keys or a running server."""

import tarfile
from pathlib import Path

from backups.archives import unpack_into
from backups.manifest import BackupError
from lianbing.infra.settings import Settings

NAME = "files.tar"
NOT_DATA = {"secrets.json", "serving.lock"}


def pack(settings: Settings, target: Path) -> int:
    """Write the files into a tar and return how many there were."""
    root = settings.data_dir.resolve()
    count = 0
    with tarfile.open(target, "w") as archive:
        for path in sorted(root.rglob("*")) if root.exists() else ():
            if path.is_file() and not path.is_symlink() and _is_data(path, settings):
                archive.add(path, arcname=str(path.relative_to(root)), recursive=False)
                count += 1
    return count


def present(settings: Settings) -> list[Path]:
    """Files of the data folder that a restore would meet."""
    root = settings.data_dir.resolve()
    found = root.rglob("*") if root.exists() else ()
    return sorted(path for path in found if path.is_file() and _is_data(path, settings))


def unpack(archive_path: Path, settings: Settings) -> int:
    """Write the files back; nothing outside the data folder is written, nothing overwritten."""
    root = settings.data_dir.resolve()
    root.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive_path) as archive:
        members = archive.getmembers()
        for member in members:
            if (root / member.name).exists():
                raise BackupError(f"{root / member.name} is there already")
        unpack_into(archive, root, members)
    return len(members)


def _is_data(path: Path, settings: Settings) -> bool:
    if path.name in NOT_DATA or path.name.startswith("secrets.json."):
        return False
    database = settings.database_url.removeprefix("sqlite:///")
    return not str(path.resolve()).startswith(str(Path(database).resolve()))
