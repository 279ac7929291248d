"""Pictures of a file under the names they are stored by; texts name them so; pure."""

import re
from collections.abc import Mapping
from dataclasses import replace

from lianbing.banks.bank_file import QuestionEntry
from lianbing.banks.pictures.rules import TidyPicture, UnfitPicture, tidy_picture
from lianbing.banks.rendering import PICTURE
from lianbing.banks.rules import ModelKey, Option

MOST_PICTURES = 500


def tidied(pictures: Mapping[str, bytes]) -> dict[str, TidyPicture]:
    """The pictures that can be kept, made harmless, by the target that texts name."""
    found = {}
    for target, data in list(pictures.items())[:MOST_PICTURES]:
        try:
            found[target] = tidy_picture(data)
        except UnfitPicture:
            continue
    return found


def with_stored(entry: QuestionEntry, names: Mapping[str, str]) -> tuple[QuestionEntry, list[str]]:
    """The entry naming pictures as they are stored, and the targets that nothing is known of."""
    missing: list[str] = []
    if "![" not in repr(entry):  # most show nothing, and rebuilding each costs
        return entry, missing

    def stored(text: str) -> str:
        def name(found: re.Match[str]) -> str:
            known = names.get(found[2])
            if known is None:
                missing.append(found[2])
                return found[0]
            return f"![{found[1] or '图'}](pic:{known})"

        return PICTURE.sub(name, text) if "![" in text else text

    def options(found: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(replace(option, text=stored(option.text)) for option in found)

    key = ModelKey(text=stored(entry.key.text)) if isinstance(entry.key, ModelKey) else entry.key
    named = replace(
        entry,
        stem=stored(entry.stem),
        explanation=stored(entry.explanation),
        options=options(entry.options),
        prompts=tuple(stored(prompt) for prompt in entry.prompts),
        parts=tuple(
            replace(part, stem=stored(part.stem), options=options(part.options))
            for part in entry.parts
        ),
        key=key,
    )
    return named, missing
