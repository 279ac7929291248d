"""A bank as a Word file in the layout of a paper, which the reader of Word files reads back.

Questions stand by type under numbered headings. Keys, explanations and facts stand below each
question, or all at the end, or nowhere. The lines are written first, the document from them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from docx.enum.text import WD_ALIGN_PARAGRAPH

from lianbing.banks.encoding import plain_decimal
from lianbing.banks.interchange.answers import GRADE_NAMES, TYPE_NAMES
from lianbing.banks.interchange.drafts import LETTERS, DraftQuestion
from lianbing.banks.interchange.formats.excel_writer import answer_of, typed_blank
from lianbing.banks.rules import (
    BlanksKey,
    CaseKey,
    CasePart,
    Key,
    MatchingKey,
    Option,
    OrderingKey,
    QuestionType,
    QuestionUse,
)
from lianbing.banks.sheets.rich import rich_blocks, rich_runs
from lianbing.banks.sheets.word_runs import (
    STEP,
    add_heading,
    add_paragraph,
    add_runs,
    add_table,
    add_tabs,
    new_sheet,
    saved,
)

NUMERALS = "一二三四五六七八九十"
GRADES = {grade: name for name, grade in reversed(GRADE_NAMES.items())}
USES = {QuestionUse.PRACTICE: "练习", QuestionUse.EXAM: "考试", QuestionUse.BOTH: "练习和考试"}


class KeysAt(StrEnum):
    """Where keys and explanations stand."""

    BESIDE = "beside"
    END = "end"
    NOWHERE = "nowhere"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A paragraph: what the layout writes, then a text of the question; a right column beside."""

    before: str
    text: str = ""
    after: str = ""
    depth: int = 0
    right: Option | None = None


def write_word(
    title: str,
    drafts: Sequence[DraftQuestion],
    pictures: Mapping[str, tuple[str, bytes]],
    keys_at: KeysAt,
) -> bytes:
    """The document; ``pictures`` by the target that texts name."""
    document = new_sheet(title)
    heading = document.add_paragraph(title, style="Title")
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shown = {target.removeprefix("pic:"): data for target, (_name, data) in pictures.items()}
    for line in lines_of(drafts, keys_at):
        if isinstance(line, str):
            add_heading(document, line)
            continue
        paragraph = add_paragraph(document, line.before, indent=line.depth * STEP)
        for at, block in enumerate(rich_blocks(line.text) if line.text else ()):
            if block["k"] == "table":
                add_table(document, block["rows"], shown)
                paragraph = add_paragraph(document, "", indent=line.depth * STEP)
                continue
            if at:
                mark = f"{block['mark']} ".lstrip()
                paragraph = add_paragraph(document, mark, indent=line.depth * STEP)
            add_runs(paragraph, block["runs"], shown)
        paragraph.add_run(line.after)
        if line.right is not None:
            add_tabs(paragraph, 2)
            paragraph.add_run(f"\t{line.right.letter}. ")
            add_runs(paragraph, rich_runs(line.right.text), shown)
    return saved(document)


def lines_of(drafts: Sequence[DraftQuestion], keys_at: KeysAt) -> Iterator[Entry | str]:
    """Every paragraph of the file; a heading is a string."""
    groups = [(kind, [one for one in drafts if one.type is kind]) for kind in QuestionType]
    groups = [(kind, found) for kind, found in groups if found]
    heads = [
        f"{NUMERALS[at]}、{TYPE_NAMES[kind].split()[0]}（共 {len(found)} 题）"
        for at, (kind, found) in enumerate(groups)
    ]
    number = 0
    for head, (_kind, found) in zip(heads, groups, strict=True):
        yield head
        for draft in found:
            number += 1
            yield from _question(draft, number, keys_at)
    if keys_at is not KeysAt.END:
        return
    yield "参考答案"
    number = 0
    for head, (_kind, found) in zip(heads, groups, strict=True):
        yield head
        for draft in found:
            number += 1
            yield Entry(before=f"{number}. ", text=_answer(draft))
            yield from _reasons(draft.options, 1)
            yield from _told(draft)


