"""Propose a pact, sign or decline it, set drills, leave notes, end the pair; let its day end it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lianbing.infra import audit, outbox
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import SYSTEM, Actor
from lianbing.kernel.ids import PersonId
from lianbing.people.models import Person
from lianbing.people.persons.queries import find_by_number
from lianbing.people.queries import kept_ids, person_names, same_person_ids
from lianbing.practice.mentoring.errors import (
    AnsweredAlready,
    DrillMisshapen,
    NoteMisshapen,
    NotInForce,
    PactMisshapen,
    PairNotFound,
    PairThere,
    PartnerUnknown,
    TooManyDrills,
    TooManyPairs,
)
from lianbing.practice.mentoring.events import MentoringEnded
from lianbing.practice.mentoring.models import MentoringDrill, MentoringNote, MentoringPair
from lianbing.practice.mentoring.queries import bank_of, facts_of, get_pair, list_drills
from lianbing.practice.mentoring.rules import (
    LONGEST_NOTE,
    LONGEST_PACT,
    MOST_DRILLS,
    MOST_OPEN,
    QUESTIONS_WANTED,
    PairState,
    is_sound_period,
)
from lianbing.practice.queries import learner_of
from lianbing.subjects.queries import scope_tree


@dataclass(frozen=True, kw_only=True, slots=True)
class Pact:
    """What is proposed; ``as_mentor``: the proposer would be the mentor."""

    as_mentor: bool
    text: str
    starts_on: date
    ends_on: date


def find_partner(
    session: Session, actor: Actor, *, name: str, phone: str, keyring: Keyring
) -> PersonId:
    """The other person by name and phone together; raises PartnerUnknown, whatever was wrong."""
    found = find_by_number(session, phone, keyring=keyring)
    mine = same_person_ids(session, learner_of(actor))
    if found is None or found in mine:
        raise PartnerUnknown
    if person_names(session, [found])[found] != "".join(name.split()):
        raise PartnerUnknown
    return found


def propose_pair(
    session: Session, actor: Actor, partner_id: PersonId, pact: Pact, *, now: datetime
) -> int:
    """Propose a pact, signed by the proposer; the other signs or declines it."""
    me = same_person_ids(session, learner_of(actor))[0]
    partner = kept_ids(session, [partner_id]).get(partner_id)
    text = pact.text.strip()
    if partner is None or partner == me:
        raise PartnerUnknown
    if not text or len(text) > LONGEST_PACT:
        raise PactMisshapen
    if not is_sound_period(pact.starts_on, pact.ends_on, on=local_date(now)):
        raise PactMisshapen
    _refuse_too_many(session, me, partner)
    mentor, apprentice = (me, partner) if pact.as_mentor else (partner, me)
    pair = MentoringPair(
        mentor_id=mentor,
        apprentice_id=apprentice,
        pact=text,
        starts_on=pact.starts_on,
        ends_on=pact.ends_on,
        proposed_by=me,
        proposed_at=now,
        mentor_signed_at=now if pact.as_mentor else None,
        apprentice_signed_at=None if pact.as_mentor else now,
    )
    session.add(pair)
    session.flush()
    _note(session, actor, pair, "propose", now=now)
    return pair.id


def sign_pact(session: Session, actor: Actor, pair_id: int, *, now: datetime) -> None:
    """Put the second signature; the apprentice's says that the mentor may see their map."""
    pair = _own(session, actor, pair_id)
    row = get_pair(session, actor, pair_id, now=now)
    if row.state is not PairState.PROPOSED or row.has_signed:
        raise AnsweredAlready
    if row.facts.ends_on < local_date(now):
        raise PactMisshapen
    if row.is_mentor:
        pair.mentor_signed_at = now
    else:
        pair.apprentice_signed_at = now
    pair.agreed_on = local_date(now)
    _note(session, actor, pair, "sign", now=now)


def end_pair(
    session: Session, actor: Actor, pair_id: int, *, reason: str = "", now: datetime
) -> None:
    """Decline, take back or end: either of the two, at any time, without having to say why."""
    pair = _own(session, actor, pair_id)
    if pair.ended_on is not None:
        raise AnsweredAlready
    pair.ended_by, pair.end_reason = learner_of(actor), reason.strip()[:300]
    _settle(session, pair, local_date(now), now=now)
    _note(session, actor, pair, "end", now=now)


