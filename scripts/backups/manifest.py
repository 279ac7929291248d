"""The manifest: what a backup holds, with a hash of each file, and what it was made of."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

NAME = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20


class BackupError(Exception):
    """A backup cannot be made or used; the text says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """``files``: name → size, SHA-256; ``counts``: table → rows; ``keys``: name → fingerprint."""

    made_at: str
    version: str
    schema: str
    dialect: str
    files: Mapping[str, Mapping[str, Any]]
    counts: Mapping[str, int]
    keys: Mapping[str, str]
    format: int = FORMAT


def own_version() -> str:
    """The installed version of the product."""
    try:
        return version("lianbing")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "unknown"


def describe(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and put everything in the folder on disk."""
    (folder / NAME).write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True))
    for path in (*folder.iterdir(), folder):
        _to_disk(path)


def read(folder: Path) -> Manifest:
    """The manifest of a whole, unaltered backup; BackupError otherwise."""
    try:
        raw = json.loads((folder / NAME).read_text())
        manifest = Manifest(**raw)
    except FileNotFoundError as error:
        raise BackupError(f"{folder} holds no {NAME}: not a backup, or not a whole one") from error
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{folder / NAME} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{folder} has format {manifest.format}; this version reads {FORMAT}")
    for name, expected in manifest.files.items():
        path = folder / name
        if Path(name).name != name or not path.is_file():
            raise BackupError(f"{folder} lacks {name}")
        if describe(path) != dict(expected):
            raise BackupError(f"{path} is not as it was written: its size or hash differs")
    return manifest


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
