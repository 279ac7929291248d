"""Typst: a template and its data become a PDF with its fonts inside.

The fonts come with a package, so that a bare machine sets the same pages; those of the machine
are not asked. PDF/A refuses a character without a glyph: better no paper than one with boxes.
"""

import json
import re
import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from lianbing.papers.printing.errors import CannotPrint

TEMPLATES = Path(str(files("lianbing"))) / "papers" / "templates" / "papers" / "printing"
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
WITHOUT_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff]")
CHARACTERS_TOLD = 20


def to_pdf(
    template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """Set ``template``.typ with JSON data; raises CannotPrint, naming the characters.

    ``pictures`` by the names that runs of the data give them: PNG or JPEG.
    """
    with TemporaryDirectory(prefix="lianbing-print-") as folder:
        root = Path(folder)
        for source in TEMPLATES.glob("*.typ"):
            shutil.copy(source, root)
        for name, content in (pictures or {}).items():
            (root / name).write_bytes(content)
        return _set(root, template, {**data, "pictures": sorted(pictures or {})})


def _set(root: Path, template: str, data: Mapping[str, Any]) -> bytes:
    try:
        return typst.compile(
            root / f"{template}.typ",
            root=root,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="a-2b",
            sys_inputs={"data": json.dumps(_visible(data), ensure_ascii=False)},
        )
    except typst.TypstError as error:
        missing = list(dict.fromkeys(WITHOUT_GLYPH.findall(error.diagnostic)))
        if not missing:
            raise
        raise CannotPrint(characters=" ".join(missing[:CHARACTERS_TOLD])) from error


def _visible(data: Any) -> Any:
    """The data without control characters, which no font shows and nobody meant."""
    match data:
        case str():
            return CONTROL.sub("", data)
        case Mapping():
            return {name: _visible(value) for name, value in data.items()}
        case list() | tuple():
            return [_visible(value) for value in data]
        case _:
            return data
