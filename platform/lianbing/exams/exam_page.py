"""What the exam page is given: everybody's part early, the candidate's own at entry."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lianbing.banks.rules import Answer
from lianbing.exams.attempt_tokens import Seat
from lianbing.kernel.clock import utc_now
from lianbing.papers.queries import CopyKey
from lianbing.papers.rules import FrozenPaper, form_order

SEAT_COOKIE = "seat"
"""Lets a reload find the seat this browser took; only the server reads it."""
SEAT_COOKIE_PATH = "/exams"


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """A candidate's side of a sitting; ``ask``: the page is to ask for the state at once."""

    seat: Seat
    token: str
    order_seed: int
    shuffle_questions: bool
    shuffle_options: bool
    due_at: datetime
    larger_text: bool
    answers: dict[int, Answer]
    next_seq: int
    ask: bool


def own_data(own: Own, paper: FrozenPaper, copy: CopyKey) -> dict[str, Any]:
    """The candidate's own part, JSON-ready: order, deadline, token, and what opens the paper."""
    order = form_order(
        paper,
        seed=own.order_seed,
        shuffle_questions=own.shuffle_questions,
        shuffle_options=own.shuffle_options,
    )
    return {
        "attempt": {"id": own.seat.attempt_id},
        "token": own.token,
        "device": own.seat.device,
        "paper_url": f"/api/exams/paper/{paper.content_hash}",
        "sealed": {
            "url": f"/papers/sealed/{copy.name}",
            "content_key": base64.b64encode(copy.key).decode(),
            "hash": copy.content_hash,
        },
        "order": order.questions,
        "letters": {str(number): letters for number, letters in order.letters.items()},
        "part_letters": {str(number): parts for number, parts in order.part_letters.items()},
        "answers": {str(number): answer for number, answer in own.answers.items()},
        "next_seq": own.next_seq,
        "due_at": own.due_at.isoformat(),
        "server_now": utc_now().isoformat(),
        "larger_text": own.larger_text,
        "ask": own.ask,
    }
