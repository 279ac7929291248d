"""What the formulas and pictures of a question's texts must be; pure."""

from collections.abc import Collection, Iterator

from lianbing.banks.bank_file import QuestionEntry
from lianbing.banks.problems import Path, Problem
from lianbing.banks.rendering import STORED, is_rich, pictures_of, unreadable_formulas
from lianbing.banks.rules import MatchingKey, ModelKey, OrderingKey
from lianbing.kernel.errors import N_

MOST_PICTURES = 6


def texts_of(entry: QuestionEntry) -> Iterator[tuple[Path, str]]:
    """Every text of a question that may hold formulas and pictures, with its path."""
    yield ("stem",), entry.stem
    yield ("explanation",), entry.explanation
    for index, prompt in enumerate(entry.prompts):
        yield ("pairs", index, "left"), prompt
    for index, option in enumerate(entry.options):
        if isinstance(entry.key, MatchingKey):
            yield ("pairs", min(index, len(entry.prompts) - 1), "right"), option.text
        elif isinstance(entry.key, OrderingKey):
            yield ("steps", index), option.text
        else:
            yield ("options", option.letter), option.text
    if isinstance(entry.key, ModelKey):
        yield ("answer",), entry.key.text
    for index, part in enumerate(entry.parts):
        yield ("parts", index, "stem"), part.stem
        for option in part.options:
            yield ("parts", index, "options", option.letter), option.text


def rich_problems(entry: QuestionEntry, known_pictures: Collection[str]) -> Iterator[Problem]:
    """Formulas that cannot be shown; pictures without words, from nowhere, or too many."""
    shown = 0
    for path, text in texts_of(entry):
        if not is_rich(text):
            continue
        for tex in unreadable_formulas(text):
            message = N_(
                "The formula %(formula)s cannot be read. Correct it, or write it in words."
            )
            params: dict[str, object] = {"formula": f"${tex[:40]}$"}
            yield Problem(path=path, message=message, params=params)
        for use in pictures_of(text):
            shown += 1
            found = STORED.fullmatch(use.target)
            if not use.alt:
                message = N_("Say in words what the picture shows: ![a meter reading 5 A](…).")
                yield Problem(path=path, message=message)
            elif found is None or found[1] not in known_pictures:
                message = N_("The bank has no picture %(name)s. Add the picture first.")
                params = {"name": use.target[:60]}
                yield Problem(path=path, message=message, params=params)
    if shown > MOST_PICTURES:
        message = N_("A question shows at most %(most)s pictures. Take some out.")
        yield Problem(path=("stem",), message=message, params={"most": MOST_PICTURES})
