"""Reads a bank folder: files in, a checked ``BankFile`` or every problem with its line out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from lianbing.banks.bank_fields import Fields
from lianbing.banks.bank_file import (
    FORMAT,
    BankFile,
    Place,
    QuestionEntry,
    SourceEntry,
    all_points,
    all_scopes,
)
from lianbing.banks.checks import Known, duplicate_stems, question_problems, scope_problems
from lianbing.banks.marked_yaml import FileProblem, MarkedDocument, Unreadable, read_marked
from lianbing.banks.picture_reader import PictureReader
from lianbing.banks.question_reader import read_question
from lianbing.banks.rules import SourceKind
from lianbing.subjects.rules import (
    Importance,
    PointPlan,
    ScopePlan,
    SkillGrade,
    SubjectKind,
    SubjectPlan,
)

BANK_FILE = "bank.yaml"
MOST_FILES = 200
MOST_QUESTIONS = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class BankRead:
    """``bank`` is None as soon as there is one problem."""

    bank: BankFile | None
    problems: tuple[FileProblem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Placed:
    """A question and where it stands."""

    entry: QuestionEntry
    fields: Fields


def read_bank(folder: Path) -> BankRead:
    """Read and check one bank folder; problems name files by the folder's name, in file order."""
    problems: list[FileProblem] = []
    head = _document(folder, folder / BANK_FILE, problems)
    if head is None:
        return BankRead(bank=None, problems=tuple(problems))
    if not isinstance(head.value, dict):
        refusal = FileProblem(file=head.file, line=1, message="must be a map of fields")
        return BankRead(bank=None, problems=(*problems, refusal))
    top = Fields(document=head, path=(), problems=problems)
    bank = _read_head(top, folder.name)
    pictures = PictureReader(folder)
    placed = list(_read_questions(folder, pictures, problems))
    bank = replace(bank, pictures=pictures.pictures)
    _check_questions(placed, bank, problems)
    if not placed and not problems:
        top.refuse("the bank has no readable question; add questions/*.yaml")
    if problems:
        return BankRead(bank=None, problems=tuple(problems))
    questions = tuple(one.entry for one in placed)
    return BankRead(bank=bank.with_questions(questions), problems=())


def _document(folder: Path, path: Path, problems: list[FileProblem]) -> MarkedDocument | None:
    name = f"{folder.name}/{path.relative_to(folder)}"
    if not path.is_file():
        message = "there is no such file; see question_banks/README.md for a bank's layout"
        problems.append(FileProblem(file=name, line=1, message=message))
        return None
    try:
        return read_marked(path, name)
    except Unreadable as refusal:
        problems.append(refusal.problem)
        return None


def _read_head(top: Fields, folder_name: str) -> BankFile:
    top.only("format", "code", "title", "subject", "language", "licence", "sources", "scopes")
    if top.text("format") not in ("", FORMAT):
        top.refuse(f"the format must be {FORMAT}", "format")
    code = top.text("code", longest=80)
    if code and code != folder_name:
        top.refuse(f"the code is {code!r}, the folder {folder_name!r}; make them equal", "code")
    if code and not all(sign.isdigit() or "a" <= sign <= "z" or sign == "-" for sign in code):
        top.refuse("a bank's code is lower-case letters, digits and -", "code")
    title, title_en = _read_titles(top, "title")
    bank = BankFile(
        code=code,
        title=title,
        title_en=title_en,
        subject=_read_subject(top),
        language=top.text("language", longest=10),
        licence=top.text("licence", longest=60),
        sources=tuple(_read_sources(top)),
        scopes=tuple(_read_scopes(top)),
        questions=(),
    )
    for problem in scope_problems(bank.scopes):
        top.refuse(str(problem), *problem.path)
    _refuse_repeated_codes(top, bank)
    return bank


def _read_titles(top: Fields, name: str) -> tuple[str, str]:
    titles = top.within(name)
    if titles is None:
        return "", ""
    titles.only("zh_CN", "en")
    return titles.text("zh_CN", longest=200), titles.text("en", longest=200)


def _read_subject(top: Fields) -> SubjectPlan:
    fields = top.within("subject")
    kind = fields.choice("kind", SubjectKind) if fields else None
    if fields is None or kind is None:
        return SubjectPlan(kind=SubjectKind.THEME, code="")
    if kind is not SubjectKind.OCCUPATION:
        fields.only("kind", "code", "name")
        title, title_en = _read_titles(fields, "name")
        code = fields.text("code", longest=80)
        return SubjectPlan(kind=kind, code=code, title=title, title_en=title_en)
    fields.only("kind", "edition", "code", "grades")
    known = {grade.value: grade for grade in SkillGrade}
    grades: list[SkillGrade] = []
    for index, name in enumerate(fields.texts("grades")):
        if name in known and known[name] not in grades:
            grades.append(known[name])
        else:
            choices = ", ".join(known)
            fields.refuse(f"{name!r}: name each grade once, of {choices}", "grades", index)
    if not grades:
        fields.refuse("an occupation's bank names at least one grade", "grades")
    return SubjectPlan(
        kind=kind,
        code=fields.text("code", longest=16),
        edition=fields.text("edition", longest=8),
        grades=tuple(sorted(grades, key=lambda grade: grade.rank)),
    )


