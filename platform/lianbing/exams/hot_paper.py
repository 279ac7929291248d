"""Papers ahead of Flask: the sealed copy for anybody, the plain paper for a seat."""

import gzip
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lianbing.banks.pictures.queries import picture_source
from lianbing.exams.attempt_tokens import SeatTokens
from lianbing.exams.hot import Admit, HotAnswer
from lianbing.papers.queries import find_sealed_copy, get_frozen_paper
from lianbing.papers.rules import FrozenPaper, candidate_paper
from lianbing.web.static_files import FOR_GOOD

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

COPY_PATH = "/papers/sealed/"
PAPER_PATH = "/api/exams/paper/"
KEPT_BY_DEVICE = "private, max-age=31536000, immutable"
PAPERS_KEPT = 64


@dataclass(frozen=True, kw_only=True)
class CopyRoute:
    """``GET /papers/sealed/<name>``: the same bytes for everybody, from memory."""

    engine: Engine

    def __call__(self, environ: "WSGIEnvironment") -> HotAnswer | None:
        name = environ["PATH_INFO"].removeprefix(COPY_PATH)
        with Session(self.engine) as session:
            copy = find_sealed_copy(session, name)
        if copy is None:
            return None
        return HotAnswer(body=copy, content_type="application/octet-stream", caching=FOR_GOOD)


@dataclass(frozen=True, kw_only=True)
class PaperRoute:
    """``GET /api/exams/paper/<hash>``: the plain paper, compressed once a process."""

    engine: Engine
    seats: SeatTokens
    admit: Admit
    _packed: MutableMapping[str, tuple[bytes, bytes]] = field(default_factory=dict)

    def __call__(self, environ: "WSGIEnvironment") -> HotAnswer | None:
        seat = self.seats.read(environ.get("HTTP_X_ATTEMPT_TOKEN", ""))
        self.admit(seat.exam_id, environ)
        with Session(self.engine) as session:
            paper = get_frozen_paper(session, seat.paper_id)
            if environ["PATH_INFO"] != PAPER_PATH + paper.content_hash:
                return None
            plain, packed = self._bytes(session, paper)
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return HotAnswer(body=plain, caching=KEPT_BY_DEVICE, headers=VARY)
        headers = (("Content-Encoding", "gzip"), *VARY)
        return HotAnswer(body=packed, caching=KEPT_BY_DEVICE, headers=headers)

    def _bytes(self, session: Session, paper: FrozenPaper) -> tuple[bytes, bytes]:
        found = self._packed.get(paper.content_hash)
        if found is None:
            if len(self._packed) >= PAPERS_KEPT:
                self._packed.clear()
            plain = orjson.dumps(candidate_paper(paper, partial(picture_source, session)))
            found = self._packed[paper.content_hash] = (plain, gzip.compress(plain))
        return found


VARY = (("Vary", "Accept-Encoding"),)
