"""Lines of a text file gathered into questions, their parts and answers; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lianbing.banks.interchange.answers import reasons_of, type_named
from lianbing.banks.interchange.drafts import Finding, Level, Place
from lianbing.banks.interchange.formats.lines import OPTION, Line, LineKind, options_of
from lianbing.banks.rules import QuestionType
from lianbing.kernel.errors import N_

SIGN = r"(?:[.．](?!\d)|[、:：)）])"
SPAN = r"\s*(?:[-~～—–至]\s*(\d{1,5})\s*[:：.、．]?|[.、．:：)）])\s*"
GATHERED = re.compile(
    rf"(?<![\d.])(\d{{1,5}}){SPAN}(.*?)"
    rf"(?=(?<![\d.])\s+\d{{1,5}}\s*(?:[-~～—–至]\s*\d|{SIGN})|$)",
    re.S,
)
IN_BRACKETS = re.compile(
    r"[（(]\s*(\d{1,5})\s*()[)）]\s*[:：.、]?\s*(.*?)(?=\s*[（(]\s*\d{1,5}\s*[)）]|$)", re.S
)
"""``（1）A （2）B``, as gathered answers and as the answers of a case's parts."""
COMPOSED = (QuestionType.MATCHING, QuestionType.ORDERING)
LONG = (QuestionType.FILL_BLANK, QuestionType.SHORT_ANSWER, QuestionType.CASE)
"""What is answered in words of its own, over several lines."""
LISTED = (LineKind.ANSWER, LineKind.EXPLANATION)


@dataclass(kw_only=True, slots=True)
class Collected:
    """A question, or a part of a case, while its lines are collected."""

    row: int
    number: int
    style: int
    section: QuestionType | None
    type: QuestionType | None = None
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str = ""
    explanation: list[str] = field(default_factory=list)
    facts: dict[LineKind, str] = field(default_factory=dict)
    parts: list["Collected"] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    """Why options are wrong, by letter."""
    last: LineKind = LineKind.STEM
    closed: bool = False
    """Whether what follows belongs to the whole case again."""

    @property
    def kind(self) -> QuestionType | None:
        """What the file says it is: of itself, or by its heading."""
        return self.type or self.section

    def fact(self, name: str) -> str:
        """What a label said, such as its point or difficulty."""
        return self.facts.get(LineKind(name), "")

    def into_stem(self, text: str) -> None:
        """A stem whose options follow on the same line is cut before them."""
        first = next((m for m in OPTION.finditer(text) if m[1] in "AＡ"), None)
        options = options_of(text[first.start() :]) if first and first.start() else []
        if first is not None and len(options) >= 2 and self.kind not in COMPOSED:
            self.options = options
            text = text[: first.start()].strip()
            self.last = LineKind.OPTIONS
        self.stem.append(text)

    def append(self, text: str) -> None:
        """A line without a mark goes on with what came last."""
        match self.last:
            case LineKind.EXPLANATION:
                self.explanation.append(text)
            case LineKind.OPTIONS if self.options:
                letter, before = self.options[-1]
                self.options[-1] = (letter, f"{before}\n{text}".strip())
            case LineKind.ANSWER:
                self.answer = f"{self.answer}\n{text}".strip()
            case _:
                self.stem.append(text)

    def take(self, line: Line) -> None:
        """A line of its own kind."""
        match line.kind:
            case LineKind.OPTIONS:
                self.options += options_of(line.text)
            case LineKind.ANSWER:
                self.answer = line.text
            case LineKind.EXPLANATION:
                self.explanation = [line.text]
            case LineKind.TYPE:
                self.type = type_named(line.text) or self.type
                return
            case LineKind.OTHER:
                self.append(line.text)
                return
            case LineKind.REASON:
                self.reasons |= reasons_of(line.text)
                return
            case LineKind.IGNORED:
                return
            case _:
                self.facts[line.kind] = line.text
                return
        self.last = line.kind


