"""A bank of any size for the parts to work on: made-up questions, spread over scopes and points."""

import random
from decimal import Decimal

from lianbing.banks.bank_file import BankFile, QuestionEntry, SourceEntry
from lianbing.banks.rules import (
    ChoiceKey,
    Key,
    Option,
    QuestionType,
    QuestionUse,
    SourceKind,
    TruthKey,
)
from lianbing.subjects.rules import Importance, PointPlan, ScopePlan, SubjectKind, SubjectPlan

SCOPES, POINTS_A_SCOPE = 5, 40
KINDS = (QuestionType.SINGLE_CHOICE, QuestionType.MULTIPLE_CHOICE, QuestionType.TRUE_FALSE)
KIND_WEIGHTS = (5, 2, 3)
SOURCE = "made-up"
SEED = 20261120


def scope_codes() -> list[str]:
    """The scopes, all of equal weight."""
    return [f"S{scope}" for scope in range(SCOPES)]


def made_up_bank(questions: int, *, code: str = "bench") -> BankFile:
    """The same bank for the same size."""
    rng = random.Random(SEED)
    return BankFile(
        code=code,
        title=f"{questions} 题的题库",
        title_en=f"Bank of {questions}",
        subject=SubjectPlan(kind=SubjectKind.THEME, code=code, title="量度", title_en="Measuring"),
        language="zh_CN",
        licence="CC-BY-4.0",
        sources=(SourceEntry(code=SOURCE, title="虚构", edition="通用", kind=SourceKind.PHYSICS),),
        scopes=tuple(_scope(scope) for scope in scope_codes()),
        questions=tuple(_question(number, rng) for number in range(questions)),
    )


def _scope(code: str) -> ScopePlan:
    points = (
        PointPlan(
            code=f"{code}{point:02d}", title=f"要点 {code}{point:02d}", importance=Importance.X
        )
        for point in range(POINTS_A_SCOPE)
    )
    weight = Decimal(100) / SCOPES
    return ScopePlan(code=code, title=f"范围 {code}", weight=weight, points=tuple(points))


def _question(number: int, rng: random.Random) -> QuestionEntry:
    kind = rng.choices(KINDS, KIND_WEIGHTS)[0]
    key: Key
    options: tuple[Option, ...] = ()
    if kind is QuestionType.TRUE_FALSE:
        key = TruthKey(value=rng.random() < 0.5)
    else:
        options = tuple(Option(letter=one, text=f"第 {number} 题的 {one} 项") for one in "ABCD")
        letters = rng.sample("ABCD", 1 if kind is QuestionType.SINGLE_CHOICE else 2)
        key = ChoiceKey(letters=tuple(sorted(letters)))
    return QuestionEntry(
        code=f"Q{number:06d}",
        point_code=f"{rng.choice(scope_codes())}{rng.randrange(POINTS_A_SCOPE):02d}",
        grade=None,
        type=kind,
        use=QuestionUse.BOTH,
        difficulty=Decimal(rng.randrange(100, 900)) / 1000,
        stem=f"第 {number} 号设备在 {rng.randrange(10_000)} 小时后应当怎样检查",
        options=options,
        key=key,
        explanation=f"第 {number} 题的解析",
        source_code=SOURCE,
        clause="",
    )
