"""The signed token of a drill's page: whose drill it is, and under which sign-in session.

It saves reading the session and the account at every answer; that the session is still alive is
asked once a batch.
"""

from dataclasses import dataclass
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeSerializer

from lianbing.kernel.ids import LoginSessionId, PersonId
from lianbing.practice.answering.errors import BadDrillToken

TOKENS_KEPT = 65_536


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillSeat:
    """Who answers which drill, signed in by which session.

    ``owner_id`` is the identity that the drill was begun under: a merged person has several.
    """

    drill_id: int
    owner_id: PersonId
    person_id: PersonId
    session_id: LoginSessionId


class DrillTokens:
    """Signs and reads drill tokens; the sign-in session decides how long one is good."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt="lianbing.practice.drill")
        self.read = lru_cache(TOKENS_KEPT)(self._read)
        """The seat again; BadDrillToken when it was not issued here."""

    def issue(self, seat: DrillSeat) -> str:
        """The token as URL-safe text."""
        content = [seat.drill_id, seat.owner_id, seat.person_id, seat.session_id]
        return str(self._serializer.dumps(content))

    def _read(self, token: str) -> DrillSeat:
        try:
            drill_id, owner_id, person_id, session_id = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise BadDrillToken from error
        return DrillSeat(
            drill_id=drill_id,
            owner_id=PersonId(owner_id),
            person_id=PersonId(person_id),
            session_id=LoginSessionId(session_id),
        )
