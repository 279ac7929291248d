"""Answers as people write them: ``AB``, ``A、B``, full-width letters, 对/错, √/×, numbers; pure."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    NumberBlank,
    QuestionType,
    QuestionUse,
    TextBlank,
)
from lianbing.subjects.rules import SkillGrade

TRUE = {"正确", "对", "√", "✓", "✔", "是", "t", "true", "yes", "y", "right", "correct"}
FALSE = {"错误", "错", "×", "✗", "✘", "╳", "否", "不正确", "不对", "f", "false", "no", "n", "wrong"}
FALSE |= {"incorrect", "x"}
BETWEEN_LETTERS = re.compile(r"[\s,，、;；/|.．和与]+")
REASON = re.compile(r"\s*(?:选项)?\s*([A-La-lＡ-Ｌ])\s*[:：.．、]\s*(\S.*)")
NUMBER = re.compile(
    r"([-+−]?\d{1,15}(?:\.\d{1,15})?)\s*(?:±\s*(\d{1,15}(?:\.\d{1,15})?))?"
    r"\s*((?:[A-Za-zΩμ°℃%‰][A-Za-zΩμ°℃%‰·²³^0-9/]{0,9}|[一-鿿]{1,3})?)"
)
NUMBER_WITHIN = re.compile(
    r"([-+−]?\d{1,15}(?:\.\d{1,15})?)\s*±\s*(\d{1,15}(?:\.\d{1,15})?)\s*([^±|]{0,20})"
)
TYPE_NAMES = {
    QuestionType.SINGLE_CHOICE: "单选题 单选 单项选择题 单项选择 选择题 single choice",
    QuestionType.MULTIPLE_CHOICE: "多选题 多选 多项选择题 多项选择 不定项选择题 multiple",
    QuestionType.TRUE_FALSE: "判断题 判断 是非题 正误判断题 对错题 true_false truefalse judgement",
    QuestionType.FILL_BLANK: "填空题 填空 fill_blank fill blank fillin",
    QuestionType.MATCHING: "匹配题 匹配 连线题 连线 配对题 matching match",
    QuestionType.ORDERING: "排序题 排序 ordering order sequence",
    QuestionType.SHORT_ANSWER: "简答题 简答 问答题 问答 论述题 名词解释 计算题 short_answer essay",
    QuestionType.CASE: "案例题 案例 案例分析题 案例分析 材料题 综合题 case",
}
TYPES_BY_NAME = {name: kind for kind, names in TYPE_NAMES.items() for name in names.split()}
MULTIPLE_ENGLISH = {
    "multiplechoice": QuestionType.MULTIPLE_CHOICE,
    "truefalse": QuestionType.TRUE_FALSE,
}
TYPES_BY_NAME |= MULTIPLE_ENGLISH | {
    "singlechoice": QuestionType.SINGLE_CHOICE,
    "trueorfalse": QuestionType.TRUE_FALSE,
    "fillintheblank": QuestionType.FILL_BLANK,
    "shortanswer": QuestionType.SHORT_ANSWER,
}
DIFFICULTY_NAMES = {
    "易": "0.2",
    "容易": "0.2",
    "简单": "0.2",
    "easy": "0.2",
    "较易": "0.35",
    "一般": "0.5",
    "中": "0.5",
    "中等": "0.5",
    "适中": "0.5",
    "medium": "0.5",
    "moderate": "0.5",
    "较难": "0.65",
    "难": "0.8",
    "困难": "0.8",
    "hard": "0.8",
    "difficult": "0.8",
}
USE_NAMES = {
    "练习": QuestionUse.PRACTICE,
    "practice": QuestionUse.PRACTICE,
    "考试": QuestionUse.EXAM,
    "exam": QuestionUse.EXAM,
    "both": QuestionUse.BOTH,
    "练习和考试": QuestionUse.BOTH,
    "练习与考试": QuestionUse.BOTH,
    "仅练习": QuestionUse.PRACTICE,
    "仅考试": QuestionUse.EXAM,
}
GRADE_NAMES = {
    "学徒工": SkillGrade.APPRENTICE,
    "初级工": SkillGrade.JUNIOR,
    "五级": SkillGrade.JUNIOR,
    "初级": SkillGrade.JUNIOR,
    "中级工": SkillGrade.INTERMEDIATE,
    "中级": SkillGrade.INTERMEDIATE,
    "四级": SkillGrade.INTERMEDIATE,
    "高级工": SkillGrade.SENIOR,
    "高级": SkillGrade.SENIOR,
    "三级": SkillGrade.SENIOR,
    "技师": SkillGrade.TECHNICIAN,
    "二级": SkillGrade.TECHNICIAN,
    "高级技师": SkillGrade.SENIOR_TECHNICIAN,
    "一级": SkillGrade.SENIOR_TECHNICIAN,
}
GRADE_NAMES |= {grade.value: grade for grade in SkillGrade}


def plain(text: str) -> str:
    """Half-width, lower case, no outer spaces: for comparing words, never for keeping them."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def type_named(text: str) -> QuestionType | None:
    """The type a word means; a heading such as ``一、单选题（每题1分）`` too."""
    word = re.sub(r"[\s_]+", "", plain(text))
    if not word:
        return None
    exact = TYPES_BY_NAME.get(word) or TYPES_BY_NAME.get(plain(text))
    if exact is not None:
        return exact
    found = [
        name for name in TYPES_BY_NAME if len(name) > 1 and ord(name[0]) > 255 and name in word
    ]
    return TYPES_BY_NAME[max(found, key=len)] if found else None


