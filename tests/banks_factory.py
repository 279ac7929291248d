"""Small banks for tests: as values, as folders on disk, and loaded into a database."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from sqlalchemy import update

from lianbing.banks.bank_file import BankFile, QuestionEntry, SourceEntry
from lianbing.banks.models import Question
from lianbing.banks.review.rules import QuestionState
from lianbing.banks.rules import (
    PART_TYPES,
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
    QuestionType,
    QuestionUse,
    SourceKind,
    TextBlank,
    TruthKey,
)
from lianbing.banks.use_cases import LoadReport, load_bank
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId
from lianbing.subjects.rules import Importance, PointPlan, ScopePlan, SubjectKind, SubjectPlan

TYPES = PART_TYPES
"""What ``make_questions`` writes of everything; ``make_question`` writes every type."""
WITH_OPTIONS = (
    QuestionType.SINGLE_CHOICE,
    QuestionType.MULTIPLE_CHOICE,
    QuestionType.MATCHING,
    QuestionType.ORDERING,
)
SCOPES = ("A", "B")
POINTS = ("A01", "A02", "B01", "B02")
DIFFICULTIES = (Decimal("0.2"), Decimal("0.5"), Decimal("0.8"))


def make_key(kind: QuestionType) -> Key:
    """A right key for the question that ``make_question`` writes."""
    match kind:
        case QuestionType.SINGLE_CHOICE:
            return ChoiceKey(letters=("B",))
        case QuestionType.MULTIPLE_CHOICE:
            return ChoiceKey(letters=("A", "C"))
        case QuestionType.TRUE_FALSE:
            return TruthKey(value=True)
        case QuestionType.FILL_BLANK:
            number = NumberBlank(number=Decimal(50), tolerance=Decimal("0.5"), unit="Hz")
            return BlanksKey(blanks=(TextBlank(accept=("接地", "保护接地")), number))
        case QuestionType.MATCHING:
            return MatchingKey(letters=("A", "B", "C"))
        case QuestionType.ORDERING:
            return OrderingKey(letters=("A", "B", "C", "D"))
        case QuestionType.SHORT_ANSWER:
            return ModelKey(text="断电、验电、接地、挂牌。")
        case QuestionType.CASE:
            parts = (QuestionType.SINGLE_CHOICE, QuestionType.FILL_BLANK, QuestionType.TRUE_FALSE)
            keys = tuple(make_key(part) for part in parts)
            return CaseKey(keys=keys)  # type: ignore[arg-type]


def make_question(
    code: str,
    *,
    kind: QuestionType = QuestionType.SINGLE_CHOICE,
    point: str = "A01",
    use: QuestionUse = QuestionUse.BOTH,
    difficulty: Decimal = Decimal("0.5"),
    stem: str = "",
) -> QuestionEntry:
    """A question whose texts all carry its code."""
    blanks = "填{{1}}与{{2}}" if kind is QuestionType.FILL_BLANK else ""
    options: tuple[Option, ...] = ()
    if kind in WITH_OPTIONS:
        options = tuple(Option(letter=letter, text=f"{code} 之 {letter}") for letter in "ABCD")
    prompts = ("甲", "乙", "丙") if kind is QuestionType.MATCHING else ()
    return QuestionEntry(
        code=code,
        point_code=point,
        grade=None,
        type=kind,
        use=use,
        difficulty=difficulty,
        stem=stem or f"题干 {code} {blanks}",
        options=options,
        key=make_key(kind),
        explanation=f"解析 {code}",
        source_code="law",
        clause="第一条",
        prompts=prompts,
        parts=make_parts(code) if kind is QuestionType.CASE else (),
    )


def make_parts(code: str) -> tuple[CasePart, ...]:
    """A single choice of weight 2, a fill-in and a statement, as ``make_key`` solves them."""
    options = tuple(Option(letter=letter, text=f"{code} 甲 {letter}") for letter in "ABCD")
    return (
        CasePart(type=QuestionType.SINGLE_CHOICE, stem=f"{code} 问一", options=options, weight=2),
        CasePart(type=QuestionType.FILL_BLANK, stem=f"{code} 问二{{{{1}}}}、{{{{2}}}}"),
        CasePart(type=QuestionType.TRUE_FALSE, stem=f"{code} 问三"),
    )


def make_questions(each: int = 3, *, use: QuestionUse = QuestionUse.BOTH) -> list[QuestionEntry]:
    """``each`` questions for every simple type, point and difficulty band: 48 at one each."""
    return [
        make_question(
            f"{point}-{kind.value[:2]}{band}{number}",
            kind=kind,
            point=point,
            use=use,
            difficulty=difficulty,
        )
        for point in POINTS
        for kind in TYPES
        for band, difficulty in enumerate(DIFFICULTIES)
        for number in range(each)
    ]


def make_bank(
    questions: Sequence[QuestionEntry] | None = None, *, code: str = "small", title: str = "小题库"
) -> BankFile:
    """A theme's bank of two scopes with two points each."""
    scopes = tuple(
        ScopePlan(
            code=scope,
            title=f"范围{scope}",
            weight=Decimal(50),
            points=tuple(
                PointPlan(code=point, title=f"要点{point}", importance=Importance.X)
                for point in POINTS
                if point.startswith(scope)
            ),
        )
        for scope in SCOPES
    )
    source = SourceEntry(code="law", title="安全生产法", edition="2021 年修正", kind=SourceKind.LAW)
    return BankFile(
        code=code,
        title=title,
        title_en="Small bank",
        subject=SubjectPlan(kind=SubjectKind.THEME, code="safety", title="安全", title_en="Safety"),
        language="zh_CN",
        licence="CC-BY-4.0",
        sources=(source,),
        scopes=scopes,
        questions=tuple(make_questions() if questions is None else questions),
    )


