"""Difficulty, use and grade as people write them; what is not understood is told; pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from lianbing.banks.interchange.answers import GRADE_NAMES, USE_NAMES, difficulty_of, plain
from lianbing.banks.interchange.drafts import DraftQuestion, Finding, Level, Place
from lianbing.kernel.errors import N_

READERS: Mapping[str, Callable[[str], object]] = {
    "difficulty": difficulty_of,
    "use": lambda text: USE_NAMES.get(plain(text)),
    "grade": lambda text: GRADE_NAMES.get(plain(text)),
}


def with_said(
    base: DraftQuestion,
    said: Callable[[str], str],
    place: Callable[[str], Place],
    findings: list[Finding],
) -> DraftQuestion:
    """The draft with what ``said`` holds under the names of its facts."""
    found: dict[str, object] = {}
    for name, reader in READERS.items():
        text = said(name).strip()
        if not text:
            continue
        found[name] = reader(text)
        if found[name] is None:
            message = N_("%(word)s is not understood here. The value for all is taken instead.")
            findings.append(
                Finding(
                    place=place(name),
                    message=message,
                    params={"word": text[:40]},
                    level=Level.WARNING,
                )
            )
    return replace(base, **found)  # type: ignore[arg-type]
