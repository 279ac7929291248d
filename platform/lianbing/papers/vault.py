"""The sealed papers: put in at the draw, opened in memory only, released once, rewrapped."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from lianbing.banks.pictures.queries import picture_source
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import PaperId
from lianbing.papers.errors import PaperTooHeavy
from lianbing.papers.freezing import read_body
from lianbing.papers.models import Paper, PaperQuestionRow, SealedPaper
from lianbing.papers.rules import FrozenPaper, candidate_paper
from lianbing.papers.sealing import (
    PaperKeys,
    SealBroken,
    UnderOtherKey,
    WrappingKey,
    open_body,
    seal_body,
    seal_copy,
)

LISTED_AT_ONCE = 20
MEGABYTE = 1024 * 1024
MOST_COPY_BYTES = 2 * MEGABYTE
"""What every phone fetches before an exam: about a minute at 256 kbit/s, of the five for which the
waiting room is open. Some twenty pictures of usual weight; five of the heaviest that are kept."""

_wrapping_keys: WeakKeyDictionary[Engine, WrappingKey] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyKey:
    """What a device needs to open its copy: where the copy lies, and the key, 32 bytes."""

    name: str
    key: bytes
    content_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedPaper:
    """What the vault held under a paper's two keys."""

    paper: FrozenPaper
    copy: CopyKey


def use_wrapping_key(engine: Engine, key: WrappingKey) -> None:
    """Tell which wrapping key the papers of a database are sealed under."""
    _wrapping_keys[engine] = key


def put_in(session: Session, paper_id: PaperId, body: str) -> None:
    """Seal a paper that is being frozen; raises PaperTooHeavy."""
    frozen = read_body(paper_id, body)
    keys, wrapping_key = PaperKeys.draw(), _wrapping_key(session)
    pictures: list[str] = []

    def source(name: str) -> str:
        pictures.append(name)
        return picture_source(session, name)

    shown = candidate_paper(frozen, source)
    copy = seal_copy(orjson.dumps(shown), keys, frozen.content_hash)
    if len(copy) > MOST_COPY_BYTES:
        raise PaperTooHeavy(
            has=f"{len(copy) / MEGABYTE:.1f}",
            most=MOST_COPY_BYTES // MEGABYTE,
            pictures=len(pictures),
        )
    session.add(
        SealedPaper(
            paper_id=paper_id,
            body=seal_body(body, keys, frozen.content_hash),
            copy=copy,
            copy_name=hashlib.sha256(copy).hexdigest(),
            wrapped_keys=wrapping_key.wrap(keys, frozen.content_hash),
            wrapping_key=wrapping_key.fingerprint,
            held_at=None,
            release_at=None,
            listed=False,
        )
    )
    session.flush()


