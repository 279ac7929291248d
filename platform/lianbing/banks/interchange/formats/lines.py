"""What a line of a text file is: the first of a stem, options, an answer, a heading; pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from lianbing.banks.interchange.answers import type_named
from lianbing.banks.rules import QuestionType


class LineKind(StrEnum):
    STEM = "stem"
    OPTIONS = "options"
    ANSWER = "answer"
    EXPLANATION = "explanation"
    POINT = "point"
    DIFFICULTY = "difficulty"
    SOURCE = "source"
    CLAUSE = "clause"
    USE = "use"
    GRADE = "grade"
    TYPE = "type"
    SECTION = "section"
    ANSWERS_HEAD = "answers_head"
    OTHER = "other"
    REASON = "reason"
    IGNORED = "ignored"


LABELS = {
    LineKind.ANSWER: r"正确答案|参考答案|标准答案|试题答案|答\s*案|答|Answers?|Key",
    LineKind.EXPLANATION: r"答案解析|试题解析|题目解析|解\s*析|Explanation|Analysis|说明",
    LineKind.DIFFICULTY: r"难度\w{0,6}|难易程度",
    LineKind.POINT: "知识点|鉴定点|考点",
    LineKind.SOURCE: "来源|出处",
    LineKind.CLAUSE: "条款|条文",
    LineKind.USE: "用途",
    LineKind.GRADE: "技能等级|等级",
    LineKind.TYPE: "题型",
    LineKind.REASON: "错因|错误原因",
    LineKind.IGNORED: "章节|分值|分数",
}
WORDS = "|".join(LABELS.values())
LABEL = re.compile(
    rf"\s*(?:[【\[]\s*({WORDS})\s*[】\]]\s*[:：]?|({WORDS})\s*[:：])\s*(.*)", re.S | re.I
)
NEXT_LABEL = re.compile(rf"\s*(?=【\s*(?:{WORDS})\s*】)|\s+(?=(?:{WORDS})\s*[:：])", re.I)
"""Where another label begins on the same line."""
NUMBER = re.compile(
    r"\s*(?:第\s*(\d{1,5})\s*题\s*[.、．:：]?|[（(]\s*(\d{1,5})\s*[)）]"
    r"|(\d{1,5})\s*(?:[.．](?!\d)|[、:：])|(\d{1,5})\s*[)）])\s*(.*)",
    re.S,
)
CASE_NUMBER = re.compile(
    r"\s*案例\s*([一二三四五六七八九十]{1,3}|\d{1,3})\s*[:：、.．]?\s*(.*)", re.S
)
TYPE_MARK = re.compile(r"\s*[【\[（(]\s*([^】\])）]{2,8})\s*[】\])）]\s*(.*)", re.S)
TYPE_AT_END = re.compile(r"(.*\S)\s*[【\[（(]\s*([^】\])）(（]{1,6}题)\s*[】\])）]", re.S)
SECTION = re.compile(r"\s*(?:第?[一二三四五六七八九十]{1,3}(?:部分)?\s*[、.．:：]\s*)?(.{2,60})")
ANSWERS_HEAD = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．])?\s*[【\[（(]?(?:参考|标准|试题|正确)?答案(?:及|与|和)?(?:解析|评分标准)?[】\])）]?\s*[:：]?\s*"
)
FIRST = re.compile(r"\s*[（(]?1\s*[-~～—–至.、．:：)）]")
OPTION = re.compile(r"(?<![A-Za-z0-9])[（(]?([A-Ha-hＡ-Ｈ])\s*(?:[.、．:：]|[)）])\s*")
BARE_OPTION = re.compile(r"\s*([A-H])(?:\s+|(?=[一-鿿]))(\S.*)", re.S)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line with what it is; ``text`` without its mark; of a stem its number and its style.

    Styles, from the outermost: 0 ``第1题`` and ``案例一``, 1 ``1.``, 2 ``（1）`` and ``1)``.
    """

    row: int
    kind: LineKind
    text: str
    raw: str
    number: int = 0
    style: int = 0
    type: QuestionType | None = None
    opens: bool = False
    """Of a label of answers alone on its line: whether numbered answers follow."""


