"""Questions as an Excel workbook: a row a question, every cell a text, no formula alive."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

import xlsxwriter

from lianbing.banks.encoding import plain_decimal
from lianbing.banks.interchange.answers import NUMBER, NUMBER_WITHIN, TYPE_NAMES, escaped
from lianbing.banks.interchange.drafts import DraftQuestion
from lianbing.banks.interchange.rows import safe
from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    TruthKey,
)

MOST_OPTIONS = 12
HEADS = (
    "编号",
    "题型",
    "题干",
    *(f"选项{letter}" for letter in "ABCDEFGHIJKL"),
    "答案",
    "解析",
    "难度",
    "知识点",
    "用途",
    "等级",
    "来源",
    "条款",
    "所属大题",
    "权重",
    "错因",
)


def write_excel(drafts: Sequence[DraftQuestion]) -> bytes:
    """The workbook."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    page = book.add_worksheet("试题")
    bold = book.add_format({"bold": True})
    for at, head in enumerate(HEADS):
        page.write_string(0, at, head, bold)
    page.set_column(2, 2, 60)
    index = 0
    for draft in drafts:
        for row in _rows(draft):
            index += 1
            for at, text in enumerate(row):
                if text:
                    page.write_string(index, at, safe(text))
    book.close()
    return out.getvalue()


def _rows(draft: DraftQuestion) -> list[list[str]]:
    facts = [
        draft.explanation,
        plain_decimal(draft.difficulty) if isinstance(draft.difficulty, Decimal) else "",
        draft.point,
        draft.use.value if draft.use else "",
        draft.grade.value if draft.grade else "",
        draft.source,
        draft.clause,
    ]
    name = TYPE_NAMES[draft.type].split()[0]
    answer = "" if isinstance(draft.key, CaseKey) or draft.key is None else answer_of(draft.key)
    head = [draft.code, name, draft.stem, *_cells(_options(draft)), answer]
    rows = [[*head, *facts, "", "", reasons_text(draft.options)]]
    if isinstance(draft.key, CaseKey):
        pairs = zip(draft.parts, draft.key.keys, strict=True)
        rows += [_part(draft.code, part, key) for part, key in pairs]
    return rows


def _part(code: str, part: CasePart, key: Key) -> list[str]:
    name = TYPE_NAMES[part.type].split()[0]
    options = _cells([option.text for option in part.options])
    reasons = reasons_text(part.options)
    about = ["", name, part.stem, *options, answer_of(key)]
    return [*about, *[""] * 7, code, str(part.weight), reasons]


def reasons_text(options: Sequence[Option]) -> str:
    """Why options are wrong, as ``reasons_of`` reads it."""
    return "\n".join(f"{one.letter}：{' '.join(one.why.split())}" for one in options if one.why)


def _cells(texts: Sequence[str]) -> list[str]:
    return [*texts[:MOST_OPTIONS], *[""] * (MOST_OPTIONS - len(texts))]


def _options(draft: DraftQuestion) -> list[str]:
    if not isinstance(draft.key, MatchingKey):
        return [option.text for option in draft.options]
    texts = {option.letter: option.text for option in draft.options}
    pairs = zip(draft.prompts, draft.key.letters, strict=True)
    cells = [f"{escaped(left, '→')} → {escaped(texts[letter], '→')}" for left, letter in pairs]
    rest = [text for letter, text in texts.items() if letter not in draft.key.letters]
    return cells + [f"→ {escaped(text, '→')}" for text in rest]


def answer_of(key: Key) -> str:
    """A key as it is typed into the cell of the answer."""
    match key:
        case ChoiceKey(letters=letters) | OrderingKey(letters=letters):
            return "".join(letters)
        case TruthKey(value=value):
            return "正确" if value else "错误"
        case BlanksKey(blanks=blanks):
            return "\n".join(typed_blank(blank) for blank in blanks)
        case ModelKey(text=text):
            return text
        case _:
            return ""


def typed_blank(blank: Blank) -> str:
    """A blank's right answer as it is typed: variants between ``|``, a number with its spread."""
    if isinstance(blank, NumberBlank):
        number, tolerance = plain_decimal(blank.number), plain_decimal(blank.tolerance)
        return f"{number} ± {tolerance} {blank.unit}".strip()
    text = " | ".join(escaped(variant, "|") for variant in blank.accept)
    alone = blank.accept[0] if len(blank.accept) == 1 else ""
    reads_as_number = NUMBER.fullmatch(alone) or NUMBER_WITHIN.fullmatch(alone)
    return f"{text} |" if reads_as_number else text
