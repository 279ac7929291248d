"""``kill -9`` of the server in mid-exam, then a restart: every acknowledged answer is there.

Candidates save as fast as they can over real HTTP while the power is cut; what the server
acknowledged before is then looked for in the database, and the exam goes on.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from flask import Flask
from sqlalchemy import select
from tests.browser.serving import Served
from tests.exams_factory import enter, make_exam_world, token_of

from lianbing.exams.models import AnswerEntry
from lianbing.infra.database import db

CANDIDATES = 8
ENOUGH = 400
PATIENCE = 60.0

Acknowledged = dict[tuple[int, int], str]


def call(served: Served, token: str, path: str, body: object) -> dict[str, Any]:
    request = Request(
        f"{served.url}/api/exams/{path}",
        data=json.dumps(body).encode(),
        headers={"X-Attempt-Token": token, "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=20) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def answer_until_cut(
    served: Served, attempt_id: int, token: str, kept: Acknowledged, enough: threading.Event
) -> None:
    for seq in range(1, 100_000):
        letter = "ABCD"[seq % 4]
        entry = {"seq": seq, "question": seq % 4 + 1, "answer": letter, "at": ""}
        try:
            saved = call(served, token, "save", {"entries": [entry]})
        except (HTTPError, URLError, HTTPException, OSError):
            return
        assert saved["results"] == [{"seq": seq, "outcome": "counted"}]
        kept[attempt_id, seq] = letter
        if len(kept) >= ENOUGH:
            enough.set()


def test_every_acknowledged_answer_survives_the_power_cut(served: Served, app: Flask) -> None:
    world = make_exam_world(db.session(), candidates=CANDIDATES)
    seats = [enter(world, index) for index in range(CANDIDATES)]
    tokens = {seat.attempt_id: token_of(app, seat) for seat in seats}
    kept: Acknowledged = {}
    enough = threading.Event()
    with ThreadPoolExecutor(CANDIDATES) as pool:
        work = [
            pool.submit(answer_until_cut, served, attempt_id, token, kept, enough)
            for attempt_id, token in tokens.items()
        ]
        assert enough.wait(PATIENCE)
        served.kill()
        for future in work:
            future.result(PATIENCE)
    served.start()
    db.session.rollback()
    rows = db.session.execute(
        select(AnswerEntry.attempt_id, AnswerEntry.seq, AnswerEntry.answer).where(
            AnswerEntry.attempt_id.in_(tokens)
        )
    )
    stored = {(row.attempt_id, row.seq): json.loads(row.answer) for row in rows}
    assert len(kept) >= ENOUGH
    assert {key: stored.get(key) for key in kept} == kept
    for attempt_id, token in tokens.items():
        last = max(seq for attempt, seq in stored if attempt == attempt_id)
        more = {"seq": last + 1, "question": 1, "answer": "D", "at": ""}
        ended = call(served, token, "hand-in", {"entries": [more]})
        assert ended["state"] == "handed_in"
