"""Rows of a table into drafts: a row a question, or a row an option; any order of columns; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lianbing.banks.interchange.answers import reasons_of, split_escaped, type_named
from lianbing.banks.interchange.drafts import (
    Columns,
    DraftQuestion,
    Finding,
    Level,
    Place,
    lettered,
    matched,
    with_reasons,
)
from lianbing.banks.interchange.formats.lines import options_of
from lianbing.banks.interchange.headings import OPTION_FIELDS, fields_of, is_heading_row
from lianbing.banks.interchange.keys import (
    ANSWERED_IN_STEM,
    OTHER_ANSWER,
    bare_answer,
    guessed_type,
    key_of,
    numbered_gaps,
    without_answer,
)
from lianbing.banks.interchange.rows import Row, Sheet, joined_rows, quiet
from lianbing.banks.interchange.said_facts import with_said
from lianbing.banks.rules import (
    PART_TYPES,
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    Option,
    PartKey,
    QuestionType,
    TruthKey,
)
from lianbing.kernel.errors import N_

HEADING_WITHIN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadTable:
    questions: list[DraftQuestion]
    findings: list[Finding]
    columns: Columns | None


def read_sheet(sheet: Sheet, by_hand: Mapping[str, str]) -> ReadTable:
    """Drafts of one sheet; one without a stem column is told with its columns, to be mapped."""
    if sheet.is_hidden:
        return _hidden(sheet, by_hand)
    head = next(
        (
            index
            for index, row in enumerate(sheet.rows[:HEADING_WITHIN])
            if is_heading_row(row, by_hand)
        ),
        None,
    )
    if head is None:
        return _unknown(sheet, by_hand)
    headings = tuple(sheet.rows[head])
    fields = fields_of(headings, by_hand)
    columns = Columns(sheet=sheet.name, headings=headings, fields=fields)
    findings: list[Finding] = []
    names = {name: heading for name, heading in zip(fields, headings, strict=True) if name}
    rows = list(_rows(sheet, head, fields, names))
    if "is_right" in fields:
        rows = joined_rows(rows)
    questions = list(_questions(rows, type_named(sheet.name), findings))
    return ReadTable(questions=questions, findings=findings, columns=columns)


def _hidden(sheet: Sheet, by_hand: Mapping[str, str]) -> ReadTable:
    """What a trainer does not see in the workbook does not get into the bank unseen."""
    if not any(is_heading_row(row, by_hand) for row in sheet.rows[:HEADING_WITHIN]):
        return ReadTable(questions=[], findings=[], columns=None)  # a list behind a drop-down
    message = N_("This sheet is hidden in the workbook and was not read. Show it if it is wanted.")
    found = Finding(place=Place(sheet=sheet.name, row=1), message=message, level=Level.WARNING)
    return ReadTable(questions=[], findings=[found], columns=None)


def _unknown(sheet: Sheet, by_hand: Mapping[str, str]) -> ReadTable:
    """The row with the most cells is taken for the headings: a title above them has but one."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in sheet.rows[:HEADING_WITHIN]]
    if not any(widths):
        return ReadTable(questions=[], findings=[], columns=None)
    at = widths.index(max(widths))
    first = sheet.rows[at]
    message = N_("No column is known as the stem. Say below which column is what, or leave it.")
    if widths[at] == 1:
        message = N_("This sheet holds no table of questions. It was left out.")
    place = Place(sheet=sheet.name, row=at + 1)
    found = Finding(place=place, message=message, level=Level.WARNING)
    if widths[at] == 1:
        return ReadTable(questions=[], findings=[found], columns=None)
    columns = Columns(sheet=sheet.name, headings=tuple(first), fields=fields_of(first, by_hand))
    return ReadTable(questions=[], findings=[found], columns=columns)


def _rows(
    sheet: Sheet, head: int, fields: Sequence[str], names: Mapping[str, str]
) -> Iterator[Row]:
    for index, cells in enumerate(sheet.rows[head + 1 :], start=head + 2):
        by_field = {
            name: quiet(cell.replace("\r\n", "\n"))
            for name, cell in zip(fields, cells, strict=False)
            if name and cell.strip()
        }
        if by_field:
            yield Row(sheet=sheet.name, number=index, cells=by_field, headings=names)


def _questions(
    rows: Sequence[Row], sheet_type: QuestionType | None, findings: list[Finding]
) -> Iterator[DraftQuestion]:
    cases: dict[str, list[Row]] = {}
    for row in rows:
        if row.text("parent"):
            cases.setdefault(row.text("parent"), []).append(row)
    known = {row.text("code") for row in rows if not row.text("parent")}
    for row in rows:
        if row.text("parent"):
            if row.text("parent") not in known:
                message = N_("There is no case %(code)s that this part belongs to.")
                findings.append(
                    Finding(
                        place=row.place("parent"),
                        message=message,
                        params={"code": row.text("parent")[:40]},
                    )
                )
            continue
        parts = cases.get(row.text("code"), []) if row.text("code") else []
        draft = _draft(row, sheet_type, parts, findings)
        if draft is not None:
            yield draft


