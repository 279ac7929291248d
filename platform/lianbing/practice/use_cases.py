"""Practise: choose a bank, start or resume a drill, answer its questions one by one."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lianbing.banks.queries import contents, drillable
from lianbing.banks.rules import Answer, QuestionContent, QuestionType
from lianbing.grading.rules import (
    MalformedAnswer,
    Verdict,
    check_answer,
    is_unanswered,
    mark_answer,
)
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, PersonId, QuestionId, QuestionVersionId
from lianbing.practice.book import book_versions
from lianbing.practice.errors import (
    AnswerMisshapen,
    NothingChosen,
    NothingToDrill,
    NotRatedYet,
    NotYetAsked,
)
from lianbing.practice.models import Drill, DrillItem, Learner
from lianbing.practice.queries import (
    get_practice_bank,
    identities_of,
    is_drillable_now,
    last_seen_days,
    learner_of,
    list_practice_banks,
    point_of,
)
from lianbing.practice.recording import Answered, lock_learners, record_answers
from lianbing.practice.rules import (
    A_MARK,
    LEFT_BEHIND_AFTER,
    PRACTICE_RULE,
    DrillMode,
    Given,
    as_answer,
    own_verdict,
    pick,
)


def choose_bank(session: Session, actor: Actor, bank_id: BankId) -> None:
    """Remember which bank the person practises; raises NotFound for one not open to them."""
    bank = get_practice_bank(session, actor, bank_id)
    _lock_learner(session, actor).bank_id = bank.id


def start_drill(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    *,
    scope_id: int | None = None,
    seed: int,
    now: datetime,
) -> int:
    """Start ten questions of a bank or one scope, or resume such a drill begun within a day."""
    choose_bank(session, actor, bank_id)
    mode = DrillMode.RANDOM if scope_id is None else DrillMode.SCOPE
    open_as = f"{mode.value}:{bank_id}:{scope_id or ''}"
    resumed = _resume(session, actor, open_as, now=now)
    if resumed is not None:
        return resumed
    items = drillable(session, bank_id, scope_id=scope_id)
    drill = Drill(mode=mode.value, bank_id=bank_id, scope_id=scope_id, open_as=open_as)
    versions = {item.question_id: item.version_id for item in items}
    return _freeze(session, actor, drill, versions, seed=seed, now=now)


def start_book_drill(session: Session, actor: Actor, *, seed: int, now: datetime) -> int:
    """Start up to ten questions of the person's wrong book, or resume such a drill."""
    _lock_learner(session, actor)
    open_as = DrillMode.WRONG_BOOK.value
    resumed = _resume(session, actor, open_as, now=now)
    if resumed is not None:
        return resumed
    bank_ids = [bank.id for bank in list_practice_banks(session, actor)]
    versions = book_versions(session, identities_of(session, actor), bank_ids)
    drill = Drill(mode=DrillMode.WRONG_BOOK.value, open_as=open_as)
    return _freeze(session, actor, drill, versions, seed=seed, now=now)


def answer_question(
    session: Session, actor: Actor, drill_id: int, position: int, given: Given, *, now: datetime
) -> None:
    """Record the answer to the question the drill stands at, and move on.

    A position already passed is a retry and changes nothing. A question withdrawn from
    practice meanwhile is skipped, whatever was given. Raises NotFound, NotYetAsked,
    NothingChosen, AnswerMisshapen, and
    NotRatedYet for a short answer that its writer has not held against the model answer.
    """
    _lock_learner(session, actor)
    drill = _own_drill(session, actor, drill_id)
    if not 1 <= position <= drill.length:
        raise NotFound
    if position < drill.position:
        return
    if position > drill.position:
        raise NotYetAsked
    item = session.get_one(DrillItem, (drill.id, position))
    if is_drillable_now(session, item.question_id):
        _record(session, actor, drill, item, given, now=now)
    else:
        item.skipped_at = now
    drill.position += 1
    if drill.position > drill.length:
        drill.finished_at, drill.open_as = now, None


def _lock_learner(session: Session, actor: Actor) -> Learner:
    person_id = learner_of(actor)
    return lock_learners(session, [person_id])[person_id]


def _own_drill(session: Session, actor: Actor, drill_id: int) -> Drill:
    drill = session.scalars(
        select(Drill).where(
            Drill.id == drill_id, Drill.person_id.in_(identities_of(session, actor))
        )
    ).one_or_none()
    if drill is None:
        raise NotFound
    return drill


def _resume(session: Session, actor: Actor, open_as: str, *, now: datetime) -> int | None:
    mine = (Drill.person_id == learner_of(actor), Drill.open_as == open_as)
    drill = session.scalars(select(Drill).where(*mine)).one_or_none()
    if drill is None:
        return None
    if drill.created_at > now - LEFT_BEHIND_AFTER:
        return drill.id
    session.execute(update(Drill).where(*mine).values(open_as=None))
    return None


def _freeze(
    session: Session,
    actor: Actor,
    drill: Drill,
    versions: Mapping[QuestionId, QuestionVersionId],
    *,
    seed: int,
    now: datetime,
) -> int:
    if not versions:
        raise NothingToDrill
    seen = last_seen_days(session, identities_of(session, actor))
    picked = pick(tuple(versions), seen, seed=seed)
    drill.person_id, drill.seed, drill.created_at = learner_of(actor), seed, now
    drill.length, drill.position = len(picked), 1
    session.add(drill)
    session.flush()
    session.add_all(
        DrillItem(
            drill_id=drill.id,
            position=position,
            question_id=question_id,
            version_id=versions[question_id],
        )
        for position, question_id in enumerate(picked, start=1)
    )
    return drill.id


def _record(
    session: Session, actor: Actor, drill: Drill, item: DrillItem, given: Given, *, now: datetime
) -> None:
    version_id = QuestionVersionId(item.version_id)
    content = contents(session, [version_id])[version_id]
    answer = _checked(content, given)
    verdict = _verdict(content, answer, given)
    point_id = point_of(session, version_id)
    answered = Answered(
        person_id=PersonId(drill.person_id),
        drill_id=drill.id,
        position=item.position,
        question_id=QuestionId(item.question_id),
        version_id=version_id,
        point_id=point_id,
        mode=drill.mode,
        answer=answer,
        verdict=verdict,
        answered_at=now,
    )
    record_answers(session, [answered], now=now)


def _verdict(content: QuestionContent, answer: Answer, given: Given) -> Verdict:
    """What the machine says; of a short answer, what its writer says against the model answer."""
    if content.type is QuestionType.SHORT_ANSWER and not given.gave_up:
        own = own_verdict(given.rating)
        if own is None:
            raise NotRatedYet
        return own
    return mark_answer(content, A_MARK, answer, PRACTICE_RULE).verdict


def _checked(content: QuestionContent, given: Given) -> Answer:
    try:
        answer = check_answer(content, as_answer(content, given))
    except MalformedAnswer as error:
        raise AnswerMisshapen from error
    in_the_head = content.type is QuestionType.SHORT_ANSWER
    if is_unanswered(answer) and not given.gave_up and not in_the_head:
        raise NothingChosen
    return answer