class Collector:
    """Collects lines into questions; answers gathered at the end go to their numbers."""

    def __init__(self) -> None:
        self.found: list[Collected] = []
        self.findings: list[Finding] = []
        self._section: QuestionType | None = None
        self._is_new_section = True
        self._numbers: dict[int, int] = {}
        self._answers = False
        self._answered: Collected | None = None

    def take(self, line: Line) -> None:
        if line.kind is LineKind.SECTION:
            self._section = type_named(line.text)
            self._is_new_section = True
            if not self._answers:
                return
        if line.kind is LineKind.ANSWERS_HEAD:
            self._take_answers_head(line)
        elif self._answers:
            self._take_gathered(line)
        elif line.kind is LineKind.STEM and not self._is_below(line):
            self._begin(line)
        elif not self.found:
            self._tell_early(line)
        elif line.kind is LineKind.STEM:
            self._take_below(self.found[-1], line)
        else:
            self._continue(self.found[-1], line)

    def _take_answers_head(self, line: Line) -> None:
        """``参考答案`` alone on a line opens the gathered ones, or is a question's own."""
        current = self.found[-1] if self.found else None
        if current is not None and not current.answer and not current.closed:
            is_long = current.kind in (QuestionType.SHORT_ANSWER, QuestionType.CASE)
            others = any(one.answer for one in self.found[:-1])
            if not line.opens or (is_long and others):
                self._continue(current, replace(line, kind=LineKind.ANSWER))
                return
        self._answers = True
        self._section = None

    def _begin(self, line: Line) -> None:
        one = Collected(
            row=line.row,
            number=line.number,
            style=line.style,
            section=self._section,
            type=line.type,
        )
        self._is_new_section = False
        self._numbers[line.style] = line.number
        one.into_stem(line.text)
        self.found.append(one)

    def _tell_early(self, line: Line) -> None:
        if line.kind in (LineKind.OPTIONS, LineKind.ANSWER, LineKind.EXPLANATION):
            message = N_("This line stands before any numbered question. It was left out.")
            place = Place(row=line.row)
            self.findings.append(Finding(place=place, message=message, level=Level.WARNING))

    def _is_below(self, line: Line) -> bool:
        """Whether a numbered line is a part, a statement or a point of the question above it."""
        if not self.found or self._is_new_section:
            return False
        above = self.found[-1]
        is_list = above.kind is QuestionType.SHORT_ANSWER and above.last in LISTED
        if is_list and line.style == above.style and line.number <= above.number:
            return True
        goes_on = line.number > 1 and line.number == self._numbers.get(line.style, 0) + 1
        return line.style > above.style and not goes_on

    def _take_below(self, one: Collected, line: Line) -> None:
        if one.kind in COMPOSED and one.last not in LISTED:
            one.stem.append(line.raw)
        elif one.kind is not QuestionType.CASE or one.closed:
            one.append(line.raw)
        elif one.parts and one.parts[-1].last is LineKind.ANSWER and not one.parts[-1].answer:
            one.closed, one.last = True, LineKind.ANSWER
            one.append(line.raw)
        else:
            part = Collected(
                row=line.row, number=line.number, style=line.style, section=None, type=line.type
            )
            part.into_stem(line.text)
            one.parts.append(part)

    def _continue(self, one: Collected, line: Line) -> None:
        if line.kind is LineKind.ANSWER and one.parts and IN_BRACKETS.match(line.text):
            one.closed = True
        is_of_part = line.kind in (
            LineKind.OPTIONS,
            LineKind.ANSWER,
            LineKind.EXPLANATION,
            LineKind.OTHER,
            LineKind.TYPE,
            LineKind.REASON,
        )
        (one.parts[-1] if one.parts and is_of_part and not one.closed else one).take(line)

    def _take_gathered(self, line: Line) -> None:
        """``1.A 2.B``, ``1-5 ABCDA``, ``3. 正确``; a heading narrows to a type's questions."""
        text = line.text if line.kind is LineKind.ANSWER else line.raw
        pairs = list(self._pairs(text, is_heading=line.kind is LineKind.SECTION))
        if not pairs:
            if self._answered is not None and line.kind is not LineKind.SECTION:
                self._go_on(self._answered, line)
            return
        for first, last, said in pairs:
            answers = [said]
            if last > first:
                answers = list(re.sub(r"[\s,，、]", "", said))
                if len(answers) != last - first + 1:
                    message = N_("The answers %(range)s do not count up. Write each one out.")
                    params = {"range": f"{first}-{last}"}
                    place = Place(row=line.row)
                    self.findings.append(Finding(place=place, message=message, params=params))
                    continue
            for number, answer in zip(range(first, last + 1), answers, strict=True):
                self._answer(line.row, number, answer)

    def _go_on(self, one: Collected, line: Line) -> None:
        """More about the question answered last: explanation, facts, further lines."""
        if line.kind in (LineKind.STEM, LineKind.OPTIONS, LineKind.ANSWER):
            one.append(line.raw)
        else:
            one.take(line)

    def _pairs(self, text: str, *, is_heading: bool) -> Iterator[tuple[int, int, str]]:
        """Numbers with their answers, where the line begins with one."""
        in_brackets = IN_BRACKETS.match(text.strip())
        pattern = IN_BRACKETS if in_brackets else GATHERED
        if in_brackets and not any(one.style == 2 for one in self.found):
            return
        if not in_brackets and not is_heading and not GATHERED.match(text.strip()):
            return
        first = pattern.match(text.strip())
        if first and not is_heading and self._is_more(int(first[1])):
            return
        for pair in pattern.finditer(" ".join(text.split())):
            yield int(pair[1]), int(pair[2] or pair[1]), pair[3].strip()

    def _is_more(self, number: int) -> bool:
        """Whether a line that begins with a number goes on with an answer, as ``0.5 A`` does."""
        current = self._answered
        return current is not None and current.kind in LONG and not self._waiting(number)

    def _waiting(self, number: int) -> list[Collected]:
        """The unanswered questions of a number, under the heading where there is one."""
        return [
            one
            for one in self.found
            if one.number == number
            and not one.answer
            and (self._section is None or one.section is self._section)
        ]

    def _answer(self, row: int, number: int, answer: str) -> None:
        wanted = self._waiting(number)
        if wanted:
            wanted[0].answer, wanted[0].last, wanted[0].closed = answer, LineKind.ANSWER, True
            self._answered = wanted[0]
            return
        message = N_("There is no unanswered question %(number)s for this answer.")
        place, params = Place(row=row), {"number": number}
        self.findings.append(
            Finding(place=place, message=message, params=params, level=Level.WARNING)
        )
