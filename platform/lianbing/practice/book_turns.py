"""How answers turn the wrong book (错题本), a batch of many people's at a time.

An answer that comes late, behind one given after it, is put in its place: the question's whole
history is gone through again, so the book does not depend on the order in which phones came
back to the network.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import put_rows
from lianbing.kernel.ids import PersonId, QuestionId
from lianbing.practice.models import PracticeAnswer, WrongBookItem
from lianbing.practice.rules import BookChange, BookState, after_answer

Key = tuple[PersonId, QuestionId]
"""The identity that stands for a person, and a question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """An answer to turn the book by; ``may_be_late`` says to look for answers given after it."""

    identities: tuple[PersonId, ...]
    question_id: QuestionId
    right: bool
    at: datetime
    may_be_late: bool = False

    @property
    def key(self) -> Key:
        return self.identities[0], self.question_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Turned:
    """What a turn did; ``streak`` is the right days since the mistake."""

    change: BookChange
    streak: int
    late: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A question's place in one book: its state, and since when it is in or out."""

    state: BookState | None = None
    entered_at: datetime | None = None
    left_at: datetime | None = None

    def after(self, *, right: bool, at: datetime) -> "tuple[Page, Turned]":
        """The page after an answer given ``at``."""
        state, change = after_answer(self.state, right=right, on=local_date(at))
        if state is None or change is BookChange.NONE:
            return self, Turned(change=change, streak=0)
        if change is BookChange.TOO_SOON:
            return self, Turned(change=change, streak=state.right_streak)
        enters = change in (BookChange.ENTERED, BookChange.RETURNED)
        page = Page(
            state=state,
            entered_at=at if enters else self.entered_at,
            left_at=None if state.in_book else at,
        )
        return page, Turned(change=change, streak=state.right_streak)


def turn_book(session: Session, turns: Sequence[Turn], *, now: datetime) -> list[Turned]:
    """Apply answers, in the order they were given, before they are recorded themselves.

    The caller holds the learners' locks, so what is read here is still so when it is written.
    """
    pages = _pages(session, turns)
    late = _late_keys(session, [turn for turn in turns if turn.may_be_late])
    replayed = _replay(session, [turn for turn in turns if turn.key in late])
    changed = {key: page for key, (page, _turned) in replayed.items()}
    results = []
    for turn in turns:
        if turn.key in late:
            results.append(replayed[turn.key][1].pop(0))
            continue
        page, turned = pages.get(turn.key, Page()).after(right=turn.right, at=turn.at)
        pages[turn.key] = page
        if turned.change is not BookChange.NONE:
            changed[turn.key] = page
        results.append(turned)
    _write(session, changed, now=now)
    return results


_item = cast(Table, WrongBookItem.__table__)
_PAGES = (
    select(
        _item.c.person_id,
        _item.c.question_id,
        _item.c.right_streak,
        _item.c.wrong_count,
        _item.c.counted_on,
        _item.c.entered_at,
        _item.c.left_at,
    )
    .where(tuple_(_item.c.person_id, _item.c.question_id).in_(bindparam("keys", expanding=True)))
    .order_by(_item.c.changed_at, _item.c.id)
)


def _pages(session: Session, turns: Iterable[Turn]) -> dict[Key, Page]:
    """What the books say; of a merged person's rows for a question the one changed last."""
    own = {(identity, turn.question_id): turn.key for turn in turns for identity in turn.identities}
    pages: dict[Key, Page] = {}
    if not own:
        return pages
    for row in session.connection().execute(_PAGES, {"keys": sorted(own)}):
        state = BookState(
            in_book=row.left_at is None,
            right_streak=row.right_streak,
            wrong_count=row.wrong_count,
            counted_on=row.counted_on,
        )
        key = own[(PersonId(row.person_id), QuestionId(row.question_id))]
        pages[key] = Page(state=state, entered_at=row.entered_at, left_at=row.left_at)
    return pages


def _late_keys(session: Session, turns: Collection[Turn]) -> set[Key]:
    """The questions of which a later answer stands in the record."""
    if not turns:
        return set()
    own = {(identity, turn.question_id): turn.key for turn in turns for identity in turn.identities}
    first = {turn.key: turn.at for turn in reversed(list(turns))}
    rows = session.execute(
        select(
            PracticeAnswer.person_id,
            PracticeAnswer.question_id,
            func.max(PracticeAnswer.answered_at),
        )
        .where(tuple_(PracticeAnswer.person_id, PracticeAnswer.question_id).in_(sorted(own)))
        .group_by(PracticeAnswer.person_id, PracticeAnswer.question_id)
    )
    newest = [(own[(PersonId(row[0]), QuestionId(row[1]))], row[2]) for row in rows]
    return {key for key, at in newest if at >= first[key]}


def _replay(session: Session, turns: Sequence[Turn]) -> dict[Key, tuple[Page, list[Turned]]]:
    """Each question's book page from its whole history, and what the turns do in their places."""
    if not turns:
        return {}
    own = {(identity, turn.question_id): turn.key for turn in turns for identity in turn.identities}
    rows = session.execute(
        select(
            PracticeAnswer.person_id,
            PracticeAnswer.question_id,
            PracticeAnswer.answered_at,
            PracticeAnswer.verdict,
        ).where(tuple_(PracticeAnswer.person_id, PracticeAnswer.question_id).in_(sorted(own)))
    )
    histories: dict[Key, list[tuple[datetime, bool, bool]]] = {}
    for person_id, question_id, at, verdict in rows:
        key = own[(PersonId(person_id), QuestionId(question_id))]
        histories.setdefault(key, []).append((at, verdict == Verdict.RIGHT.value, False))
    for turn in turns:
        histories.setdefault(turn.key, []).append((turn.at, turn.right, True))
    return {key: _gone_through(history) for key, history in histories.items()}


def _gone_through(history: Iterable[tuple[datetime, bool, bool]]) -> tuple[Page, list[Turned]]:
    # Two answers at one instant have no order of their own: the right one goes last.
    page, new = Page(), []
    for at, right, is_new in sorted(history):
        page, turned = page.after(right=right, at=at)
        if is_new:
            new.append(Turned(change=turned.change, streak=turned.streak, late=True))
    return page, new


_KEPT = ("right_streak", "wrong_count", "counted_on", "entered_at", "left_at", "changed_at")


def _write(session: Session, pages: dict[Key, Page], *, now: datetime) -> None:
    rows = [
        {
            "person_id": person_id,
            "question_id": question_id,
            "right_streak": page.state.right_streak,
            "wrong_count": page.state.wrong_count,
            "counted_on": page.state.counted_on,
            "entered_at": page.entered_at,
            "left_at": page.left_at,
            "changed_at": now,
        }
        for (person_id, question_id), page in sorted(pages.items(), key=lambda pair: pair[0])
        if page.state is not None
    ]
    put_rows(session, _item, rows, keys=("person_id", "question_id"), replaced=_KEPT)