def _question(draft: DraftQuestion, number: int, keys_at: KeysAt) -> Iterator[Entry]:
    bracket = "（　　）" if draft.type is QuestionType.TRUE_FALSE else ""
    yield Entry(before=f"{number}. ", text=draft.stem, after=bracket)
    is_beside = keys_at is KeysAt.BESIDE
    match draft.key:
        case MatchingKey():
            yield from _columns(draft)
        case CaseKey(keys=keys):
            weighted = any(part.weight != 1 for part in draft.parts)
            for at, (part, key) in enumerate(zip(draft.parts, keys, strict=True), start=1):
                yield from _part(part, at, key if is_beside else None, weighted=weighted)
        case OrderingKey():
            yield from _options(_mixed(draft.options))
        case _:
            yield from _options(draft.options)
    if is_beside:
        if not isinstance(draft.key, CaseKey):
            yield Entry(before="答案：", text=_answer(draft), depth=1)
            yield from _reasons(draft.options, 1)
        yield from _told(draft)


def _part(part: CasePart, number: int, key: Key | None, *, weighted: bool) -> Iterator[Entry]:
    marks = f"（{part.weight}分）" if weighted else ""
    name = TYPE_NAMES[part.type].split()[0]
    yield Entry(before=f"（{number}）【{name}】", text=part.stem, after=marks, depth=1)
    yield from _options(part.options, depth=2)
    if key is not None:
        yield Entry(before="答案：", text=_typed(key), depth=2)
        yield from _reasons(part.options, 2)


def _options(options: Sequence[Option], depth: int = 1) -> Iterator[Entry]:
    for option in options:
        yield Entry(before=f"{option.letter}. ", text=option.text, depth=depth)


def _reasons(options: Sequence[Option], depth: int) -> Iterator[Entry]:
    """Why options are wrong, a line each."""
    for option in options:
        if option.why:
            text = " ".join(option.why.split())
            yield Entry(before="错因：", text=f"{option.letter}：{text}", depth=depth)


def _mixed(options: Sequence[Option]) -> list[Option]:
    """The options in an order that gives nothing away, the same each time, lettered anew."""
    mixed = sorted(options, key=lambda one: hashlib.sha256(one.text.encode()).digest())
    return [
        Option(letter=letter, text=one.text) for letter, one in zip(LETTERS, mixed, strict=False)
    ]


def _rights(draft: DraftQuestion) -> list[Option]:
    """The right column: what fits something mixed, then what fits nothing."""
    letters = draft.key.letters if isinstance(draft.key, MatchingKey) else ()
    fitting = _mixed([one for one in draft.options if one.letter in letters])
    texts = [one.text for one in fitting]
    texts += [one.text for one in draft.options if one.letter not in letters]
    return [Option(letter=letter, text=text) for letter, text in zip(LETTERS, texts, strict=False)]


def _columns(draft: DraftQuestion) -> Iterator[Entry]:
    """Left entries with a right one each beside them; the rest of the right column below."""
    rights = _rights(draft)
    for at, (left, right) in enumerate(zip(draft.prompts, rights, strict=False), start=1):
        yield Entry(before=f"（{at}）", text=left, depth=1, right=right)
    for right in rights[len(draft.prompts) :]:
        yield Entry(before="", depth=1, right=right)


def _answer(draft: DraftQuestion) -> str:
    """The key as the reader of texts takes it."""
    match draft.key:
        case MatchingKey(letters=letters):
            texts = {option.letter: option.text for option in draft.options}
            named = {option.text: option.letter for option in _rights(draft)}
            return " ".join(
                f"（{at}）-{named[texts[letter]]}" for at, letter in enumerate(letters, start=1)
            )
        case OrderingKey(letters=letters):
            texts = {option.letter: option.text for option in draft.options}
            named = {option.text: option.letter for option in _mixed(draft.options)}
            return "".join(named[texts[letter]] for letter in letters)
        case CaseKey(keys=keys):
            return " ".join(f"（{at}）{_typed(key)}" for at, key in enumerate(keys, start=1))
        case None:
            return ""
        case key:
            return _typed(key)


def _typed(key: Key) -> str:
    if not isinstance(key, BlanksKey):
        return answer_of(key)
    typed = [typed_blank(blank) for blank in key.blanks]
    return ("\n" if any(";" in one or "；" in one for one in typed) else "；").join(typed)


def _told(draft: DraftQuestion) -> Iterator[Entry]:
    if draft.explanation:
        yield Entry(before="解析：", text=draft.explanation, depth=1)
    facts = {
        "知识点": draft.point,
        "难度": plain_decimal(draft.difficulty) if draft.difficulty is not None else "",
        "用途": USES[draft.use] if draft.use is not None else "",
        "等级": GRADES[draft.grade] if draft.grade is not None else "",
        "来源": draft.source,
        "条款": draft.clause,
    }
    said = "　".join(f"{name}：{text}" for name, text in facts.items() if text)
    if said:
        yield Entry(before=said, depth=1)
