"""Plain text, and what Word gives as lines, in the shapes of trainers' files; pure.

Numbered stems; options a line each or on one line; ``答案：``, ``解析：``; answers in brackets in
the stem; or all answers gathered at the end. Headings such as 一、单选题 name the type.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lianbing.banks.interchange.answers import difficulty_of, letters_of, type_named
from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    DraftQuestion,
    FileFormat,
    Finding,
    Level,
    Place,
    ReadFile,
)
from lianbing.banks.interchange.formats.lines import (
    GATHERED,
    OPTION,
    Line,
    LineKind,
    classify,
    options_of,
)
from lianbing.banks.interchange.keys import guessed_type, key_of, numbered_gaps
from lianbing.banks.rules import Option, QuestionType
from lianbing.kernel.errors import N_

LONGEST_LINE = 10_000
BRACKETS = re.compile(
    r"[（(]\s*([A-HＡ-Ｈa-h](?:[\s,，、]*[A-HＡ-Ｈa-h]){0,7}|√|×|✓|✗|对|错|正确|错误|T|F)\s*[)）]"
)


@dataclass(kw_only=True, slots=True)
class _Gathered:
    """A question while its lines are collected."""

    row: int
    number: int
    section: QuestionType | None
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str = ""
    explanation: list[str] = field(default_factory=list)
    point: str = ""
    difficulty: str = ""
    last: LineKind = LineKind.STEM


def read_text(text: str) -> ReadFile:
    """Drafts from plain text."""
    return read_lines(enumerate(text.splitlines(), start=1), FileFormat.TEXT)


def read_lines(lines: Iterable[tuple[int, str]], file_format: FileFormat) -> ReadFile:
    """Drafts from numbered lines; a finding's row is the line's number."""
    collector = _Collector()
    for row, whole in lines:
        text = whole[:LONGEST_LINE]
        if text.strip():
            collector.take(classify(row, text), text)
        if len(collector.found) > MOST_QUESTIONS:
            break
    drafts, findings = [], list(collector.findings)
    for one in collector.found[:MOST_QUESTIONS]:
        draft, told = _draft_of(one)
        findings += told
        if draft is not None:
            drafts.append(draft)
    if len(collector.found) > MOST_QUESTIONS:
        message = N_("Only the first %(most)s questions were read. Split the file.")
        findings.append(
            Finding(
                place=Place(row=collector.found[-1].row),
                message=message,
                params={"most": MOST_QUESTIONS},
            )
        )
    return ReadFile(format=file_format, questions=tuple(drafts), findings=tuple(findings))


class _Collector:
    """Collects lines into questions; answers gathered at the end go to their numbers."""

    def __init__(self) -> None:
        self.found: list[_Gathered] = []
        self.findings: list[Finding] = []
        self._section: QuestionType | None = None
        self._answers = False

    def take(self, line: Line, raw: str) -> None:
        if line.kind is LineKind.SECTION:
            self._section = type_named(line.text)
            if not self._answers:
                return
        if line.kind is LineKind.ANSWERS_HEAD:
            self._answers = True
            self._section = None
            return
        if self._answers:
            self._take_gathered(line, raw)
            return
        if line.kind is LineKind.STEM:
            self.found.append(_Gathered(row=line.row, number=line.number, section=self._section))
            self._into_stem(self.found[-1], line.text)
        elif not self.found:
            if line.kind not in (LineKind.OTHER, LineKind.IGNORED, LineKind.SECTION):
                message = N_("This line stands before any numbered question. It was left out.")
                self.findings.append(
                    Finding(place=Place(row=line.row), message=message, level=Level.WARNING)
                )
        else:
            self._continue(self.found[-1], line)

    def _into_stem(self, one: _Gathered, text: str) -> None:
        """A stem whose options follow on the same line is cut before them."""
        first = next((m for m in OPTION.finditer(text) if m[1] in "AＡ"), None)
        options = options_of(text[first.start() :]) if first and first.start() else []
        if first is not None and len(options) >= 2:
            one.options = options
            text = text[: first.start()].strip()
            one.last = LineKind.OPTIONS
        one.stem.append(text)

    def _continue(self, one: _Gathered, line: Line) -> None:
        match line.kind:
            case LineKind.OPTIONS:
                one.options += options_of(line.text)
            case LineKind.ANSWER:
                one.answer = line.text
            case LineKind.EXPLANATION:
                one.explanation = [line.text]
            case LineKind.POINT:
                one.point = line.text
            case LineKind.DIFFICULTY:
                one.difficulty = line.text
            case LineKind.OTHER:
                _append(one, line.text)
                return
            case _:
                return
        one.last = line.kind

    def _take_gathered(self, line: Line, raw: str) -> None:
        """``1.A 2.B``, ``1-5 ABCDA``, ``3. 正确``; a heading narrows to a type's questions."""
        pairs = list(GATHERED.finditer(" ".join(raw.split())))
        for pair in pairs:
            first, last, text = int(pair[1]), int(pair[2] or pair[1]), pair[3].strip()
            answers = [text]
            if last > first:
                answers = list(re.sub(r"[\s,，、]", "", text))
                if len(answers) != last - first + 1:
                    message = N_("The answers %(range)s do not count up. Write each one out.")
                    self.findings.append(
                        Finding(
                            place=Place(row=line.row),
                            message=message,
                            params={"range": f"{first}-{last}"},
                        )
                    )
                    continue
            for number, answer in zip(range(first, last + 1), answers, strict=True):
                self._answer(line.row, number, answer)

    def _answer(self, row: int, number: int, answer: str) -> None:
        wanted = [
            one
            for one in self.found
            if one.number == number
            and not one.answer
            and (self._section is None or one.section is self._section)
        ]
        if not wanted:
            message = N_("There is no unanswered question %(number)s for this answer.")
            self.findings.append(
                Finding(
                    place=Place(row=row),
                    message=message,
                    params={"number": number},
                    level=Level.WARNING,
                )
            )
            return
        wanted[0].answer = answer