def take_out(session: Session, paper_id: PaperId) -> OpenedPaper:
    """The paper with its keys, and what opens its copy, in memory; raises NotFound, SealBroken.

    Whoever calls this stands behind a gate: a seat that was taken, a script to mark, an
    opening that a second person approved. ``queries.get_frozen_paper`` keeps what it reads.
    """
    row = session.execute(
        select(
            SealedPaper.body, SealedPaper.copy_name, SealedPaper.wrapped_keys, Paper.content_hash
        )
        .join(Paper, Paper.id == SealedPaper.paper_id)
        .where(SealedPaper.paper_id == paper_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    try:
        keys = _wrapping_key(session).unwrap(row.wrapped_keys, row.content_hash)
        paper = read_body(paper_id, open_body(row.body, keys, row.content_hash))
    except SealBroken as error:
        raise _broken(session, paper_id) from error
    if paper.content_hash != row.content_hash:
        raise SealBroken(f"paper {paper_id} does not match its content hash: it was altered")
    copy = CopyKey(name=row.copy_name, key=keys.copy, content_hash=row.content_hash)
    return OpenedPaper(paper=paper, copy=copy)


def seal_draft(session: Session, draft: str, name: str) -> bytes:
    """Seal papers that are not frozen yet, under the wrapping key itself."""
    return _wrapping_key(session).seal_draft(draft, name)


def open_draft(session: Session, sealed: bytes, name: str) -> str:
    """The draft again; raises SealBroken, also after the wrapping key was changed."""
    return _wrapping_key(session).open_draft(sealed, name)


def wrapping_fingerprint(session: Session) -> str:
    """Tells which wrapping key is in use now."""
    return _wrapping_key(session).fingerprint


def find_copy(session: Session, name: str) -> bytes | None:
    """The sealed copy under its name; None when there is none."""
    return session.scalar(select(SealedPaper.copy).where(SealedPaper.copy_name == name))


def hold(
    session: Session, paper_id: PaperId, *, release_at: datetime | None, now: datetime
) -> None:
    """Say when a paper that is to be sat is released; None while two persons have yet to.

    What is released stays released.
    """
    session.execute(
        update(SealedPaper)
        .where(
            SealedPaper.paper_id == paper_id,
            SealedPaper.release_at.is_(None) | (SealedPaper.release_at > now),
        )
        .values(release_at=release_at, held_at=func.coalesce(SealedPaper.held_at, now))
    )


def is_held(session: Session, paper_id: PaperId, *, now: datetime) -> bool:
    """Whether a paper is to be sat and not released yet."""
    row = session.execute(
        select(SealedPaper.held_at, SealedPaper.release_at).where(SealedPaper.paper_id == paper_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.held_at is not None and (row.release_at is None or row.release_at > now)


def list_released(session: Session, *, now: datetime) -> int:
    """Write down which questions released papers hold, for their exposure; return how many papers.

    Before the release those rows would tell a reader of the database what was drawn.
    """
    due = session.scalars(
        select(SealedPaper)
        .where(SealedPaper.listed.is_(False), SealedPaper.release_at <= now)
        .order_by(SealedPaper.paper_id)
        .limit(LISTED_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for sealed in due:
        frozen = take_out(session, PaperId(sealed.paper_id)).paper
        session.add_all(
            PaperQuestionRow(
                paper_id=sealed.paper_id,
                number=question.number,
                question_version_id=question.content.version_id,
                marks=question.marks,
            )
            for question in frozen.questions
        )
        sealed.listed = True
    session.flush()
    return len(due)


def rewrap(session: Session, *, old: WrappingKey) -> int:
    """Wrap every paper's keys under the present wrapping key; return how many had another.

    Raises SealBroken, naming the papers that neither key opens; then nothing is changed.
    """
    present = _wrapping_key(session)
    rows = session.execute(
        select(SealedPaper, Paper.content_hash)
        .join(Paper, Paper.id == SealedPaper.paper_id)
        .where(SealedPaper.wrapping_key != present.fingerprint)
        .order_by(SealedPaper.paper_id)
        .with_for_update(of=SealedPaper)
    ).all()
    foreign: list[int] = []
    for sealed, content_hash in rows:
        try:
            keys = old.unwrap(sealed.wrapped_keys, content_hash)
        except SealBroken:
            foreign.append(sealed.paper_id)
            continue
        sealed.wrapped_keys = present.wrap(keys, content_hash)
        sealed.wrapping_key = present.fingerprint
    if foreign:
        raise SealBroken(f"neither key opens the papers {_numbers(foreign)}")
    session.flush()
    return len(rows)


def find_foreign(session: Session) -> int | None:
    """A paper that is sealed under another wrapping key than the present; None when none is."""
    present = _wrapping_key(session).fingerprint
    return session.scalar(
        select(SealedPaper.paper_id).where(SealedPaper.wrapping_key != present).limit(1)
    )


def _wrapping_key(session: Session) -> WrappingKey:
    return _wrapping_keys[session.get_bind().engine]


def _broken(session: Session, paper_id: PaperId) -> SealBroken:
    used = session.scalar(select(SealedPaper.wrapping_key).where(SealedPaper.paper_id == paper_id))
    if used != _wrapping_key(session).fingerprint:
        return UnderOtherKey(
            f"paper {paper_id} is sealed under another key: set the LIANBING_PAPER_KEY it was "
            "sealed with, or run `lianbing papers rewrap` with that key"
        )
    return SealBroken(f"the seal of paper {paper_id} is broken: it was altered in the database")


def _numbers(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))
