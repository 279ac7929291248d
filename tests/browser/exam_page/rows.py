"""Invented rows for the exam pages, in the shapes the templates are promised."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from lianbing.infra.paging import Page


@dataclass(frozen=True, kw_only=True)
class ExamRow:
    id: int = 1
    title: str = "青山市职工技能竞赛·电工（四级）理论考试"
    opens_at: datetime
    closes_at: datetime
    duration_minutes: int = 90
    total_marks: Decimal = Decimal(100)
    pass_mark: Decimal = Decimal(60)
    grace_seconds: int = 30
    questions: int = 100


@dataclass(frozen=True, kw_only=True)
class StandingRow:
    state: str
    attempt_due_at: datetime | None = None
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True)
class MyExamRow:
    exam: ExamRow
    standing: StandingRow


def _exam(opens_in: int = 600, title: str = ExamRow.title) -> ExamRow:
    opens_at = datetime.now(UTC) + timedelta(seconds=opens_in)
    return ExamRow(title=title, opens_at=opens_at, closes_at=opens_at + timedelta(hours=2))


def lobby_page(state: str, *, opens_in: int) -> dict[str, Any]:
    """The lobby's context; ``elsewhere`` is in progress on another device."""
    now = datetime.now(UTC)
    elsewhere = state == "elsewhere"
    standing = StandingRow(
        state="in_progress" if elsewhere else state,
        attempt_due_at=now + timedelta(minutes=40)
        if state in ("in_progress", "elsewhere")
        else None,
        elsewhere=elsewhere,
    )
    return {
        "exam": _exam(opens_in),
        "standing": standing,
        "ticket": "",
        "server_now": now.isoformat(),
        "candidate_name": "",
        "own_seat": "",
        "wants_seb": False,
    }


def mine_page(*, empty: bool) -> dict[str, Any]:
    """A page of exams in every state, or none."""
    states = ("in_progress", "open", "waiting", "handed_in", "closed", "missed", "cancelled")
    due = datetime.now(UTC) + timedelta(minutes=40)
    rows = [
        MyExamRow(
            exam=_exam(title=f"安康杯安全生产与职业健康知识竞赛 第 {number} 场"),
            standing=StandingRow(state=state, attempt_due_at=due),
        )
        for number, state in enumerate(states, start=1)
    ]
    return {"page": Page(rows=[] if empty else rows, number=1, total=0 if empty else len(rows))}


ITEMS = [
    {
        "number": 1,
        "type": "single_choice",
        "stem": "检修前验电，最先应当做什么？",
        "options": [("A", "直接接触导体"), ("B", "在有电处试验验电器"), ("C", "先挂接地线")],
        "my_answer_text": "B",
        "right_answer_text": "B",
        "marks": Decimal(2),
        "of": Decimal(2),
        "verdict": "right",
        "explanation": "验电前应先在有电设备上试验，确认验电器良好。",
        "source": "GB 26860 电力安全工作规程 2011 7.3.1",
    },
    {
        "number": 2,
        "type": "multiple_choice",
        "stem": "下列哪些属于安全用具？",
        "options": [("A", "绝缘手套"), ("B", "验电器"), ("C", "扳手"), ("D", "绝缘靴")],
        "my_answer_text": "AB",
        "right_answer_text": "ABD",
        "marks": Decimal("1.5"),
        "of": Decimal(3),
        "verdict": "partial",
        "explanation": "",
        "source": "",
    },
    {
        "number": 3,
        "type": "fill_blank",
        "stem": "线电压 380 V 时相电压约为 {{1}}。",
        "options": [],
        "my_answer_text": "",
        "right_answer_text": "220 V",
        "marks": Decimal(0),
        "of": Decimal(2),
        "verdict": "unanswered",
        "explanation": "相电压是线电压除以根号三。",
        "source": "",
    },
]


def result_page(kind: str) -> dict[str, Any]:
    """``waiting``, ``marks`` (released, unexplained) or ``review``."""
    result = {
        "state": "waiting" if kind == "waiting" else "released",
        "release_text": "组织方公布成绩名单后显示。" if kind == "waiting" else "",
        "marks": Decimal("92.5"),
        "total_marks": Decimal(100),
        "passed": True,
        "rank": 3,
        "seconds_used": 3725,
        "items": ITEMS if kind == "review" else [],
    }
    return {"exam": _exam(-7200), "result": result}
