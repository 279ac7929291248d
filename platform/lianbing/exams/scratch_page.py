"""What the exam page is told of a sitting outside the journal, in its own words and shapes."""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext

from lianbing.exams.journal import Entry
from lianbing.exams.scratch import Standing
from lianbing.kernel.clock import utc_now
from lianbing.papers.rules import FormOrder
from lianbing.web.access import current_actor


def standing_body(standing: Standing, *, device: int) -> dict[str, Any]:
    """What every answer of its API says."""
    return {
        "server_now": utc_now().isoformat(),
        "due_at": standing.due_at.isoformat(),
        "state": standing.state.value,
        "device_current": standing.number == device,
        "news": 0,
    }


def save_results(entries: Collection[Entry], refused: Mapping[int, str]) -> list[dict[str, Any]]:
    """What became of each entry, by its sequence number."""
    results = [{"seq": entry.seq, "outcome": "counted"} for entry in entries]
    words = gettext("The answer does not fit the question. Answer it again.")
    results += [{"seq": seq, "outcome": "refused", "message": words} for seq in refused]
    return sorted(results, key=lambda result: result["seq"])


def scratch_data(standing: Standing, order: FormOrder, *, grace_seconds: int) -> dict[str, Any]:
    """What the page is told of any such sitting: no answer files, breaks or rules of conduct."""
    return {
        "device": standing.number,
        "answer_key": "",
        "sealed": None,
        "order": order.questions,
        "letters": {str(number): own for number, own in order.letters.items()},
        "part_letters": {str(number): own for number, own in order.part_letters.items()},
        "answers": {str(number): answer for number, answer in standing.answers.items()},
        "next_seq": standing.next_seq,
        "due_at": standing.due_at.isoformat(),
        "server_now": utc_now().isoformat(),
        "grace_seconds": grace_seconds,
        "break_url": "",
        "larger_text": False,
        "events_url": "",
        "conduct": {"report": []},
        "person_name": current_actor().name,
    }
