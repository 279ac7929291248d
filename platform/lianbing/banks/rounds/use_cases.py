"""Approve and send back many questions at once, all or none; undo it while nothing followed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question
from lianbing.banks.review.rules import EntryKind, QuestionState
from lianbing.banks.review.use_cases import approve, assign, lock_question, reject, write_entry
from lianbing.banks.rounds.errors import (
    EditedSince,
    NothingDecided,
    NotRead,
    RoundGoneOn,
    RoundRefused,
    TooManyDecisions,
)
from lianbing.banks.rounds.models import ReviewRound, ReviewRoundItem
from lianbing.banks.rounds.queries import ever_secret, has_read
from lianbing.banks.rounds.rules import (
    MOST_DECISIONS,
    Decision,
    Standing,
    Verdict,
    stands_as_left,
)
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import DomainError, Forbidden, Kind, NotFound
from lianbing.kernel.ids import QuestionId
from lianbing.people.queries import same_person_ids


def decide_many(
    session: Session, actor: Actor, decisions: Sequence[Decision], *, now: datetime
) -> ReviewRound:
    """Decide of every question, as its named reviewer who did not write it; free ones are taken on.

    All or none: raises RoundRefused with what stands in the way of each, and the caller's
    transaction keeps nothing. Exam-only ones must have been shown to the actor.
    """
    if actor.person_id is None:
        raise Forbidden
    if not decisions:
        raise NothingDecided
    if len(decisions) > MOST_DECISIONS:
        raise TooManyDecisions(most=MOST_DECISIONS)
    record = ReviewRound(
        by_id=actor.person_id,
        approved=sum(one.verdict is Verdict.APPROVE for one in decisions),
        rejected=sum(one.verdict is Verdict.REJECT for one in decisions),
        at=now,
    )
    session.add(record)
    session.flush()
    secret = ever_secret(session, [one.question_id for one in decisions])
    problems: dict[QuestionId, DomainError] = {}
    for decision in sorted(decisions, key=lambda one: one.question_id):
        try:
            is_secret = decision.question_id in secret
            _decide(session, actor, record, decision, is_secret=is_secret, now=now)
        except DomainError as refusal:
            if refusal.kind in (Kind.FORBIDDEN, Kind.NOT_FOUND):
                raise
            problems[decision.question_id] = refusal
    if problems:
        raise RoundRefused(problems)
    _audit(session, actor, "banks.review_round", record, now)
    return record


def _decide(
    session: Session,
    actor: Actor,
    record: ReviewRound,
    decision: Decision,
    *,
    is_secret: bool,
    now: datetime,
) -> None:
    question, _bank = lock_question(session, actor, decision.question_id)
    if question.newest_number != decision.number:
        raise EditedSince
    if is_secret and not has_read(session, actor, decision.question_id, decision.number):
        raise NotRead
    session.add(
        ReviewRoundItem(
            round_id=record.id,
            question_id=question.id,
            number=decision.number,
            verdict=decision.verdict.value,
            current_number=question.current_number,
            reviewer_id=question.reviewer_id,
            submitted_at=question.submitted_at,
        )
    )
    if question.reviewer_id is None and actor.person_id is not None:
        assign(session, actor, decision.question_id, reviewer_id=actor.person_id, now=now)
    which, number = decision.question_id, decision.number
    match decision.verdict:
        case Verdict.APPROVE:
            approve(session, actor, which, number=number, now=now)
        case Verdict.REJECT:
            reject(session, actor, which, number=number, reason=decision.reason, now=now)


def undo_round(session: Session, actor: Actor, round_id: int, *, now: datetime) -> int:
    """Put the questions of one's own round back into review; return how many.

    Raises RoundGoneOn, and changes nothing, when one of them was changed since.
    """
    if actor.person_id is None:
        raise Forbidden
    record = session.get(ReviewRound, round_id, with_for_update=True)
    if record is None or record.by_id not in same_person_ids(session, actor.person_id):
        raise NotFound
    if record.undone_at is not None:
        raise RoundGoneOn
    items = session.scalars(
        select(ReviewRoundItem)
        .where(ReviewRoundItem.round_id == round_id)
        .order_by(ReviewRoundItem.question_id)
    ).all()
    for item in items:
        _put_back(session, actor, item, now)
    record.undone_at = now
    _audit(session, actor, "banks.undo_review_round", record, now)
    return len(items)


def _put_back(session: Session, actor: Actor, item: ReviewRoundItem, now: datetime) -> None:
    question, _bank = lock_question(session, actor, QuestionId(item.question_id))
    verdict = Verdict(item.verdict)
    if not stands_as_left(_standing(question), number=item.number, verdict=verdict):
        raise RoundGoneOn
    question.state = QuestionState.IN_REVIEW.value
    question.current_number = item.current_number
    question.reviewer_id = item.reviewer_id
    question.submitted_at = item.submitted_at
    write_entry(session, actor, question, EntryKind.UNDONE, now)


def _standing(question: Question) -> Standing:
    return Standing(
        newest=question.newest_number,
        current=question.current_number,
        state=QuestionState(question.state),
        retired=question.retired_at is not None,
    )


def _audit(session: Session, actor: Actor, action: str, record: ReviewRound, now: datetime) -> None:
    audit.record(
        session,
        actor,
        action,
        subject=("question_review_round", record.id),
        now=now,
        details={"approved": record.approved, "rejected": record.rejected},
    )
