"""Matchings and orderings as people type them, in the stem's own lines; pure.

A matching is lines of ``left → right``, or numbered entries beside lettered ones with an answer
such as ``(1)-B (2)-A``. An ordering is lettered or numbered steps with an answer such as ``DBAC``.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from lianbing.banks.interchange.drafts import DraftQuestion, lettered, matched
from lianbing.banks.interchange.formats.lines import OPTION, options_of
from lianbing.banks.rules import Option, OrderingKey, QuestionType

ARROW = re.compile(r"\s*(?:→|⟶|—{2,}>?|-{1,3}>|=>)\s*")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"
ITEM = re.compile(rf"(?:[（(]\s*(\d{{1,2}})\s*[)）]|([{CIRCLED}])|(?<![\d.])(\d{{1,2}})[)）])\s*")
PAIR = re.compile(
    rf"[（(]?\s*(\d{{1,2}}|[{CIRCLED}])\s*[)）]?\s*[-—–~→:：.、．]*\s*([A-LＡ-Ｌa-l])"
)
LEADING = re.compile(rf"^\s*(?:[（(]\s*\d{{1,2}}\s*[)）]|[{CIRCLED}]|\d{{1,2}}[.、．)）])\s*")


def _number(mark: str) -> int:
    return CIRCLED.index(mark) + 1 if mark in CIRCLED else int(mark)


def items_of(text: str) -> tuple[str, list[str]]:
    """What stands before the first numbered entry, and the entries; numbers must count up."""
    starts: list[re.Match[str]] = []
    for found in ITEM.finditer(text):
        if _number(found[1] or found[2] or found[3]) == len(starts) + 1:
            starts.append(found)
    if not starts:
        return text, []
    ends = [one.start() for one in starts[1:]] + [len(text)]
    entries = [
        text[one.end() : end].strip(" \t\r\n　;；") for one, end in zip(starts, ends, strict=True)
    ]
    return text[: starts[0].start()].strip(), entries


def matching_of(
    base: DraftQuestion, lines: Sequence[str], options: Sequence[Option], answer: str
) -> DraftQuestion:
    """The matching; its key stays None when the answer does not name every entry once."""
    head, *body = lines
    arrows = [ARROW.split(LEADING.sub("", line), maxsplit=1) for line in body if ARROW.search(line)]
    if arrows and not options and not answer:
        rest = [line for line in body if not ARROW.search(line)]
        pairs = [(left.strip(), right.strip()) for left, right in arrows if left.strip()]
        extra = [right.strip() for left, right in arrows if not left.strip()]
        return matched(replace(base, stem="\n".join([head, *rest])), pairs, extra)
    columns = [_columns(line) for line in lines]
    rights = [option for _left, right in columns for option in right]
    rights += [(option.letter, option.text) for option in options]
    stem, lefts = items_of("\n".join(left for left, _right in columns if left))
    base = replace(base, type=QuestionType.MATCHING, stem=stem)
    texts = dict(sorted(rights))
    named = {_number(found[1]): _letter(found[2]) for found in PAIR.finditer(answer)}
    letters = [_letter(sign) for sign in re.findall(r"[A-LＡ-Ｌa-l]", answer)]
    if not named and len(letters) == len(lefts):
        named = dict(enumerate(letters, start=1))
    wanted = [texts.get(named.get(number, ""), "") for number in range(1, len(lefts) + 1)]
    if not lefts or not all(wanted):
        return replace(base, prompts=tuple(lefts), options=lettered(list(texts.values())))
    unused = [text for letter, text in texts.items() if letter not in named.values()]
    return matched(base, list(zip(lefts, wanted, strict=True)), unused)


def _columns(line: str) -> tuple[str, list[tuple[str, str]]]:
    """A line's left entry and the lettered ones at its right."""
    for found in OPTION.finditer(line):
        options = options_of(line[found.start() :])
        if options and (not found.start() or line[found.start() - 1] in " \t　"):
            return line[: found.start()].strip(" \t　"), options
    return line, []


def _letter(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).upper()


def ordering_of(
    base: DraftQuestion, lines: Sequence[str], options: Sequence[Option], answer: str
) -> DraftQuestion:
    """The ordering, its steps in the right order; its key stays None without an answer to them."""
    stem, steps = "\n".join(lines), {option.letter: option.text for option in options}
    if not steps:
        stem, entries = items_of(stem)
        steps = {str(number): text for number, text in enumerate(entries, start=1)}
    plain = "".join(
        str(CIRCLED.index(sign) + 1) + " " if sign in CIRCLED else sign for sign in answer
    )
    said = re.findall(r"\d{1,2}" if re.search(r"\d\D+\d", plain) else r"\d", plain)
    if options:
        said = [_letter(sign) for sign in re.findall(r"[A-LＡ-Ｌa-l]", answer)]
    base = replace(base, type=QuestionType.ORDERING, stem=stem)
    if not steps or sorted(said) != sorted(steps):
        return replace(base, options=lettered(list(steps.values())))
    ordered = lettered([steps[one] for one in said])
    key = OrderingKey(letters=tuple(option.letter for option in ordered))
    return replace(base, options=ordered, key=key)
