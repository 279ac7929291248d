"""Duels as one side sees them: the other's score only when both are done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionBank
from lianbing.grading.rules import Verdict
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, PersonId
from lianbing.people.queries import person_names
from lianbing.practice.duel.models import Duel, DuelPlay
from lianbing.practice.duel.rules import DuelState, Score, counts, score, state_of
from lianbing.practice.models import Drill, PracticeAnswer
from lianbing.practice.queries import identities_of

DUELS_A_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One side's drill; ``done`` when it was finished in time."""

    drill_id: int
    finished: bool
    done: bool
    position: int
    length: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DuelRow:
    """A duel as the reader sees it.

    ``is_mine``: the reader is the challenger; ``takes_part``: on either side. ``other_name`` is
    empty while nobody has taken it up. ``own`` None before the reader's first question.
    """

    token: str
    bank_id: BankId
    bank_title: str
    is_mine: bool
    takes_part: bool
    is_taken: bool
    challenger_name: str
    other_name: str
    state: DuelState
    created_at: datetime
    expires_at: datetime
    questions: int
    own: Side | None
    other_done: bool
    score: Score | None


def get_duel(session: Session, actor: Actor, token: str, *, now: datetime) -> DuelRow:
    """The duel behind a link; raises NotFound."""
    found = session.execute(_duels().where(Duel.token == token)).one_or_none()
    if found is None:
        raise NotFound
    return _rows(session, identities_of(session, actor), [(found[0], found[1])], now=now)[0]


def token_of_drill(session: Session, drill_id: int) -> str:
    """The duel a drill was played for; raises NotFound."""
    found = session.scalar(
        select(Duel.token)
        .join(DuelPlay, DuelPlay.duel_id == Duel.id)
        .where(DuelPlay.drill_id == drill_id)
    )
    if found is None:
        raise NotFound
    return found


def page_of_duels(session: Session, actor: Actor, number: int, *, now: datetime) -> Page[DuelRow]:
    """One page of the reader's duels, the newest first."""
    mine = identities_of(session, actor)
    statement = (
        _duels()
        .where(or_(Duel.challenger_id.in_(mine), Duel.opponent_id.in_(mine)))
        .order_by(Duel.id.desc())
    )
    page = page_of(session, statement, number, per_page=DUELS_A_PAGE)
    return page.with_rows(_rows(session, mine, [(row[0], row[1]) for row in page.rows], now=now))


def _duels() -> Select[Duel, str]:
    return select(Duel, QuestionBank.title).join(QuestionBank, QuestionBank.id == Duel.bank_id)


def _rows(
    session: Session,
    mine: Collection[PersonId],
    found: Iterable[tuple[Duel, str]],
    *,
    now: datetime,
) -> list[DuelRow]:
    duels = list(found)
    plays = _plays(session, [duel.id for duel, _ in duels])
    people = {duel.challenger_id for duel, _ in duels} | {
        duel.opponent_id for duel, _ in duels if duel.opponent_id is not None
    }
    names = person_names(session, [PersonId(one) for one in people])
    answers = _answers(session, [side.id for side, _ in plays.values()])
    rows = []
    for duel, bank_title in duels:
        is_mine = duel.challenger_id in mine
        own = _side(plays.get((duel.id, is_mine)), duel)
        other = _side(plays.get((duel.id, not is_mine)), duel)
        both_done = bool(own and own.done and other and other.done)
        takes_part = is_mine or duel.opponent_id in mine
        rows.append(
            DuelRow(
                token=duel.token,
                bank_id=BankId(duel.bank_id),
                bank_title=bank_title,
                is_mine=is_mine,
                takes_part=takes_part,
                is_taken=duel.opponent_id is not None,
                challenger_name=names.get(PersonId(duel.challenger_id), ""),
                other_name=_other_name(duel, names, is_mine=is_mine),
                state=state_of(
                    has_opponent=duel.opponent_id is not None,
                    both_done=both_done,
                    now=now,
                    expires_at=duel.expires_at,
                ),
                created_at=duel.created_at,
                expires_at=duel.expires_at,
                questions=len(duel.questions),
                own=own if takes_part else None,
                other_done=bool(takes_part and other and other.done),
                score=(
                    score(answers.get(own.drill_id, {}), answers.get(other.drill_id, {}))
                    if takes_part and both_done and own and other
                    else None
                ),
            )
        )
    return rows


def _other_name(duel: Duel, names: dict[PersonId, str], *, is_mine: bool) -> str:
    other = duel.opponent_id if is_mine else duel.challenger_id
    return "" if other is None else names.get(PersonId(other), "")


def _plays(
    session: Session, duel_ids: Collection[int]
) -> dict[tuple[int, bool], tuple[Drill, DuelPlay]]:
    rows = session.execute(
        select(Drill, DuelPlay)
        .join(DuelPlay, DuelPlay.drill_id == Drill.id)
        .where(DuelPlay.duel_id.in_(duel_ids))
    )
    return {(play.duel_id, play.by_challenger): (drill, play) for drill, play in rows}


def _side(found: tuple[Drill, DuelPlay] | None, duel: Duel) -> Side | None:
    if found is None:
        return None
    drill, _play = found
    return Side(
        drill_id=drill.id,
        finished=drill.finished_at is not None,
        done=counts(drill.finished_at, expires_at=duel.expires_at),
        position=drill.position,
        length=drill.length,
    )


def _answers(session: Session, drill_ids: Collection[int]) -> dict[int, dict[int, bool]]:
    """What was answered right, by drill and position."""
    rows = session.execute(
        select(PracticeAnswer.drill_id, PracticeAnswer.position, PracticeAnswer.verdict).where(
            PracticeAnswer.drill_id.in_(drill_ids)
        )
    )
    found: dict[int, dict[int, bool]] = {}
    for drill_id, position, verdict in rows:
        if drill_id is not None and position is not None:
            found.setdefault(drill_id, {})[position] = verdict == Verdict.RIGHT.value
    return found