def _draft(
    row: Row, sheet_type: QuestionType | None, parts: Sequence[Row], findings: list[Finding]
) -> DraftQuestion | None:
    if not row.text("stem"):
        message = N_("The stem is empty. Write the question.")
        findings.append(Finding(place=row.place("stem"), message=message))
        return None
    kind, options, answer = _shape(row, sheet_type, bool(parts), findings)
    if kind is None:
        return None
    base = DraftQuestion(
        place=row.place(),
        type=kind,
        stem=row.text("stem"),
        key=None,
        explanation=row.text("explanation"),
        point=row.text("point"),
        code=row.text("code"),
        source=row.text("source"),
        clause=row.text("clause"),
    )
    base = with_said(base, row.text, row.place, findings)
    if kind is QuestionType.CASE:
        return _case(base, parts, findings)
    if kind is QuestionType.MATCHING:
        return _matching(base, options)
    if kind is QuestionType.FILL_BLANK:
        base = replace(base, stem=numbered_gaps(base.stem))
        if not answer and options:
            answer, options = "\n".join(option.text for option in options), ()
    if kind is QuestionType.ORDERING and not answer:
        answer = "".join(option.letter for option in options)
    if kind in ANSWERED_IN_STEM:
        base, answer = _answered_elsewhere(row, base, answer, findings)
    key = key_of(kind, base.stem, options, answer)
    _tell_key(row, key, answer, findings)
    if kind in (QuestionType.TRUE_FALSE, QuestionType.FILL_BLANK, QuestionType.SHORT_ANSWER):
        options = ()
    options = with_reasons(options, reasons_of(row.text("reasons")))
    return replace(base, key=key, options=options)


def _answered_elsewhere(
    row: Row, base: DraftQuestion, answer: str, findings: list[Finding]
) -> tuple[DraftQuestion, str]:
    """The draft without the answer in its stem's brackets, and the answer."""
    stem, answer, differs = without_answer(base.stem, answer)
    if differs:
        place = row.place("stem")
        findings.append(Finding(place=place, message=OTHER_ANSWER, level=Level.WARNING))
    return replace(base, stem=stem), answer


def _tell_key(row: Row, key: Key | None, answer: str, findings: list[Finding]) -> None:
    if key is not None:
        return
    if answer:
        message = N_("The answer %(answer)s means nothing for this type of question.")
    else:
        message = N_("No answer was found for this question.")
    findings.append(
        Finding(
            place=row.place("answer" if "answer" in row.headings else "is_right"),
            message=message,
            params={"answer": answer[:40]},
        )
    )


def _shape(
    row: Row, sheet_type: QuestionType | None, has_parts: bool, findings: list[Finding]
) -> tuple[QuestionType | None, tuple[Option, ...], str]:
    options, answer = _options(row), bare_answer(row.text("answer"))
    if row.options:
        options = lettered([text for text, _right in row.options])
        right = zip(options, row.options, strict=False)
        answer = answer or "".join(option.letter for option, (_text, is_right) in right if is_right)
    written = row.text("type")
    kind = type_named(written) if written else sheet_type
    if written and kind is None:
        message = N_("%(word)s is no type of question that is known here.")
        findings.append(
            Finding(place=row.place("type"), message=message, params={"word": written[:40]})
        )
        return None, options, answer
    if kind is None:
        kind = QuestionType.CASE if has_parts else guessed_type(row.text("stem"), options, answer)
    return kind, options, answer


def _options(row: Row) -> tuple[Option, ...]:
    texts = [row.text(name) for name in OPTION_FIELDS]
    while texts and not texts[-1]:
        texts.pop()
    if texts:
        return lettered(texts)
    together = row.text("options")
    if not together:
        return ()
    lines = [line for line in together.split("\n") if line.strip()]
    if len(lines) == 1:
        marked = options_of(together)
        if len(marked) >= 2:
            return lettered([text for _letter, text in marked])
        lines = [piece for piece in re.split(r"[|｜;；]", together) if piece.strip()]
    return lettered([_unmarked(line) for line in lines])


def _unmarked(line: str) -> str:
    marked = options_of(line)
    return marked[0][1] if len(marked) == 1 else line.strip()


def _matching(base: DraftQuestion, options: Sequence[Option]) -> DraftQuestion:
    """Each option cell holds ``left → right``; ``→ right`` fits nothing on the left."""
    pairs, extra = [], []
    for option in options:
        text = option.text
        if "→" not in text:
            text = re.sub(r"\s*(?:->|=>|——|——>)\s*", "→", text, count=1)
        pieces = [piece.strip() for piece in split_escaped(text, "→")]
        if len(pieces) == 2 and pieces[0]:
            pairs.append((pieces[0], pieces[1]))
        else:
            extra.append(pieces[-1])
    return matched(base, pairs, extra)


def _case(base: DraftQuestion, rows: Sequence[Row], findings: list[Finding]) -> DraftQuestion:
    parts: list[CasePart] = []
    keys: list[PartKey] = []
    for row in rows:
        own = _draft(row, None, (), findings)
        if own is None:
            continue
        if own.type not in PART_TYPES:
            message = N_("A part is a choice, a true or false, or a fill-in.")
            findings.append(Finding(place=row.place("type"), message=message))
            continue
        if not isinstance(own.key, ChoiceKey | TruthKey | BlanksKey):
            continue
        weight = row.text("weight")
        parts.append(
            CasePart(
                type=own.type,
                stem=own.stem,
                options=own.options,
                weight=int(weight) if weight.isdecimal() and len(weight) < 4 else 1,
            )
        )
        keys.append(own.key)
    return replace(base, parts=tuple(parts), key=CaseKey(keys=tuple(keys)))
