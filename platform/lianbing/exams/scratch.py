"""Sittings outside the journal: the real exam page over a scratch pad that one row holds.

The trial sitting and the mock exam of practice are sat on the exam's own page, by its own
requests. Their answers lie in tables of their own, never in the journal, and their tokens are
salted apart, so none ever passes for an attempt's.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from itsdangerous import BadSignature, URLSafeSerializer

from lianbing.banks.rules import Answer
from lianbing.exams.errors import BadToken
from lianbing.exams.journal import Entry
from lianbing.exams.rules import AttemptState
from lianbing.kernel.ids import PersonId


class ScratchPad(Protocol):
    """The row of such a sitting; ``number`` counts the times its page was opened."""

    number: int
    due_at: datetime
    ended_at: datetime | None
    answers: str
    last_seq: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A sitting as its page must know it."""

    state: AttemptState
    due_at: datetime
    number: int
    answers: dict[int, Answer]
    next_seq: int

    @property
    def is_open(self) -> bool:
        return self.state is AttemptState.OPEN


def standing_of(pad: ScratchPad, *, now: datetime) -> Standing:
    """How a sitting stands: its time binds whether anybody closed it or not."""
    state = AttemptState.OPEN
    if pad.ended_at is not None:
        state = AttemptState.HANDED_IN
    elif now > pad.due_at:
        state = AttemptState.CLOSED
    return Standing(
        state=state,
        due_at=pad.due_at,
        number=pad.number,
        answers=answers_of(pad),
        next_seq=pad.last_seq + 1,
    )


def answers_of(pad: ScratchPad) -> dict[int, Answer]:
    """The answers by question number."""
    return {int(number): answer for number, answer in json.loads(pad.answers).items()}


def keep_answers(pad: ScratchPad, entries: Collection[Entry]) -> None:
    """Put answers on the pad; a later one takes the earlier one's place."""
    answers = json.loads(pad.answers)
    answers.update({str(entry.question): entry.answer for entry in entries})
    pad.answers = json.dumps(answers, ensure_ascii=False)
    pad.last_seq = max([pad.last_seq, *(entry.seq for entry in entries)])


class SeatSigner:
    """Signs and reads what a token of one kind of sitting says: a few numbers."""

    def __init__(self, secret: str, *, salt: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt=salt)

    def issue(self, *numbers: int) -> str:
        """The token, URL-safe text."""
        return str(self._serializer.dumps(list(numbers)))

    def read(self, token: str, *, count: int) -> tuple[int, ...]:
        """The numbers again; BadToken when they were not signed here or are not so many."""
        try:
            numbers = tuple(int(number) for number in self._serializer.loads(token))
        except (BadSignature, ValueError, TypeError) as error:
            raise BadToken from error
        if len(numbers) != count:
            raise BadToken
        return numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """What the token of a sitting with a number of its own says."""

    sitting_id: int
    person_id: PersonId
    number: int


class SeatTokens:
    """Signs and reads the tokens of one kind of such sittings."""

    def __init__(self, secret: str, *, salt: str) -> None:
        self._signer = SeatSigner(secret, salt=salt)

    def issue(self, seat: Seat) -> str:
        """The token of a seat, URL-safe text."""
        return self._signer.issue(seat.sitting_id, seat.person_id, seat.number)

    def read(self, token: str) -> Seat:
        """The seat again; BadToken when it was not issued here."""
        sitting_id, person_id, number = self._signer.read(token, count=3)
        return Seat(sitting_id=sitting_id, person_id=PersonId(person_id), number=number)
