"""Everything a printed sheet says, in the reader's language, as plain data for both printers."""

import io
from decimal import Decimal
from typing import Any, assert_never

import segno
from flask_babel import gettext

from lianbing.banks.rendering import plain_text
from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    CaseKey,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    OrderingKey,
    QuestionContent,
    QuestionType,
    TextBlank,
    TruthKey,
    part_contents,
)
from lianbing.banks.sheets.rich import rich_blocks, rich_runs
from lianbing.banks.words import TYPE_WORDS
from lianbing.kernel.errors import N_
from lianbing.kernel.marks import show_mark
from lianbing.papers.printing.rules import (
    SheetQuestion,
    SheetSection,
    answer_room,
    form_name,
    sheet_sections,
)
from lianbing.papers.rules import FrozenPaper

PARTS = (
    N_("Part 1: %(type)s"),
    N_("Part 2: %(type)s"),
    N_("Part 3: %(type)s"),
    N_("Part 4: %(type)s"),
    N_("Part 5: %(type)s"),
    N_("Part 6: %(type)s"),
    N_("Part 7: %(type)s"),
    N_("Part 8: %(type)s"),
)
QR_SCALE = 3
DIGIT_BOXES = 12


def paper_data(paper: FrozenPaper, label: str) -> dict[str, Any]:
    """The sheet for candidates: no key in it."""
    count, marks = len(paper.questions), show_mark(paper.total_marks)
    return {
        **_frame(paper, label, paper.title),
        "lead": gettext("%(count)s questions, %(marks)s marks", count=count, marks=marks),
        "person": [gettext("Unit"), gettext("Name"), gettext("Number"), gettext("Marks")],
        "sections": [
            {
                "heading": _heading(section, at),
                "questions": [_question(question) for question in section.questions],
            }
            for at, section in enumerate(sheet_sections(paper))
        ],
    }


def key_data(paper: FrozenPaper, label: str) -> dict[str, Any]:
    """The key, for markers."""
    texts = {question.number: key_words(question.content.key) for question in paper.questions}
    return {
        **_frame(paper, label, gettext("Key: %(title)s", title=paper.title)),
        "lead": gettext("For markers only. Form %(label)s", label=label),
        "sections": [
            {
                "heading": _heading(section, at),
                "long": section.type not in _SHORT_KEYS,
                "lines": [
                    {"number": one.number, "text": texts[int(one.number)] + _told(one.marks)}
                    for one in section.questions
                ],
            }
            for at, section in enumerate(sheet_sections(paper))
        ],
    }


_SHORT_KEYS = (QuestionType.SINGLE_CHOICE, QuestionType.MULTIPLE_CHOICE, QuestionType.TRUE_FALSE)


def answers_data(paper: FrozenPaper, label: str) -> dict[str, Any]:
    """The answer sheet (答题卡): room for every answer, nothing of the questions."""
    contents = {str(question.number): question.content for question in paper.questions}
    return {
        **_frame(paper, label, gettext("Answer sheet: %(title)s", title=paper.title)),
        "lead": gettext(
            "Fill one box completely for each letter; write the rest within its frame."
        ),
        "person": [gettext("Unit"), gettext("Name")],
        "number": gettext("Number"),
        "boxes": DIGIT_BOXES,
        "sections": [
            {
                "heading": _heading(section, at),
                "rows": [
                    row
                    for one in section.questions
                    for row in _answer_rows(one.number, contents[one.number])
                ],
            }
            for at, section in enumerate(sheet_sections(paper))
        ],
    }