def _read_sources(top: Fields) -> Iterator[SourceEntry]:
    for fields in top.entries("sources"):
        fields.only("id", "title", "edition", "kind", "valid_from")
        yield SourceEntry(
            code=fields.text("id", longest=80),
            title=fields.text("title", longest=300),
            edition=fields.text("edition", longest=200),
            kind=fields.choice("kind", SourceKind) or SourceKind.STANDARD,
            valid_from=fields.day("valid_from"),
        )


def _read_scopes(parent: Fields) -> Iterator[ScopePlan]:
    for fields in parent.entries("scopes"):
        fields.only("code", "title", "weight", "scopes", "points")
        yield ScopePlan(
            code=fields.text("code", longest=20),
            title=fields.text("title", longest=200),
            weight=fields.number("weight") or Decimal(0),
            scopes=tuple(_read_scopes(fields)) if fields.has("scopes") else (),
            points=tuple(_read_points(fields)) if fields.has("points") else (),
        )


def _read_points(scope: Fields) -> Iterator[PointPlan]:
    for fields in scope.entries("points"):
        fields.only("code", "title", "importance")
        yield PointPlan(
            code=fields.text("code", longest=20),
            title=fields.text("title", longest=200),
            importance=fields.choice("importance", Importance) or Importance.Y,
        )


def _refuse_repeated_codes(top: Fields, bank: BankFile) -> None:
    sources = [(("sources", index, "id"), entry.code) for index, entry in enumerate(bank.sources)]
    scopes = [((*path, "code"), scope.code) for path, scope in all_scopes(bank.scopes)]
    points = [((*path, "code"), point.code) for path, point in all_points(bank.scopes)]
    for what, found in (("source id", sources), ("scope code", scopes), ("point code", points)):
        _refuse_repeats(top, found, what)


def _refuse_repeats(top: Fields, found: Sequence[tuple[Place, str]], what: str) -> None:
    first: set[str] = set()
    for path, code in found:
        if code and code in first:
            top.refuse(f"{what} {code!r} is used twice; give each its own", *path)
        first.add(code)


def _read_questions(
    folder: Path, pictures: PictureReader, problems: list[FileProblem]
) -> Iterator[_Placed]:
    paths = sorted((folder / "questions").glob("*.yaml"))
    if len(paths) > MOST_FILES:
        message = f"more than {MOST_FILES} question files; join some"
        problems.append(FileProblem(file=f"{folder.name}/questions", line=1, message=message))
        return
    for path in paths:
        document = _document(folder, path, problems)
        if document is None:
            continue
        if not isinstance(document.value, list):
            message = "must be a list of questions, each starting with '- id:'"
            problems.append(FileProblem(file=document.file, line=1, message=message))
            continue
        for index, value in enumerate(document.value):
            fields = Fields(document=document, path=(index,), problems=problems)
            if not isinstance(value, dict):
                fields.refuse("a question must be a map of fields")
                continue
            entry = read_question(fields, pictures)
            if entry is not None:
                yield _Placed(entry=entry, fields=fields)


def _check_questions(
    placed: Sequence[_Placed], bank: BankFile, problems: list[FileProblem]
) -> None:
    known = Known(
        points={point.code for _path, point in all_points(bank.scopes)},
        sources={source.code for source in bank.sources},
        grades=bank.subject.grades,
        pictures={picture.name for picture in bank.pictures},
    )
    seen: dict[str, _Placed] = {}
    for one in placed:
        for problem in question_problems(one.entry, known):
            one.fields.refuse(str(problem), *problem.path)
        earlier = seen.setdefault(one.entry.code, one)
        if earlier is not one:
            one.fields.refuse(f"id {one.entry.code!r} stands at {_place(earlier)} too", "id")
    for later, first in duplicate_stems([one.entry for one in placed]):
        message = f"the stem asks the same as {placed[first].entry.code} at {_place(placed[first])}"
        placed[later].fields.refuse(f"{message}; change or drop one", "stem")
    if len(placed) > MOST_QUESTIONS:
        placed[-1].fields.refuse(f"more than {MOST_QUESTIONS} questions; split the bank")


def _place(placed: _Placed) -> str:
    document = placed.fields.document
    return f"{document.file}:{document.line_of(placed.fields.path)}"
