"""What a line of a text file is: the first of a stem, options, an answer, a heading; pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from lianbing.banks.interchange.answers import type_named

ANSWER_WORDS = r"正确答案|参考答案|标准答案|试题答案|答\s*案|答|Answers?|Key"
EXPLANATION_WORDS = r"答案解析|试题解析|题目解析|解\s*析|Explanation|Analysis|说明"
NUMBER = re.compile(
    r"\s*(?:第\s*(\d{1,5})\s*题\s*[.、．:：]?|[（(]\s*(\d{1,5})\s*[)）]|(\d{1,5})\s*(?:[.．](?!\d)|[、)）:：]))\s*(.*)",
    re.S,
)
LABEL = re.compile(
    rf"\s*(?:[【\[]\s*({ANSWER_WORDS}|{EXPLANATION_WORDS}|难度\w*|知识点|鉴定点|考点|章节|分值|题型)\s*[】\]]\s*[:：]?"
    rf"|({ANSWER_WORDS}|{EXPLANATION_WORDS}|难度\w*|知识点|鉴定点|考点|章节|分值|题型)\s*[:：])\s*(.*)",
    re.S | re.I,
)
SECTION = re.compile(r"\s*(?:第?[一二三四五六七八九十]{1,3}(?:部分)?\s*[、.．:：]\s*)?(.{2,60})")
ANSWERS_HEAD = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．])?\s*[【\[（(]?(?:参考|标准|试题|正确)?答案(?:及|与|和)?(?:解析|评分标准)?[】\])）]?\s*[:：]?\s*"
)
OPTION = re.compile(r"(?<![A-Za-z0-9])[（(]?([A-Ha-hＡ-Ｈ])\s*(?:[.、．:：]|[)）])\s*")
GATHERED = re.compile(
    r"(?<![\d.])(\d{1,5})\s*(?:[-~～—–至]\s*(\d{1,5})\s*[:：.、．]?|[.、．:：)）])\s*(.*?)(?=(?<![\d.])\s+\d{1,5}\s*(?:[-~～—–至]\s*\d|[.、．:：)）])|$)",
    re.S,
)


class LineKind(StrEnum):
    STEM = "stem"
    OPTIONS = "options"
    ANSWER = "answer"
    EXPLANATION = "explanation"
    POINT = "point"
    DIFFICULTY = "difficulty"
    SECTION = "section"
    ANSWERS_HEAD = "answers_head"
    OTHER = "other"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line with what it is; ``text`` without its mark, ``number`` of a numbered stem."""

    row: int
    kind: LineKind
    text: str
    number: int = 0


def classify(row: int, text: str) -> Line:
    """What a line is by its beginning."""
    label = LABEL.match(text)
    if label:
        return Line(row=row, kind=_labelled(label[1] or label[2]), text=label[3].strip())
    if ANSWERS_HEAD.fullmatch(text):
        return Line(row=row, kind=LineKind.ANSWERS_HEAD, text="")
    if options_of(text):
        return Line(row=row, kind=LineKind.OPTIONS, text=text.strip())
    section = SECTION.fullmatch(text)
    if section and _is_heading(text, section[1]):
        return Line(row=row, kind=LineKind.SECTION, text=section[1])
    numbered = NUMBER.match(text)
    if numbered:
        number = int(numbered[1] or numbered[2] or numbered[3])
        return Line(row=row, kind=LineKind.STEM, text=numbered[4].strip(), number=number)
    return Line(row=row, kind=LineKind.OTHER, text=text.strip())


def _labelled(word: str) -> LineKind:
    if re.fullmatch(EXPLANATION_WORDS, word, re.I):
        return LineKind.EXPLANATION
    if re.fullmatch(ANSWER_WORDS, word, re.I):
        return LineKind.ANSWER
    if word.startswith("难度"):
        return LineKind.DIFFICULTY
    return LineKind.POINT if word in ("知识点", "鉴定点", "考点") else LineKind.IGNORED


def _is_heading(text: str, rest: str) -> bool:
    if text.strip()[:1].isdigit() or len(rest) > 60:
        return False
    head = re.split(r"[（(:：，,。]", rest.strip())[0].strip()
    return (
        len(head) <= 12 and type_named(head) is not None and (head.endswith("题") or len(head) <= 6)
    )


def options_of(text: str) -> list[tuple[str, str]]:
    """Options standing on one line, in order; empty when the line does not begin with one."""
    found = list(OPTION.finditer(text))
    if not found or text[: found[0].start()].strip():
        return []
    kept: list[tuple[str, int, int]] = []
    for match in found:
        letter = chr(ord(match[1]) - 0xFEE0) if ord(match[1]) > 255 else match[1]
        wanted = chr(ord(kept[-1][0]) + 1) if kept else letter
        if letter == wanted:  # another sign like an option's is part of the text
            kept.append((letter, match.start(), match.end()))
    ends = [start for _letter, start, _end in kept[1:]] + [len(text)]
    return [
        (letter.upper(), text[begin:end].strip())
        for (letter, _start, begin), end in zip(kept, ends, strict=True)
    ]