def _answer_rows(number: str, content: QuestionContent) -> list[dict[str, Any]]:
    """Rows of the answer sheet: ``letters`` to fill in, ``blanks`` to write on, or ``lines``."""
    row: dict[str, Any] = {"number": number, "letters": [], "blanks": 0, "lines": 0}
    match content.type:
        case QuestionType.SINGLE_CHOICE | QuestionType.MULTIPLE_CHOICE:
            return [row | {"letters": [option.letter for option in content.options]}]
        case QuestionType.TRUE_FALSE:
            return [row | {"letters": ["√", "×"]}]
        case QuestionType.FILL_BLANK:
            key = content.key
            return [row | {"blanks": len(key.blanks) if isinstance(key, BlanksKey) else 1}]
        case QuestionType.MATCHING:
            return [row | {"blanks": len(content.prompts)}]
        case QuestionType.ORDERING:
            return [row | {"blanks": 1}]
        case QuestionType.SHORT_ANSWER:
            return [row | {"lines": answer_room(content.type)[1]}]
        case QuestionType.CASE:
            return [
                part_row
                for at, part in enumerate(part_contents(content), start=1)
                for part_row in _answer_rows(f"{number}({at})", part)
            ]
        case _:
            assert_never(content.type)


def _frame(paper: FrozenPaper, label: str, title: str) -> dict[str, Any]:
    name = form_name(paper, label)
    picture = io.BytesIO()
    code = segno.make(name, error="m", micro=False)
    code.save(picture, kind="svg", xmldecl=False, scale=QR_SCALE, border=2, light="white")
    return {
        "title": title,
        "form": gettext("Form %(label)s", label=label),
        "name": name,
        "foot": gettext("Form %(label)s · paper %(fingerprint)s", label=label, fingerprint=name),
        "qr": picture.getvalue().decode(),
    }


def _heading(section: SheetSection, at: int) -> str:
    part = gettext(PARTS[min(at, len(PARTS) - 1)], type=gettext(TYPE_WORDS[section.type]))
    count, marks = len(section.questions), show_mark(section.marks)
    if section.each is None:
        rest = gettext("(%(count)s questions, %(marks)s marks together)", count=count, marks=marks)
    else:
        rest = gettext(
            "(%(count)s questions, %(each)s marks each, %(marks)s marks together)",
            count=count,
            each=show_mark(section.each),
            marks=marks,
        )
    return f"{part} {rest}"


def _told(marks: Decimal | None) -> str:
    return "" if marks is None else " " + gettext("(%(marks)s marks)", marks=show_mark(marks))


def _question(question: SheetQuestion) -> dict[str, Any]:
    return {
        "number": question.number,
        "stem": rich_blocks(question.stem),
        "tail": _told(question.marks),
        "bracket": question.bracket,
        "options": [[option.letter, rich_runs(option.text)] for option in question.options],
        "columns": question.columns,
        "prompts": [rich_runs(prompt) for prompt in question.prompts],
        "lines": question.lines,
        "parts": [_question(part) for part in question.parts],
    }


def key_words(key: Key) -> str:
    """A key in a line; of a case, its parts in turn."""
    match key:
        case ChoiceKey():
            return "".join(key.letters)
        case TruthKey():
            return "√" if key.value else "×"
        case BlanksKey():
            texts = [_blank_words(blank) for blank in key.blanks]
            return "；".join(_numbered(texts))
        case MatchingKey():
            return "；".join(f"{at}–{one}" for at, one in enumerate(key.letters, start=1))
        case OrderingKey():
            return " → ".join(key.letters)
        case ModelKey():
            return plain_text(key.text)
        case CaseKey():
            return "；".join(_numbered([key_words(part) for part in key.keys]))
        case _:
            assert_never(key)


def _numbered(texts: list[str]) -> list[str]:
    if len(texts) == 1:
        return texts
    return [f"({at}) {text}" for at, text in enumerate(texts, start=1)]


def _blank_words(blank: Blank) -> str:
    match blank:
        case TextBlank():
            return " / ".join(blank.accept)
        case NumberBlank():
            band = f" ± {show_mark(blank.tolerance)}" if blank.tolerance else ""
            return f"{show_mark(blank.number)}{band} {blank.unit}".rstrip()
        case _:
            assert_never(blank)
