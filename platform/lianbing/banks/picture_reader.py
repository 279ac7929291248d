"""The pictures of a bank folder: each is read where a text first names it.

A text in a file names a picture by its path, ``![an ammeter](pictures/meter.png)``; what is
stored names it by its content, so that a changed file makes a new version.
"""

import re
from pathlib import Path, PurePosixPath

from lianbing.banks.bank_fields import Fields
from lianbing.banks.pictures.errors import REFUSALS
from lianbing.banks.pictures.rules import MOST_BYTES_IN, TidyPicture, UnfitPicture, tidy_picture
from lianbing.banks.rendering import PICTURE

FOLDER = "pictures"
MOST_PICTURES = 500


class PictureReader:
    """Puts the stored name where a text names a file; every misfit is told at the text's line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, TidyPicture | str] = {}

    @property
    def pictures(self) -> tuple[TidyPicture, ...]:
        """What was read, each once."""
        found = {one.name: one for one in self._read.values() if isinstance(one, TidyPicture)}
        return tuple(found.values())

    def named(self, fields: Fields, name: str | int, text: str) -> str:
        """The text with stored names; what cannot be read is noted at the field and left."""

        def stored(found: re.Match[str]) -> str:
            picture = self._picture(found[2])
            if isinstance(picture, TidyPicture):
                return f"![{found[1]}](pic:{picture.name})"
            fields.refuse(f"{found[2]}: {picture}", name)
            return found[0]

        return PICTURE.sub(stored, text) if "![" in text else text

    def _picture(self, target: str) -> TidyPicture | str:
        if target not in self._read:
            self._read[target] = self._tidied(target)
        return self._read[target]

    def _tidied(self, target: str) -> TidyPicture | str:
        path = PurePosixPath(target)
        if len(path.parts) != 2 or path.parts[0] != FOLDER or path.name.startswith("."):
            return f"name a picture of the bank's folder as {FOLDER}/name.png"
        if len(self._read) >= MOST_PICTURES:
            return f"a bank has at most {MOST_PICTURES} pictures"
        place = self._folder / FOLDER / path.name
        if place.is_symlink() or not place.is_file():
            return "there is no such file"
        with place.open("rb") as file:
            raw = file.read(MOST_BYTES_IN + 1)
        try:
            return tidy_picture(raw)
        except UnfitPicture as refusal:
            return REFUSALS[refusal.why]