def classified(lines: Iterable[tuple[int, str]]) -> Iterator[Line]:
    """Every line that says something; one with several labels is several."""
    kept = _with_marked_options(list(lines))
    for at, (row, text) in enumerate(kept):
        for piece in pieces_of(text):
            line = classify(row, piece)
            if line.kind is LineKind.ANSWERS_HEAD and at + 1 < len(kept):
                following = kept[at + 1][1]
                opens = bool(FIRST.match(following))
                opens = opens or classify(row, following).kind is LineKind.SECTION
                line = replace(line, opens=opens)
            yield line


def _with_marked_options(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """``A 甲`` above ``B 乙`` are options whose signs were left out."""
    kept = [(row, text) for row, text in lines if text.strip()]
    found = [BARE_OPTION.fullmatch(text) for _row, text in kept]
    marked = set()
    for at, (one, following) in enumerate(pairwise(found)):
        if one is None or following is None or ord(following[1]) != ord(one[1]) + 1:
            continue
        if one[1] == "A" or at in marked:
            marked |= {at, at + 1}
    return [
        (row, f"{match[1]}. {match[2]}" if at in marked and match else text)
        for at, ((row, text), match) in enumerate(zip(kept, found, strict=True))
    ]


def pieces_of(text: str) -> list[str]:
    """``答案：B　解析：…　难度：易`` by its labels; a stem or free text stays whole."""
    if not (LABEL.match(text) or options_of(text) or NUMBER.match(text)):
        return [text]
    pieces = [piece for piece in NEXT_LABEL.split(text) if piece.strip()]
    return pieces or [text]


def classify(row: int, text: str) -> Line:
    """What a line is by its beginning."""

    def line(kind: LineKind, said: str, *, number: int = 0, style: int = 0) -> Line:
        return Line(row=row, kind=kind, text=said, raw=text.strip(), number=number, style=style)

    if ANSWERS_HEAD.fullmatch(text):
        return line(LineKind.ANSWERS_HEAD, "")
    label = LABEL.match(text)
    if label:
        return line(_labelled(label[1] or label[2]), label[3].strip())
    if options_of(text):
        return line(LineKind.OPTIONS, text.strip())
    case = CASE_NUMBER.fullmatch(text)
    if case:
        number = int(case[1]) if case[1].isdecimal() else 0
        return Line(
            row=row,
            kind=LineKind.STEM,
            text=case[2].strip(),
            raw=text.strip(),
            number=number,
            type=QuestionType.CASE,
        )
    section = SECTION.fullmatch(text)
    if section and _is_heading(text, section[1]):
        return line(LineKind.SECTION, section[1])
    numbered = NUMBER.match(text)
    if numbered:
        return _stem(row, text, numbered)
    return line(LineKind.OTHER, text.strip())


def _stem(row: int, raw: str, numbered: re.Match[str]) -> Line:
    """The first line of a stem; ``【多选题】`` before it names its type."""
    text, kind = numbered[5].strip(), None
    mark = TYPE_MARK.fullmatch(text)
    if mark and "答" not in mark[1]:
        kind = type_named(mark[1])
        text = mark[2] if kind else text
    last = TYPE_AT_END.fullmatch(text)
    if kind is None and last:
        kind = type_named(last[2])
        text = last[1].rstrip() if kind else text
    return Line(
        row=row,
        kind=LineKind.STEM,
        text=text,
        raw=raw.strip(),
        number=int(numbered[1] or numbered[2] or numbered[3] or numbered[4]),
        style=0 if numbered[1] else 1 if numbered[3] else 2,
        type=kind,
    )


def _labelled(word: str) -> LineKind:
    return next(kind for kind, words in LABELS.items() if re.fullmatch(words, word, re.I))


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
    texts = [
        text[begin:end].strip() for (_letter, _start, begin), end in zip(kept, ends, strict=True)
    ]
    if len(texts) > 1 and all(one.endswith((";", "；")) for one in texts[:-1]):
        texts = [one.rstrip(";；").rstrip() for one in texts]  # what parts them is no part of them
    return [(letter.upper(), one) for (letter, _start, _end), one in zip(kept, texts, strict=True)]
