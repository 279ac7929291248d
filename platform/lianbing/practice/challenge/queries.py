"""A person's challenge runs as frozen rows."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionBank
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, QuestionVersionId
from lianbing.practice.challenge.models import ChallengeRun
from lianbing.practice.challenge.rules import Clock, Ending, runs_left
from lianbing.practice.drill_pages import DrillRow
from lianbing.practice.models import Drill, DrillItem
from lianbing.practice.queries import identities_of, is_drillable_now
from lianbing.practice.rules import DrillMode
from lianbing.practice.study_lines import StudyLine, study_lines

RUNS_A_PAGE = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRow:
    """A run; ``ending`` None while it goes on."""

    drill_id: int
    bank_title: str
    score: int
    began_at: datetime
    clock: Clock
    ending: Ending | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a person stands with challenges of a bank today; ``best`` None before the first."""

    left: int
    best: int | None
    open_run: int | None


def get_standing(session: Session, actor: Actor, bank_id: BankId, *, on: date) -> Standing:
    """Runs left on a local day, the best run of a bank, and the run under way."""
    mine = ChallengeRun.person_id.in_(identities_of(session, actor))
    today = session.scalar(
        select(func.count()).select_from(ChallengeRun).where(mine, ChallengeRun.day == on)
    )
    best = session.scalar(
        select(func.max(ChallengeRun.score)).where(
            mine, ChallengeRun.bank_id == bank_id, ChallengeRun.ended_at.is_not(None)
        )
    )
    return Standing(left=runs_left(today or 0), best=best, open_run=find_open(session, actor))


def find_open(session: Session, actor: Actor) -> int | None:
    """The run under way, whatever its bank."""
    return session.scalars(
        select(ChallengeRun.drill_id)
        .where(
            ChallengeRun.person_id.in_(identities_of(session, actor)),
            ChallengeRun.ended_at.is_(None),
        )
        .order_by(ChallengeRun.drill_id.desc())
        .limit(1)
    ).one_or_none()


def page_of_runs(session: Session, actor: Actor, number: int) -> Page[RunRow]:
    """One page of the finished runs, the last first."""
    statement = (
        select(ChallengeRun, QuestionBank.title)
        .join(QuestionBank, QuestionBank.id == ChallengeRun.bank_id)
        .where(
            ChallengeRun.person_id.in_(identities_of(session, actor)),
            ChallengeRun.ended_at.is_not(None),
        )
        .order_by(ChallengeRun.drill_id.desc())
    )
    page = page_of(session, statement, number, per_page=RUNS_A_PAGE)
    return page.with_rows([_row(run, title) for run, title in page.rows])


def get_run(session: Session, actor: Actor, drill_id: int) -> RunRow:
    """The actor's own run; raises NotFound for anyone else's."""
    found = session.execute(
        select(ChallengeRun, QuestionBank.title)
        .join(QuestionBank, QuestionBank.id == ChallengeRun.bank_id)
        .join(Drill, Drill.id == ChallengeRun.drill_id)
        .where(
            ChallengeRun.drill_id == drill_id,
            ChallengeRun.person_id.in_(identities_of(session, actor)),
            Drill.mode == DrillMode.CHALLENGE.value,
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return _row(*found)


def best_before(session: Session, actor: Actor, drill_id: int) -> int | None:
    """The best of the earlier runs over the same bank; None if this is the first."""
    this = session.get_one(ChallengeRun, drill_id)
    return session.scalar(
        select(func.max(ChallengeRun.score)).where(
            ChallengeRun.person_id.in_(identities_of(session, actor)),
            ChallengeRun.bank_id == this.bank_id,
            ChallengeRun.drill_id < drill_id,
        )
    )


def find_missed(session: Session, drill: DrillRow) -> StudyLine | None:
    """The question whose time ran out, to read now; None once it is withdrawn from practice."""
    item = session.get_one(DrillItem, (drill.id, drill.position))
    if not is_drillable_now(session, item.question_id):
        return None
    return study_lines(session, [item.version_id])[QuestionVersionId(item.version_id)]


def _row(run: ChallengeRun, bank_title: str) -> RunRow:
    return RunRow(
        drill_id=run.drill_id,
        bank_title=bank_title,
        score=run.score,
        began_at=run.began_at,
        clock=Clock(asked_at=run.asked_at),
        ending=Ending(run.ending) if run.ending else None,
    )
