"""Zip packages from strangers: sizes, ratio, count and paths checked before and while reading."""

import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath

from lianbing.banks.interchange.drafts import Refused
from lianbing.kernel.errors import N_

MOST_MEMBERS = 25_000
MOST_UNPACKED = 160 * 1024 * 1024
MOST_A_MEMBER = 48 * 1024 * 1024
MOST_RATIO = 150
SMALL = 1024 * 1024
"""Below this size a high ratio harms nobody."""
CHUNK = 64 * 1024

BOMB = N_("The file unpacks to far more than it should hold. It was not opened.")
BROKEN = N_("The file is damaged or no package of this kind. Save it again and send it anew.")
PATHS = N_("The package names a place outside itself (%(name)s). It was not opened.")
MACROS = N_("The file holds macros. Save it without them, as .xlsx or .docx.")
ENCRYPTED = N_("The file is locked by a password. Remove the password and send it again.")


class Package:
    """A package whose directory was found harmless; members are read with a limit of bytes."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Refused(BROKEN) from error
        self._members = {member.filename: member for member in members}
        self._left = MOST_UNPACKED
        self._check(members)

    def _check(self, members: list[zipfile.ZipInfo]) -> None:
        if len(members) > MOST_MEMBERS or len(self._members) < len(members):
            raise Refused(BOMB)
        if sum(member.file_size for member in members) > MOST_UNPACKED:
            raise Refused(BOMB)
        for member in members:
            path = PurePosixPath(member.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or ":" in path.parts[:1]:
                raise Refused(PATHS, name=member.filename[:60])
            if (member.external_attr >> 16) & 0o170000 == 0o120000:  # a symbolic link
                raise Refused(PATHS, name=member.filename[:60])
            if member.flag_bits & 1:
                raise Refused(ENCRYPTED)
            ratio = member.file_size / max(member.compress_size, 1)
            if member.file_size > MOST_A_MEMBER or (
                member.file_size > SMALL and ratio > MOST_RATIO
            ):
                raise Refused(BOMB)
            if PurePosixPath(member.filename).name.lower().startswith("vbaproject"):
                raise Refused(MACROS)

    def names(self) -> list[str]:
        """Every member but folders."""
        return [name for name in self._members if not name.endswith("/")]

    def holds(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """A member's bytes; raises Refused when it lied about its size, or is missing."""
        member = self._members.get(name)
        if member is None:
            raise Refused(BROKEN)
        pieces, size = [], 0
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    self._left -= len(chunk)
                    if size > MOST_A_MEMBER or self._left < 0:
                        raise Refused(BOMB)
                    pieces.append(chunk)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
            raise Refused(BROKEN) from error
        except (RuntimeError, ValueError) as error:
            raise error if isinstance(error, Refused) else Refused(BROKEN) from error
        return b"".join(pieces)