def end_due_pairs(session: Session, *, now: datetime, limit: int = 200) -> int:
    """End the pairs whose last day is over; return how many there were."""
    today = local_date(now)
    due = session.scalars(
        select(MentoringPair)
        .where(MentoringPair.ended_on.is_(None), MentoringPair.ends_on < today)
        .order_by(MentoringPair.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for pair in due:
        _settle(session, pair, pair.ends_on, now=now)
        _note(session, SYSTEM, pair, "run_out", now=now)
    return len(due)


def set_drill(
    session: Session,
    actor: Actor,
    pair_id: int,
    *,
    scope_id: int | None,
    point_id: int | None,
    wanted: int,
    due_on: date,
    now: datetime,
) -> int:
    """As the mentor, set a scope or point of the apprentice's bank, to be done by a day."""
    pair = _own(session, actor, pair_id)
    row = get_pair(session, actor, pair_id, now=now)
    if not row.is_mentor:
        raise PairNotFound
    if not row.is_in_force:
        raise NotInForce
    bank = bank_of(session, row)
    if bank is None or wanted not in QUESTIONS_WANTED or due_on < local_date(now):
        raise DrillMisshapen
    scopes = scope_tree(session, bank.subject_id, outline_id=bank.outline_id)
    known_scopes = {scope.id for scope in scopes}
    known_points = {point.id for scope in scopes for point in scope.all_points()}
    if (scope_id in known_scopes) == (point_id in known_points):
        raise DrillMisshapen
    held = select(func.count()).where(MentoringDrill.pair_id == pair_id)
    if (session.scalar(held) or 0) >= MOST_DRILLS:
        raise TooManyDrills
    drill = MentoringDrill(
        pair_id=pair_id,
        bank_id=bank.id,
        scope_id=scope_id,
        point_id=point_id,
        wanted=wanted,
        due_on=due_on,
        set_at=now,
    )
    session.add(drill)
    session.flush()
    _note(session, actor, pair, "set_drill", now=now, drill=drill.id)
    return drill.id


def leave_note(session: Session, actor: Actor, pair_id: int, text: str, *, now: datetime) -> None:
    """Leave a note for the other while the pair is in force."""
    pair = _own(session, actor, pair_id)
    if facts_of(pair).state(local_date(now)) is not PairState.IN_FORCE:
        raise NotInForce
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise NoteMisshapen
    session.add(
        MentoringNote(pair_id=pair_id, author_id=learner_of(actor), text=text, written_at=now)
    )


def _own(session: Session, actor: Actor, pair_id: int) -> MentoringPair:
    """The pair under its lock, for one of the two."""
    pair = session.get(MentoringPair, pair_id, with_for_update=True)
    mine = same_person_ids(session, learner_of(actor))
    if pair is None or not {pair.mentor_id, pair.apprentice_id} & set(mine):
        raise PairNotFound
    return pair


def _settle(session: Session, pair: MentoringPair, ended_on: date, *, now: datetime) -> None:
    """Fix the end; of a pair that was agreed, tell the floors above, once."""
    pair.ended_on = ended_on
    if pair.agreed_on is None:
        return
    drills = list_drills(session, pair.id)
    pair.drills_set, pair.drills_done = len(drills), sum(drill.is_done for drill in drills)
    pair.settled_at = now
    outbox.publish(session, MentoringEnded(pair_id=pair.id), now=now)


def _refuse_too_many(session: Session, me: PersonId, partner: PersonId) -> None:
    # Both persons' rows, in one order: two proposals of the same pair wait for one another.
    both = sorted((me, partner))
    session.execute(
        select(Person.id).where(Person.id.in_(both)).order_by(Person.id).with_for_update()
    )
    for person in both:
        ids = same_person_ids(session, person)
        others = same_person_ids(session, partner if person == me else me)
        pair = MentoringPair
        mine = or_(pair.mentor_id.in_(ids), pair.apprentice_id.in_(ids))
        with_other = or_(pair.mentor_id.in_(others), pair.apprentice_id.in_(others))
        is_open = pair.ended_on.is_(None)
        if session.scalar(select(pair.id).where(mine, with_other, is_open).limit(1)) is not None:
            raise PairThere
        if (session.scalar(select(func.count()).where(mine, is_open)) or 0) >= MOST_OPEN:
            raise TooManyPairs


def _note(
    session: Session,
    actor: Actor,
    pair: MentoringPair,
    what: str,
    *,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor,
        f"mentoring.{what}",
        subject=("mentoring_pair", pair.id),
        now=now,
        details=details,
    )
