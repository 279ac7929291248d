"""Start or resume drills. ``open_drill`` is what every mode goes through, those above too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lianbing.banks import queries as banks
from lianbing.banks.queries import drillable
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, QuestionId, QuestionVersionId
from lianbing.practice.book import book_versions
from lianbing.practice.daily.queries import todays_ten
from lianbing.practice.errors import AllAskedToday, NothingToDrill
from lianbing.practice.learners import lock_learner
from lianbing.practice.models import Drill, DrillItem
from lianbing.practice.queries import (
    get_practice_bank,
    identities_of,
    last_seen_days,
    learner_of,
    list_practice_banks,
)
from lianbing.practice.rules import LEFT_BEHIND_AFTER, DrillMode, next_in_order, pick
from lianbing.practice.sequence import find_place


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillPlan:
    """What to drill: ``open_as`` names it while it is open, so a second start resumes it."""

    mode: DrillMode
    open_as: str
    bank_id: BankId | None = None
    scope_id: int | None = None
    point_id: int | None = None


Versions = Mapping[QuestionId, QuestionVersionId]


def choose_bank(session: Session, actor: Actor, bank_id: BankId) -> None:
    """Remember which bank the person practises; raises NotFound for one not open to them."""
    bank = get_practice_bank(session, actor, bank_id)
    lock_learner(session, actor).bank_id = bank.id


def start_drill(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    *,
    scope_id: int | None = None,
    point_id: int | None = None,
    seed: int,
    now: datetime,
) -> int:
    """Start ten questions of a bank, one scope or one point, or resume such a drill begun
    within a day."""
    choose_bank(session, actor, bank_id)
    mode, part = DrillMode.RANDOM, scope_id
    if point_id is not None:
        mode, part = DrillMode.POINT, point_id
    elif scope_id is not None:
        mode = DrillMode.SCOPE
    plan = DrillPlan(
        mode=mode,
        open_as=f"{mode.value}:{bank_id}:{part or ''}",
        bank_id=bank_id,
        scope_id=scope_id,
        point_id=point_id,
    )
    resumed = resume(session, actor, plan.open_as, now=now)
    if resumed is not None:
        return resumed
    items = drillable(session, bank_id, scope_id=scope_id, point_id=point_id)
    return draw_drill(session, actor, plan, versions_of(items), seed=seed, now=now)


def start_book_drill(session: Session, actor: Actor, *, seed: int, now: datetime) -> int:
    """Start up to ten questions of the person's wrong book, or resume such a drill."""
    lock_learner(session, actor)
    plan = DrillPlan(mode=DrillMode.WRONG_BOOK, open_as=DrillMode.WRONG_BOOK.value)
    resumed = resume(session, actor, plan.open_as, now=now)
    if resumed is not None:
        return resumed
    bank_ids = [bank.id for bank in list_practice_banks(session, actor)]
    versions = book_versions(session, identities_of(session, actor), bank_ids)
    return draw_drill(session, actor, plan, versions, seed=seed, now=now)


def start_daily_drill(
    session: Session, actor: Actor, bank_id: BankId, *, seed: int, now: datetime
) -> int:
    """Start the ten that the person needs most today, or resume those begun today.

    The seed deals the options; which questions are asked is not left to chance. Raises
    AllAskedToday when the bank holds nothing that was not answered today.
    """
    choose_bank(session, actor, bank_id)
    bank = get_practice_bank(session, actor, bank_id)
    of_bank = f"{DrillMode.DAILY.value}:{bank_id}:"
    plan = DrillPlan(
        mode=DrillMode.DAILY, open_as=f"{of_bank}{local_date(now).isoformat()}", bank_id=bank_id
    )
    _leave_other_days(session, actor, of_bank, plan.open_as)
    resumed = resume(session, actor, plan.open_as, now=now)
    if resumed is not None:
        return resumed
    ten = todays_ten(session, identities_of(session, actor), bank, now=now)
    if not ten:
        raise AllAskedToday
    return open_drill(
        session,
        actor,
        plan,
        [each.question_id for each in ten],
        {each.question_id: each.version_id for each in ten},
        seed=seed,
        now=now,
        reasons={each.question_id: each.reason.value for each in ten},
    )


