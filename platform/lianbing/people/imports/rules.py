"""Rules of the list of people: which row names the columns, what each cell may say.

Everything here is pure: cells in, lines and problems out. A problem names row, column and
what to do; a list with any problem stores nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from lianbing.kernel.errors import N_, DomainError
from lianbing.kernel.grades import SkillGrade
from lianbing.people.imports.columns import (
    BY_HEADING,
    EMPLOYMENT_WORDS,
    GRADE_WORDS,
    HEADERS,
    SEX_WORDS,
    YES_NO_WORDS,
    Column,
    plain,
)
from lianbing.people.imports.errors import NoHeader, NoRows, SameColumnTwice
from lianbing.people.persons.rules import (
    EmploymentForm,
    Sex,
    clean_id_number,
    clean_phone,
    read_id_number,
)

HEADER_WITHIN = 10
OCCUPATION_CODE = re.compile(r"\d-\d{2}-\d{2}-\d{2}")
DATE_PARTS = re.compile(r"(\d{4})\D+(\d{1,2})(?:\D+(\d{1,2}))?\D*")


class Problem(DomainError):
    """Why a cell is refused; its message goes into the list of problems."""

    code = "row_problem"

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(**params)
        self.text = message


@dataclass(frozen=True, kw_only=True, slots=True)
class RowProblem:
    """What is wrong where: the row as the spreadsheet numbers it, the column's own heading."""

    row: int
    column: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    """One person as listed, every cell understood."""

    row: int
    name: str
    phone: str
    id_number: str
    staff_number: str
    department: str
    team: str
    sex: Sex | None
    birth_year: int | None
    is_migrant: bool | None
    employment_form: EmploymentForm | None
    occupation_code: str | None
    post: str
    grade: SkillGrade | None
    grade_since: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A list understood as far as it can be; ``ignored`` headings are told, never silent."""

    lines: tuple[PersonLine, ...]
    problems: tuple[RowProblem, ...]
    headings: Mapping[Column, str]
    ignored: tuple[str, ...]


def read_list(table: Sequence[Sequence[str]], *, on: date) -> Reading:
    """Understand a whole table; raises NoHeader, SameColumnTwice, NoRows."""
    start, places, ignored = _find_header(table)
    headings = {column: table[start][place].strip() for column, place in places.items()}
    lines: list[PersonLine] = []
    problems: list[RowProblem] = []
    for number, cells in enumerate(table[start + 1 :], start=start + 2):
        texts = {
            column: cells[place].strip() if place < len(cells) else ""
            for column, place in places.items()
        }
        if not any(texts.values()):
            continue
        reader = _RowReader(number, texts, headings, on)
        line = reader.read()
        problems.extend(reader.problems)
        if line is not None:
            lines.append(line)
    if not lines and not problems:
        raise NoRows
    problems.extend(_repeated(lines, headings))
    return Reading(
        lines=tuple(lines),
        problems=tuple(sorted(problems, key=lambda problem: problem.row)),
        headings=headings,
        ignored=ignored,
    )


def _find_header(
    table: Sequence[Sequence[str]],
) -> tuple[int, dict[Column, int], tuple[str, ...]]:
    for index, cells in enumerate(table[:HEADER_WITHIN]):
        columns = [BY_HEADING.get(plain(cell)) for cell in cells]
        if Column.NAME not in columns:
            continue
        places: dict[Column, int] = {}
        for place, column in enumerate(columns):
            if column is None:
                continue
            if column in places:
                raise SameColumnTwice(first=cells[places[column]], second=cells[place])
            places[column] = place
        ignored = tuple(
            cell.strip()
            for cell, column in zip(cells, columns, strict=True)
            if column is None and cell.strip()
        )
        return index, places, ignored
    raise NoHeader


Value = TypeVar("Value")


class _RowReader:
    """Reads one row, gathering every problem in it rather than the first."""

    def __init__(
        self, row: int, texts: Mapping[Column, str], headings: Mapping[Column, str], on: date
    ) -> None:
        self.row = row
        self.texts = texts
        self.headings = headings
        self.on = on
        self.problems: list[RowProblem] = []

    def read(self) -> PersonLine | None:
        """The line, or None when the row has problems."""
        if not self.texts.get(Column.NAME):
            self._problem(Column.NAME, NAME_MISSING)
        phone = self._cell(Column.PHONE, clean_phone) or ""
        id_number = self._cell(Column.ID_NUMBER, self._id_number) or ""
        line = PersonLine(
            row=self.row,
            name=self._cell(Column.NAME, _name) or "",
            phone=phone,
            id_number=id_number,
            staff_number=self._cell(Column.STAFF_NUMBER, _short(32)) or "",
            department=self._cell(Column.DEPARTMENT, _short(120)) or "",
            team=self._cell(Column.TEAM, _short(120)) or "",
            sex=self._cell(Column.SEX, _word(SEX_WORDS)),
            birth_year=self._cell(Column.BIRTH_YEAR, self._birth_year),
            is_migrant=self._cell(Column.MIGRANT, _word(YES_NO_WORDS)),
            employment_form=self._cell(Column.EMPLOYMENT, _word(EMPLOYMENT_WORDS)),
            occupation_code=self._cell(Column.OCCUPATION, _occupation),
            post=self._cell(Column.POST, _short(60)) or "",
            grade=self._cell(Column.GRADE, _word(GRADE_WORDS)),
            grade_since=self._cell(Column.GRADE_SINCE, self._past_date),
        )
        if not self.texts.get(Column.PHONE) and not self.texts.get(Column.ID_NUMBER):
            self._problem(Column.PHONE, NUMBER_MISSING)
        if id_number:
            self._compare_with(id_number, line)
        return None if self.problems else line

    def _cell(self, column: Column, understand: Callable[[str], Value]) -> Value | None:
        text = self.texts.get(column, "")
        if not text:
            return None
        try:
            return understand(text)
        except Problem as problem:
            self._problem(column, problem.text, **problem.params)
        except DomainError as error:
            self._problem(column, error.message, **error.params)
        return None

    def _problem(self, column: Column, message: str, **params: object) -> None:
        heading = self.headings.get(column) or HEADERS[column][0]
        self.problems.append(
            RowProblem(row=self.row, column=heading, message=message, params=params)
        )

    def _compare_with(self, id_number: str, line: PersonLine) -> None:
        facts = read_id_number(id_number)
        if line.birth_year is not None and line.birth_year != facts.birth_date.year:
            self._problem(Column.BIRTH_YEAR, BIRTH_DIFFERS)
        if line.sex is not None and line.sex is not facts.sex:
            self._problem(Column.SEX, SEX_DIFFERS)

    def _id_number(self, text: str) -> str:
        if re.fullmatch(r"\d{15}0{3}|\d(\.\d+)?[eE]\+?17", text):
            raise Problem(LOST_DIGITS)
        return clean_id_number(text, on=self.on)

    def _birth_year(self, text: str) -> int:
        year = text[:4]
        if not year.isascii() or not year.isdigit() or not 1900 <= int(year) <= self.on.year - 14:
            raise Problem(BAD_BIRTH_YEAR)
        return int(year)

    def _past_date(self, text: str) -> date:
        parts = DATE_PARTS.fullmatch(unicodedata.normalize("NFKC", text))
        try:
            found = date(int(parts[1]), int(parts[2]), int(parts[3] or 1)) if parts else None
        except ValueError:
            found = None
        if found is None or found > self.on:
            raise Problem(BAD_DATE)
        return found


NAME_MISSING = N_("The name is missing. Write it as on the ID card.")
NUMBER_MISSING = N_("Give a phone number or an ID number.")
LOST_DIGITS = N_(
    "The spreadsheet has rounded this number. Format the column as text and type it again."
)
TOO_LONG = N_("Too long: at most %(most)s characters.")
UNKNOWN_WORD = N_("This word is not understood. Write one of: %(words)s.")
BAD_OCCUPATION = N_("An occupation code looks like 6-31-01-03.")
BAD_BIRTH_YEAR = N_("A birth year has four digits, such as 1990.")
BAD_DATE = N_("A date that is not in the future, such as 2022-06-01.")
BIRTH_DIFFERS = N_("The ID number says another birth year. Correct one of them.")
SEX_DIFFERS = N_("The ID number says otherwise. Correct one of them.")
REPEATED = N_("The same as in row %(other)s. One row a person.")


def _name(text: str) -> str:
    return _short(60)(re.sub(r"\s+", " ", text))


def _short(most: int) -> Callable[[str], str]:
    def understand(text: str) -> str:
        if len(text) > most:
            raise Problem(TOO_LONG, most=most)
        return text

    return understand


def _occupation(text: str) -> str:
    code = unicodedata.normalize("NFKC", text).replace("–", "-")
    if not OCCUPATION_CODE.fullmatch(code):
        raise Problem(BAD_OCCUPATION)
    return code


def _word(words: Mapping[str, Value]) -> Callable[[str], Value]:
    def understand(text: str) -> Value:
        known = words.get(plain(text))
        if known is None:
            first: dict[Value, str] = {}
            for word, meaning in words.items():
                first.setdefault(meaning, word)
            raise Problem(UNKNOWN_WORD, words="、".join(first.values()))
        return known

    return understand


def _repeated(lines: Sequence[PersonLine], headings: Mapping[Column, str]) -> list[RowProblem]:
    problems = []
    for column in (Column.PHONE, Column.ID_NUMBER, Column.STAFF_NUMBER):
        seen: dict[str, int] = {}
        for line in lines:
            value = getattr(line, column.value)
            if not value:
                continue
            if value in seen:
                problems.append(
                    RowProblem(
                        row=line.row,
                        column=headings[column],
                        message=REPEATED,
                        params={"other": seen[value]},
                    )
                )
            seen.setdefault(value, line.row)
    return problems
