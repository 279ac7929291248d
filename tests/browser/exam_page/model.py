"""The pretended server's memory: one sitting, its paper, its journal, and the fault switched on."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What may go wrong between page and server."""

    NONE = "none"
    BUSY = "busy"  # 503
    DROPPED = "dropped"  # stored, but the answer never arrives
    HELD = "held"  # answered only once the test releases it
    PORTAL = "portal"  # a captive portal's page instead of the server
    TOKEN_REFUSED = "token_refused"
    SILENT = "silent"  # 200, but not a word on what became of the entries
    MALFORMED = "malformed"  # 400 for any batch that holds the poisoned question


QUESTIONS: list[dict[str, Any]] = [
    {
        "number": 1,
        "type": "single_choice",
        "marks": "2",
        "stem": "检修前验电，最先应当做什么？",
        "options": {
            "A": "在有电处试验验电器",
            "B": "直接接触导体",
            "C": "先挂接地线",
            "D": "<b>闭合</b>开关 & 观察",
        },
    },
    {
        "number": 2,
        "type": "multiple_choice",
        "marks": "3",
        "stem": "下列哪些属于安全用具？",
        "options": {"A": "绝缘手套", "B": "验电器", "C": "扳手", "D": "绝缘靴"},
    },
    {"number": 3, "type": "true_false", "marks": "1", "stem": "停电后即可不经验电直接工作。"},
    {
        "number": 4,
        "type": "fill_blank",
        "marks": "4",
        "stem": "对称三相四线制中，线电压 380 V 时相电压约为 {{1}} V，频率为 {{2}} Hz。",
        "blanks": 2,
    },
    {
        "number": 5,
        "type": "single_choice",
        "marks": "2",
        "stem": "保护接地的作用是什么？",
        "options": {"A": "降低触电危险", "B": "提高功率因数", "C": "稳定频率"},
    },
]

COMPOSED: list[dict[str, Any]] = [
    {
        "number": 1,
        "type": "matching",
        "marks": "6",
        "stem": "把安全色与含义连起来。",
        "prompts": ["红色", "黄色"],
        "options": {"A": "警告", "B": "禁止", "C": "指令 <b>"},
    },
    {
        "number": 2,
        "type": "ordering",
        "marks": "4",
        "stem": "排列停电检修的步骤。",
        "options": {"A": "验电", "B": "断电", "C": "接地"},
    },
    {"number": 3, "type": "short_answer", "marks": "5", "stem": "简述触电急救的第一步。"},
    {
        "number": 4,
        "type": "case",
        "marks": "8",
        "stem": "某车间检修时，一名电工触电倒地。",
        "parts": [
            {
                "marks": "4",
                "type": "single_choice",
                "stem": "首先应当",
                "options": {"A": "断电", "B": "拉人", "C": "呼救"},
            },
            {"marks": "2", "type": "true_false", "stem": "可以直接用手拉开。"},
            {"marks": "2", "type": "fill_blank", "stem": "检修前先 {{1}}。", "blanks": 1},
        ],
    },
]
"""A paper of the types that consist of several things."""


_numbers = itertools.count(1)