def truth_of(text: str) -> bool | None:
    """Whether the word says true or false; None when it says neither."""
    word = plain(text).strip("。.;；()[]")
    return True if word in TRUE else False if word in FALSE else None


def letters_of(text: str) -> tuple[str, ...] | None:
    """The letters an answer names, in the order written; None when it is no list of letters."""
    joined = BETWEEN_LETTERS.sub("", unicodedata.normalize("NFKC", text)).strip("()[]【】").upper()
    if joined and len(joined) <= 26 and all("A" <= letter <= "Z" for letter in joined):
        return tuple(joined)
    return None


def reasons_of(text: str) -> dict[str, str]:
    """Why options are wrong, by letter: lines such as ``B：那是电压的单位``; others say nothing."""
    found = (REASON.fullmatch(line) for line in text.splitlines())
    return {unicodedata.normalize("NFKC", one[1]).upper(): one[2].strip() for one in found if one}


def difficulty_of(text: str) -> Decimal | None:
    """A share from 0 to 1: written so, in percent, by a word, or as one to five stars."""
    word = plain(text)
    if word in DIFFICULTY_NAMES:
        return Decimal(DIFFICULTY_NAMES[word])
    stars = word.count("★")
    if stars:
        return min(Decimal(stars), Decimal(5)) * Decimal("0.2") - Decimal("0.1")
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?)\s*(%?)", word)
    if not found:
        return None
    value = Decimal(found[1]) / (100 if found[2] else 1)
    return round(value, 3) if 0 <= value <= 1 else None


def blank_of(text: str) -> Blank | None:
    """A blank as typed: variants between ``|``, or a number as ``50 ± 0.5 Hz``; None if empty.

    ``\\|`` is the sign itself; a ``|`` at the end makes a number a text.
    """
    variants = [piece.strip() for piece in split_escaped(text, "|")]
    if len(variants) == 1 and "\\" not in text:
        found = NUMBER.fullmatch(variants[0]) or NUMBER_WITHIN.fullmatch(variants[0])
        if found:
            number = Decimal(found[1].replace("−", "-"))
            return NumberBlank(
                number=number, tolerance=Decimal(found[2] or 0), unit=(found[3] or "").strip()
            )
    accepted = tuple(dict.fromkeys(piece for piece in variants if piece))
    return TextBlank(accept=accepted) if accepted else None


def blanks_of(text: str, count: int) -> BlanksKey | None:
    """The key of ``count`` blanks (0 when the stem marks none: then one, or what is written)."""
    lines = [line for line in text.split("\n") if line.strip()]
    attempts: list[Sequence[str]] = [lines]
    if len(lines) == 1:
        attempts += [re.split(sign, text) for sign in ("[;；]", r"\|", "[、]", "[,，]", r"\s+")]
    for pieces in attempts:
        if len(pieces) == max(count, 1):
            blanks = [blank_of(piece) for piece in pieces]
            if all(blank is not None for blank in blanks):
                return BlanksKey(blanks=tuple(blank for blank in blanks if blank is not None))
    return None


def split_escaped(text: str, sign: str) -> list[str]:
    """The text cut at a sign, but not where a backslash stands before it; backslashes undone."""
    pieces, current, escaped = [], "", False
    for letter in text:
        if escaped:
            current += {"n": "\n"}.get(letter, letter)
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == sign:
            pieces.append(current)
            current = ""
        else:
            current += letter
    return [*pieces, current + ("\\" if escaped else "")]


def escaped(text: str, signs: str) -> str:
    """The text with a backslash before each of the signs, for ``split_escaped``."""
    out = text.replace("\\", "\\\\")
    for sign in signs:
        out = out.replace(sign, f"\\{sign}")
    return out.replace("\n", "\\n")
