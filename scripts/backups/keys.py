"""The keys, kept apart from the data: written to a place of their own, known by fingerprints."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from backups.manifest import BackupError
from lianbing.infra.settings import PREFIX, SECRET_NAMES, Settings

Keys = Mapping[str, str]


def keys_of(settings: Settings) -> Keys:
    """The secrets of an installation by setting name."""
    return {name: getattr(settings, name) for name in SECRET_NAMES}


def fingerprints(keys: Keys) -> dict[str, str]:
    """A short name of each key, of no use for finding it: scrypt, 64 bits."""
    return {name: _fingerprint(name, key) for name, key in keys.items()}


def _fingerprint(name: str, key: str) -> str:
    salt = f"lianbing/{name}".encode()
    return hashlib.scrypt(key.encode(), salt=salt, n=2**14, r=8, p=1, dklen=8).hex()


def write_apart(keys: Keys, folder: Path, *, away_from: Path) -> Path:
    """Write the keys into a folder that neither holds nor lies in the backups' folder."""
    ours, theirs = folder.resolve(), away_from.resolve()
    if ours == theirs or ours in theirs.parents or theirs in ours.parents:
        raise BackupError(
            f"the keys would lie with the data: {folder} and {away_from} are one place. "
            "Who finds both reads every ID number; name a folder on another disk"
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = hashlib.sha256("".join(fingerprints(keys).values()).encode()).hexdigest()[:12]
    path = folder / f"lianbing-keys-{name}.env"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{PREFIX}{key.upper()}={value}\n" for key, value in keys.items())
            file.flush()
            os.fsync(file.fileno())
    return path


def read_file(path: Path) -> Keys:
    """The keys of a file that ``write_apart`` wrote."""
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from error
    given = dict(line.split("=", 1) for line in lines if "=" in line)
    try:
        return {name: given[PREFIX + name.upper()].strip() for name in SECRET_NAMES}
    except KeyError as error:
        raise BackupError(f"{path} lacks {error.args[0]}") from error


def place_embedded(keys: Keys, data_dir: Path) -> None:
    """Give an embedded installation that has no keys yet those of the backup."""
    path = data_dir / "secrets.json"
    if path.exists():
        return  # compared by fingerprint before anything is restored
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(dict(keys), file, indent=1)


def require_same(expected: Mapping[str, str], settings: Settings) -> None:
    """BackupError unless this installation's keys are those of the backup."""
    found = fingerprints(keys_of(settings))
    other = [PREFIX + name.upper() for name in expected if found.get(name) != expected[name]]
    if other:
        raise BackupError(
            f"this installation has other keys than the backup: {', '.join(other)}. With them "
            "ID numbers could not be read nor signatures verified. Set the keys that were kept "
            "apart (embedded: --keys FILE, into a data folder without secrets.json)"
        )
