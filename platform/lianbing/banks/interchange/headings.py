"""Which column of a table is what: headings known, and headings mapped by hand; pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

SYNONYMS = {
    "code": "编号 题目编号 试题编号 题号 序号 id no number code 编码",
    "type": "题型 类型 试题类型 题目类型 题目题型 type questiontype",
    "stem": "题干 题目 试题 试题内容 题目内容 问题 题目名称 试题题干 内容 question stem",
    "options": "选项 备选项 备选答案 全部选项 options choices",
    "answer": "答案 正确答案 参考答案 标准答案 试题答案 正确选项 answer key correctanswer correct",
    "explanation": "解析 试题解析 答案解析 题目解析 解释 说明 explanation analysis feedback",
    "point": "知识点 鉴定点 考点 鉴定点代码 知识点代码 知识点名称 章节 point topic",
    "difficulty": "难度 难易度 难度系数 难易程度 difficulty level",
    "use": "用途 使用范围 适用 use usage",
    "grade": "等级 技能等级 级别 适用等级 grade",
    "source": "来源 出处 依据 source reference",
    "clause": "条款 章节条款 条文 clause article",
    "option_text": "选项内容 选项文本 选项描述 optiontext option",
    "is_right": "是否正确项 是否正确 是否答案 是否正确答案 正确项 iscorrect isright correctoption",
    "parent": "所属大题 大题编号 所属题目 材料编号 所属案例 案例编号 parent parentid case",
    "weight": "权重 小题权重 weight",
    "reasons": "错因 错误原因 选项解析 干扰项解析 各选项错因 whywrong reasons optionfeedback",
    "ignored": "分值 分数 得分 score mark marks points 备注 remark note",
}
OPTION_HEADING = re.compile(
    r"(?:选项|备选项|答案选项|option|choice)?[_\-]?\(?([a-l])\)?(?:选项|项)?"
)
NUMBERED_OPTION = re.compile(r"(?:选项|备选项|备选答案|option|choice)[_\-]?(\d{1,2})")
FIELDS = tuple(SYNONYMS)
BY_HEADING = {word: name for name, words in SYNONYMS.items() for word in words.split()}
OPTION_FIELDS = tuple(f"option_{letter}" for letter in "abcdefghijkl")
MAPPABLE = (*FIELDS, *OPTION_FIELDS)


def folded_heading(text: str) -> str:
    """A heading as compared: width, case, spaces, stars and remarks in brackets do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"[(\[【][^()\[\]【】]*[)\]】]$", "", plain.strip()) or plain
    return re.sub(r"[\s*_:：/]+", "", plain)


def field_of(heading: str, by_hand: Mapping[str, str]) -> str:
    """The field a heading stands for, "" for none; what was mapped by hand comes first."""
    word = folded_heading(heading)
    if word in by_hand:
        return by_hand[word]
    if word in BY_HEADING:
        return BY_HEADING[word]
    lettered = OPTION_HEADING.fullmatch(word)
    if lettered:
        return f"option_{lettered[1]}"
    numbered = NUMBERED_OPTION.fullmatch(word)
    if numbered and 1 <= int(numbered[1]) <= len(OPTION_FIELDS):
        return OPTION_FIELDS[int(numbered[1]) - 1]
    return ""


def fields_of(headings: Sequence[str], by_hand: Mapping[str, str]) -> tuple[str, ...]:
    """The field of each column; of two columns for one field the first counts."""
    found: list[str] = []
    for heading in headings:
        name = field_of(heading, by_hand)
        found.append("" if name in found and name != "ignored" else name)
    return tuple(found)


def is_heading_row(cells: Sequence[str], by_hand: Mapping[str, str]) -> bool:
    """Whether a row names a stem and something else."""
    fields = set(fields_of(cells, by_hand)) - {"", "ignored"}
    return "stem" in fields and len(fields) >= 2