def _append(one: _Gathered, text: str) -> None:
    match one.last:
        case LineKind.EXPLANATION:
            one.explanation.append(text)
        case LineKind.OPTIONS if one.options:
            letter, before = one.options[-1]
            one.options[-1] = (letter, f"{before}\n{text}".strip())
        case LineKind.ANSWER:
            one.answer = f"{one.answer}\n{text}".strip()
        case _:
            one.stem.append(text)


def _draft_of(one: _Gathered) -> tuple[DraftQuestion | None, list[Finding]]:
    stem = "\n".join(piece for piece in one.stem if piece)
    answer = one.answer.strip()
    inline = list(BRACKETS.finditer(stem))
    if not answer and inline:
        answer = inline[-1][1]
        stem = f"{stem[: inline[-1].start()]}（　）{stem[inline[-1].end() :]}"
    kind = _kind_of(one, stem, answer)
    place = Place(row=one.row)
    if kind in (QuestionType.MATCHING, QuestionType.CASE):
        message = N_("Matchings and cases are not read from text. Use Excel, or write it here.")
        return None, [Finding(place=place, message=message)]
    if kind is QuestionType.TRUE_FALSE:
        stem = re.sub(r"\s*[（(][\s　]*[)）]\s*[。.]?$", "", stem)
    if kind is QuestionType.FILL_BLANK:
        stem = numbered_gaps(stem)
    options = tuple(Option(letter=letter, text=text) for letter, text in one.options)
    key = key_of(kind, stem, options, answer)
    findings = []
    if not answer:
        findings.append(Finding(place=place, message=N_("No answer was found for this question.")))
    elif key is None:
        message = N_("The answer %(answer)s means nothing for this type of question.")
        findings.append(Finding(place=place, message=message, params={"answer": answer[:40]}))
    draft = DraftQuestion(
        place=place,
        type=kind,
        stem=stem.strip(),
        key=key,
        options=() if kind is QuestionType.TRUE_FALSE else options,
        explanation="\n".join(piece for piece in one.explanation if piece).strip(),
        point=one.point,
        difficulty=difficulty_of(one.difficulty) if one.difficulty else None,
    )
    return draft, findings


def _kind_of(one: _Gathered, stem: str, answer: str) -> QuestionType:
    if one.section is None:
        options = [Option(letter=letter, text=text) for letter, text in one.options]
        return guessed_type(stem, options, answer)
    many = len(letters_of(answer) or ()) > 1
    if one.section is QuestionType.SINGLE_CHOICE and many and len(one.options) >= 2:
        return QuestionType.MULTIPLE_CHOICE
    return one.section
