"""Taking archives apart: nothing lands outside the folder meant, on every Python that is served."""

import tarfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from backups.manifest import BackupError


def unpack_into(
    archive: tarfile.TarFile, folder: Path, members: Sequence[tarfile.TarInfo] | None = None
) -> None:
    """Extract files and folders below ``folder``; BackupError for a member that is anything else.

    Python before 3.11.4, which Debian 12 has, knows no extraction filter.
    """
    chosen = archive.getmembers() if members is None else members
    for member in chosen:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
            raise BackupError(f"the archive holds {member.name}, which is no plain file below it")
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, chosen, filter="data")
    else:
        archive.extractall(folder, chosen)
