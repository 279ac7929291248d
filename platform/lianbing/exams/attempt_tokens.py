"""Signed tokens: a waiting device's ticket of entry, and the seat that was taken with it.

Neither asks the database to be read. A ticket is good only while its sign-in session lives,
which the start's own batch looks up; a seat's token does not expire: its attempt decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeSerializer

from lianbing.exams.errors import BadTicket, BadToken
from lianbing.kernel.ids import AttemptId, ExamId, LoginSessionId, PaperId, PersonId

TOKENS_KEPT = 65_536
TICKET_LIFETIME = timedelta(hours=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """What a signed attempt token says: who sits where, on which device."""

    attempt_id: AttemptId
    exam_id: ExamId
    person_id: PersonId
    paper_id: PaperId
    device: int


class SeatTokens:
    """Signs and reads attempt tokens; they do not expire, the attempt's own state decides."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt="lianbing.exams.seat")
        self.read = lru_cache(TOKENS_KEPT)(self._read)
        """The seat again; BadToken when it was not issued here."""

    def issue(self, seat: Seat) -> str:
        """The token of a seat, URL-safe text."""
        return str(
            self._serializer.dumps(
                [seat.attempt_id, seat.exam_id, seat.person_id, seat.paper_id, seat.device]
            )
        )

    def _read(self, token: str) -> Seat:
        try:
            attempt_id, exam_id, person_id, paper_id, device = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise BadToken from error
        return Seat(
            attempt_id=AttemptId(attempt_id),
            exam_id=ExamId(exam_id),
            person_id=PersonId(person_id),
            paper_id=PaperId(paper_id),
            device=device,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """Who waits for which exam: a row of its roster, the person's identities, their session.

    ``look``: which of its empty pages is theirs, by language, light and size of text.
    """

    exam_id: ExamId
    candidate_id: int
    person_ids: tuple[PersonId, ...]
    session_id: LoginSessionId | None
    look: str


class Tickets:
    """Signs and reads the tickets that the waiting room hands out."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt="lianbing.exams.ticket")

    def issue(self, ticket: Ticket, *, now: datetime) -> str:
        """The ticket as URL-safe text, good for four hours."""
        until = int((now + TICKET_LIFETIME).timestamp())
        who = [ticket.exam_id, ticket.candidate_id, ticket.person_ids, ticket.session_id]
        return str(self._serializer.dumps([*who, ticket.look, until]))

    def read(self, text: str, *, now: datetime) -> Ticket:
        """The ticket again; BadTicket when it was not issued here or is too old."""
        try:
            exam_id, candidate_id, person_ids, session_id, look, until = self._serializer.loads(
                text
            )
        except (BadSignature, ValueError, TypeError) as error:
            raise BadTicket from error
        if now >= datetime.fromtimestamp(until, UTC):
            raise BadTicket
        return Ticket(
            exam_id=ExamId(exam_id),
            candidate_id=candidate_id,
            person_ids=_persons(person_ids),
            session_id=None if session_id is None else LoginSessionId(session_id),
            look=look,
        )


def _persons(ids: Sequence[int]) -> tuple[PersonId, ...]:
    return tuple(PersonId(id_) for id_ in ids)