@dataclass
class FakeExam:
    """One sitting as the pretended server knows it.

    Its number is part of each token: what a page of an earlier test hands the browser as it
    closes may arrive late, and must not reach this test's exam.
    """

    number: int = field(default_factory=lambda: next(_numbers))

    due_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=45))
    grace: timedelta = timedelta(seconds=30)
    questions: list[dict[str, Any]] = field(default_factory=lambda: QUESTIONS)
    part_letters: dict[str, list[list[str]]] = field(default_factory=dict)
    order: list[int] = field(default_factory=lambda: [1, 2, 3, 4, 5])
    letters: dict[str, list[str]] = field(
        default_factory=lambda: {
            "1": ["B", "A", "D", "C"],
            "2": ["A", "B", "C", "D"],
            "5": ["C", "A", "B"],
        }
    )
    state: str = "open"
    news: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    watched: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    warning: str = ""
    device: int = 1
    current_device: int = 1
    fault: Fault = Fault.NONE
    poisoned: int = 0
    refused: set[int] = field(default_factory=set)
    entries: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    order_stored: list[tuple[int, int]] = field(default_factory=list)
    repeats: int = 0
    conflicts: int = 0
    calls: list[str] = field(default_factory=list)
    hand_ins: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    served_now: int = 0
    most_served_at_once: int = 0

    @contextmanager
    def being_served(self, kind: str) -> Iterator[None]:
        """Note a request and how many are served at once."""
        with self.lock:
            self.calls.append(kind)
            self.served_now += 1
            self.most_served_at_once = max(self.most_served_at_once, self.served_now)
        try:
            yield
        finally:
            with self.lock:
                self.served_now -= 1

    def token(self) -> str:
        """The newest device's."""
        return f"token-{self.number}-{self.device}"

    def take_over(self) -> None:
        """Enter on one more device: the older one is put out."""
        with self.lock:
            self.calls.append("enter")
            self.device += 1
            self.current_device = self.device

    def answers(self) -> dict[str, Any]:
        """What counts: the last counted entry of each question."""
        found: dict[str, Any] = {}
        for key in self.order_stored:
            entry = self.entries[key]
            if entry["outcome"] == "counted":
                found[str(entry["question"])] = entry["answer"]
        return {number: answer for number, answer in found.items() if answer is not None}

    def stored(self, question: int, *, device: int | None = None) -> list[Any]:
        """Every stored answer to a question in order."""
        return [
            self.entries[key]["answer"]
            for key in self.order_stored
            if self.entries[key]["question"] == question and device in (None, key[0])
        ]

    def bootstrap(self, base: str) -> dict[str, Any]:
        """The exam page's data for the newest device."""
        return {
            "exam": {"id": 1, "title": "电工（四级）理论考试", "total_marks": "12"},
            "attempt": {"id": 77},
            "token": self.token(),
            "device": self.device,
            "paper_url": f"{base}/api/paper",
            "save_url": f"{base}/api/save",
            "hand_in_url": f"{base}/api/hand-in",
            "state_url": f"{base}/api/state",
            "break_url": f"{base}/api/break",
            "events_url": f"{base}/api/events",
            "conduct": {
                "report": self.watched,
                "full_screen": False,
                "words": {"wanted": "", "enter": "", "read": "知道了"},
            },
            "result_url": f"{base}/result",
            "order": self.order,
            "letters": self.letters,
            "part_letters": self.part_letters,
            "answers": self.answers(),
            "next_seq": max((seq for dev, seq in self.entries if dev == self.device), default=0)
            + 1,
            "due_at": self.due_at.isoformat(),
            "server_now": datetime.now(UTC).isoformat(),
            "grace_seconds": int(self.grace.total_seconds()),
            "person_name": "李师傅",
        }

    def take(self, device: int, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Store entries as the contract says; what each is worth."""
        if self.fault is Fault.SILENT:
            return []
        return [self._take_one(device, entry) for entry in entries]

    def _take_one(self, device: int, entry: dict[str, Any]) -> dict[str, Any]:
        seq, question = entry["seq"], entry["question"]
        if question in self.refused:
            message = "本题不在您的试卷中。"
            return {"seq": seq, "outcome": "refused", "code": "unknown", "message": message}
        known = self.entries.get((device, seq))
        if known is not None:
            if (known["question"], known["answer"]) != (question, entry["answer"]):
                self.conflicts += 1
                return {"seq": seq, "outcome": "refused", "code": "other_content"}
            self.repeats += 1
            return {"seq": seq, "outcome": known["outcome"]}
        outcome = self._worth(device)
        self.entries[device, seq] = {**entry, "outcome": outcome}
        self.order_stored.append((device, seq))
        return {"seq": seq, "outcome": outcome}

    def _worth(self, device: int) -> str:
        if self.state != "open":
            return "after_hand_in"
        if device != self.current_device:
            return "superseded"
        return "counted" if datetime.now(UTC) <= self.due_at + self.grace else "late"

    def reply(self, device: int, results: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "server_now": datetime.now(UTC).isoformat(),
            "due_at": self.due_at.isoformat(),
            "state": self.state,
            "device_current": device == self.current_device,
            "news": self.news,
            "results": results,
        }

    def tell(self, **told: Any) -> None:
        """Let the page hear of something at its next save."""
        self.told.update(told)
        self.news += 1

    def rest(self, minutes: float) -> None:
        """Begin a break of so many minutes, or end it with none."""
        ends_at = datetime.now(UTC) + timedelta(minutes=minutes)
        rest = {"left_seconds": 0 if minutes else 300, "ends_at": minutes and ends_at.isoformat()}
        self.tell(**{"break": rest})
