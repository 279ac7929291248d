"""The empty exam page ahead of Flask: for a ticket, from memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianbing.exams.attempt_tokens import Tickets
from lianbing.exams.hot import Admit, HotAnswer
from lianbing.exams.shells import Shells, marked
from lianbing.infra.arrival import arrived_at
from lianbing.kernel.ids import PersonId

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/api/exams/shell/"
PACKED = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding, Cookie"))


@dataclass(frozen=True, kw_only=True)
class ShellRoute:
    """``GET /api/exams/shell/<exam>`` from the waiting room; the view draws what is not kept.

    The ticket is enough: it was given to this person with the lobby, and the page says no more of
    the exam than the lobby did.
    """

    tickets: Tickets
    shells: Shells
    admit: Admit
    mark_of: Callable[[PersonId], str]

    def __call__(self, environ: "WSGIEnvironment") -> HotAnswer | None:
        shown = environ.get("HTTP_X_EXAM_TICKET")
        if not shown or "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return None
        now = arrived_at(environ)
        ticket = self.tickets.read(shown, now=now)
        if environ["PATH_INFO"] != f"{PATH}{ticket.exam_id}":
            return None
        self.admit(ticket.exam_id, environ)
        page = self.shells.find(ticket.exam_id, ticket.look, now=now)
        if page is None:
            return None
        body = page.packed_round(marked(self.mark_of(ticket.person_ids[0])))
        return HotAnswer(body=body, content_type="text/html; charset=utf-8", headers=PACKED)