def load(bank: BankFile, organisation_id: int, *, actor: Actor = SYSTEM) -> LoadReport:
    """Load a bank in a transaction of its own."""
    with transaction() as session:
        return load_bank(
            session, actor, bank, organisation_id=OrganisationId(organisation_id), now=utc_now()
        )


def approve_all(bank_id: int) -> None:
    """Bring every newest version of a bank into use, as if its reviewers had approved it."""
    with transaction() as session:
        session.execute(
            update(Question)
            .where(Question.bank_id == bank_id)
            .values(current_number=Question.newest_number, state=QuestionState.APPROVED.value)
        )


def with_question(bank: BankFile, code: str, **changes: object) -> BankFile:
    """The bank with one question changed."""
    questions = tuple(
        replace(entry, **changes) if entry.code == code else entry for entry in bank.questions
    )
    return bank.with_questions(questions)


BANK_YAML = """\
format: lianbing-bank/1
code: tiny
title: {zh_CN: 小小题库, en: Tiny bank}
subject:
  kind: occupation
  edition: "2022"
  code: 6-31-01-03
  grades: [junior, intermediate]
language: zh_CN
licence: CC-BY-4.0
sources:
  - id: ohm
    title: 欧姆定律
    edition: 通用
    kind: physics
    valid_from: 2012-06-01
scopes:
  - code: A
    title: 基础
    weight: 60
    points:
      - {code: A01, title: 电阻, importance: X}
  - code: B
    title: 安全
    weight: 40
    scopes:
      - code: B1
        title: 接地
        weight: 40
        points:
          - {code: B101, title: 保护接地, importance: Y}
"""

QUESTIONS_YAML = """\
- id: A01-001
  point: A01
  grade: junior
  type: single_choice
  use: both
  difficulty: 0.30
  stem: 两只 10 欧电阻并联，等效电阻为
  options:
    A: 20 欧
    B: 10 欧
    C: 5 欧
    D: 2.5 欧
  key: C
  explanation: 两等值电阻并联，等效电阻为其一半。
  source: {id: ohm, clause: 并联电阻}
- id: A01-002
  point: A01
  grade: intermediate
  type: multiple_choice
  use: exam
  difficulty: 0.5
  stem: 下列属于导体的有
  options:
    A: 铜
    B: 橡胶
    C: 铝
  key: AC
  explanation: 铜与铝是金属导体。
  source: {id: ohm, clause: 导体}
- id: B101-001
  point: B101
  grade: junior
  type: true_false
  use: practice
  difficulty: 0.1
  stem: 金属外壳应当接地。
  key: true
  explanation: 保护接地的要求。
  source: {id: ohm, clause: 接地}
- id: B101-002
  point: B101
  grade: junior
  type: fill_blank
  use: both
  difficulty: 0.7
  stem: 工频为{{1}}Hz，外壳接{{2}}。
  blanks:
    - {number: "50", tolerance: "0.5", unit: Hz}
    - {accept: [地, 大地]}
  explanation: 我国工频 50 Hz。
  source: {id: ohm, clause: 工频}
"""


def write_bank(
    parent: Path, *, bank: str = BANK_YAML, questions: str = QUESTIONS_YAML, name: str = "tiny"
) -> Path:
    """A bank folder on disk: the texts above, or others."""
    folder = parent / name
    (folder / "questions").mkdir(parents=True, exist_ok=True)
    (folder / "bank.yaml").write_text(bank, encoding="utf-8")
    (folder / "questions" / "all.yaml").write_text(questions, encoding="utf-8")
    return folder