def _leave_other_days(session: Session, actor: Actor, of_bank: str, today: str) -> None:
    """A new day asks what it needs; what was begun on another is left behind."""
    session.execute(
        update(Drill)
        .where(
            Drill.person_id == learner_of(actor),
            Drill.open_as.startswith(of_bank, autoescape=True),
            Drill.open_as != today,
        )
        .values(open_as=None)
    )


def start_sequential(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    *,
    from_first: bool = False,
    seed: int,
    now: datetime,
) -> int:
    """The next ten of a bank in its own order, from where the person stands, or resume them;
    ``from_first`` begins the bank again."""
    choose_bank(session, actor, bank_id)
    mode = DrillMode.SEQUENTIAL
    plan = DrillPlan(mode=mode, open_as=f"{mode.value}:{bank_id}", bank_id=bank_id)
    if from_first:
        close(session, actor, plan.open_as)
    resumed = resume(session, actor, plan.open_as, now=now)
    if resumed is not None:
        return resumed
    items = drillable(session, bank_id)
    place = None if from_first else find_place(session, identities_of(session, actor), bank_id)
    ordered = next_in_order(
        [(item.code, item.question_id) for item in items],
        after=place.code if place else None,
        inclusive=place is not None and not place.passed,
    )
    return open_drill(session, actor, plan, ordered, versions_of(items), seed=seed, now=now)


def versions_of(items: Iterable[banks.DrillItem]) -> dict[QuestionId, QuestionVersionId]:
    """The versions in use of questions that may be drilled."""
    return {item.question_id: item.version_id for item in items}


def resume(session: Session, actor: Actor, open_as: str, *, now: datetime) -> int | None:
    """The drill open under a name if it was begun within a day; an older one is left behind."""
    mine = (Drill.person_id == learner_of(actor), Drill.open_as == open_as)
    drill = session.scalars(select(Drill).where(*mine)).one_or_none()
    if drill is None:
        return None
    if drill.created_at > now - LEFT_BEHIND_AFTER:
        return drill.id
    close(session, actor, open_as)
    return None


def close(session: Session, actor: Actor, open_as: str) -> None:
    """Leave behind whatever is open under a name."""
    mine = (Drill.person_id == learner_of(actor), Drill.open_as == open_as)
    session.execute(update(Drill).where(*mine).values(open_as=None))


def draw_drill(
    session: Session,
    actor: Actor,
    plan: DrillPlan,
    versions: Versions,
    *,
    seed: int,
    now: datetime,
) -> int:
    """A drill of up to ten of these questions, what was seen longest ago first."""
    seen = last_seen_days(session, identities_of(session, actor))
    picked = pick(tuple(versions), seen, seed=seed)
    return open_drill(session, actor, plan, picked, versions, seed=seed, now=now)


def open_drill(
    session: Session,
    actor: Actor,
    plan: DrillPlan,
    picked: Sequence[QuestionId],
    versions: Versions,
    *,
    seed: int,
    now: datetime,
    reasons: Mapping[QuestionId, str] = MappingProxyType({}),
) -> int:
    """Freeze these questions, in this order, as a drill of the actor's, whose lock is held;
    ``reasons``: why each is asked, where the mode has one."""
    if not picked:
        raise NothingToDrill
    drill = Drill(
        person_id=learner_of(actor),
        mode=plan.mode.value,
        open_as=plan.open_as,
        bank_id=plan.bank_id,
        scope_id=plan.scope_id,
        point_id=plan.point_id,
        seed=seed,
        created_at=now,
        length=len(picked),
        position=1,
    )
    session.add(drill)
    session.flush()
    session.add_all(
        DrillItem(
            drill_id=drill.id,
            position=position,
            question_id=question_id,
            version_id=versions[question_id],
            reason=reasons.get(question_id, ""),
        )
        for position, question_id in enumerate(picked, start=1)
    )
    return drill.id
