"""What a question and a bank must be: pure checks that the file checker and the form share.

A problem points into the value by path; the reader turns the path into a line, the form into
a field. Messages are msgids: English in the checker, the trainer's language in the browser.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianbing.banks.bank_file import QuestionEntry
from lianbing.banks.key_checks import key_problems
from lianbing.banks.problems import Path, Problem, folded, has_control
from lianbing.banks.rich_checks import rich_problems
from lianbing.banks.rules import QuestionType
from lianbing.kernel.errors import N_
from lianbing.subjects.rules import (
    SCOPE_LEVELS,
    WHOLE_PAPER,
    ScopePlan,
    SkillGrade,
    weights_missing,
)

LONGEST_STEM = 2000
LONGEST_MATERIAL = 4000
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
LETTER_LIST = r"[A-F](?:\s*(?:[、，,和与及]\s*)?[A-F])*"
BY_LETTER = re.compile(
    rf"(?:选项|应选|故选|可选|不选|选择|正确的是|答案[是为：:选]{{0,2}}|(?:^|[，。；,;\s])选)"
    rf"\s*{LETTER_LIST}(?![A-Za-z0-9类级相型])"
    rf"|(?<![A-Za-z0-9]){LETTER_LIST}\s?(?:选项|项(?!目)|[均都]?(?:正确|错误|不正确|不对)(?=[，。；,;、\s]|$))",
    re.MULTILINE,
)
"""Where an explanation names options by their letters: ``故选B``, ``A、C选项``, ``选AB。``"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a question may name, by code; ``grades`` empty when the subject has none."""

    points: Collection[str]
    sources: Collection[str]
    grades: Sequence[SkillGrade]
    pictures: Collection[str] = ()


def question_problems(entry: QuestionEntry, known: Known) -> list[Problem]:
    """Everything that keeps the entry from being a question of its bank."""
    return [
        *_code_problems(entry, known),
        *_text_problems(entry),
        *rich_problems(entry, known.pictures),
        *key_problems(entry),
    ]


def _code_problems(entry: QuestionEntry, known: Known) -> Iterator[Problem]:
    if not CODE.fullmatch(entry.code):
        message = N_("An id is 1 to 40 letters, digits, - and _; it starts with a letter or digit.")
        yield Problem(path=("id",), message=message)
    if entry.point_code not in known.points:
        message = N_("The bank has no point %(code)s. Name one that the scopes list.")
        yield Problem(path=("point",), message=message, params={"code": entry.point_code})
    if entry.source_code not in known.sources:
        message = N_("The bank has no source %(code)s. Name one that the sources list.")
        yield Problem(path=("source",), message=message, params={"code": entry.source_code})
    if known.grades and entry.grade not in known.grades:
        message = N_("Name one of the bank's grades: %(grades)s.")
        params: dict[str, object] = {"grades": ", ".join(known.grades)}
        yield Problem(path=("grade",), message=message, params=params)
    if not known.grades and entry.grade is not None:
        message = N_("This subject has no grades. Leave the grade out.")
        yield Problem(path=("grade",), message=message)
    if not (0 <= entry.difficulty <= 1 and _places(entry.difficulty) <= 3):
        message = N_("Difficulty is a share from 0 to 1 with at most three decimals, such as 0.35.")
        yield Problem(path=("difficulty",), message=message)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 99


def _text_problems(entry: QuestionEntry) -> Iterator[Problem]:
    if not entry.stem.strip():
        yield Problem(path=("stem",), message=N_("The stem is empty. Write the question."))
    longest = LONGEST_MATERIAL if entry.type is QuestionType.CASE else LONGEST_STEM
    if len(entry.stem) > longest:
        message = N_("The stem is longer than %(longest)s characters. Shorten it.")
        yield Problem(path=("stem",), message=message, params={"longest": longest})
    if not entry.explanation.strip():
        message = N_("The explanation is empty. Say why the answer is right.")
        yield Problem(path=("explanation",), message=message)
    texts = [("stem", entry.stem), ("explanation", entry.explanation), ("clause", entry.clause)]
    texts += [("options", option.why) for option in entry.options]
    for name, text in texts:
        if has_control(text):
            message = N_("The text holds a control character. Remove it.")
            yield Problem(path=(name,), message=message)
    has_options = entry.options or any(part.options for part in entry.parts)
    reasons = [entry.explanation, *(option.why for option in entry.options)]
    if has_options and any(BY_LETTER.search(text) for text in reasons):
        message = N_(
            "The explanation names an option by its letter, but letters are dealt anew for each "
            "paper. Name what the option says."
        )
        yield Problem(path=("explanation",), message=message)


def stem_key(stem: str) -> str:
    """Two stems with equal keys ask the same: punctuation makes no difference either."""
    return "".join(sign for sign in folded(stem) if unicodedata.category(sign)[0] not in "P")


def stem_problems(entry: QuestionEntry, others: Mapping[str, str]) -> Iterator[Problem]:
    """Other questions of the bank, code to stem, that ask the same."""
    own = stem_key(entry.stem)
    for code, stem in others.items():
        if own and stem_key(stem) == own:
            message = N_("Question %(code)s asks the same. Change this stem, or that question.")
            yield Problem(path=("stem",), message=message, params={"code": code})


def duplicate_stems(entries: Iterable[QuestionEntry]) -> Iterator[tuple[int, int]]:
    """Pairs of indexes (later, first) of questions that ask the same."""
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        earlier = first.setdefault(stem_key(entry.stem), index)
        if earlier != index:
            yield index, earlier


def scope_problems(
    scopes: Sequence[ScopePlan],
    *,
    path: Path = ("scopes",),
    whole: Decimal = WHOLE_PAPER,
    level: int = 1,
) -> Iterator[Problem]:
    """Wrong weights, levels and shapes of a scope tree."""
    if level > SCOPE_LEVELS:
        message = N_("Scopes go three levels deep at most. Bring these up.")
        yield Problem(path=path, message=message)
    missing = weights_missing(scopes, whole)
    if scopes and missing:
        message = N_("The weights of this level add up to %(sum)s, not to %(whole)s.")
        params: dict[str, object] = {"sum": f"{whole - missing:f}", "whole": f"{whole:f}"}
        yield Problem(path=path, message=message, params=params)
    for index, scope in enumerate(scopes):
        own = (*path, index)
        if scope.weight <= 0:
            yield Problem(path=(*own, "weight"), message=N_("A weight is above zero."))
        if bool(scope.scopes) == bool(scope.points):
            message = N_("A scope holds either scopes or points, at least one.")
            yield Problem(path=own, message=message)
        yield from scope_problems(
            scope.scopes, path=(*own, "scopes"), whole=scope.weight, level=level + 1
        )
