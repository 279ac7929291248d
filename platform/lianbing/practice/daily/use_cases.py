"""Keep mastery and cards in step with the answers: at each answer, or anew from all of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import put_rows
from lianbing.kernel.ids import PersonId
from lianbing.practice.daily.cards import reviewed
from lianbing.practice.daily.models import ReviewCard
from lianbing.practice.daily.queries import Key, KnownCard, find_cards, replay_cards
from lianbing.practice.mastery.use_cases import (
    AnswerFact,
    add_evidence,
    list_facts,
    rebuild_evidence,
)

TABLE = cast(Table, ReviewCard.__table__)
COLUMNS = ("stability", "difficulty", "due", "last_on", "last_at")


def learn(session: Session, facts: Sequence[AnswerFact]) -> None:
    """Take in answers that have just been added to practice_answer, of many people perhaps.

    What follows is written under the kept identity; the caller holds the learners' locks. Where
    an answer given later has been taken in already, or under another identity of the person,
    the question's card is replayed from all of its answers.
    """
    if facts:
        add_evidence(session, facts)
        _turn_cards(session, facts)


def rebuild(session: Session, identities: Sequence[PersonId]) -> None:
    """Fold mastery and cards anew from the answers, for each identity from its own."""
    for person_id in identities:
        facts = list_facts(session, person_id)
        rebuild_evidence(session, person_id, facts)
        session.execute(delete(ReviewCard).where(ReviewCard.person_id == person_id))
        _write(session, _fold({}, facts))


def _turn_cards(session: Session, facts: Sequence[AnswerFact]) -> None:
    known = find_cards(session, {_key(fact): fact.identities for fact in facts})
    again = {_key(fact): fact.identities for fact in facts if _is_out_of_step(fact, known)}
    ahead = {key: cards[0] for key, cards in known.items() if key not in again}
    turned = _fold(ahead, (fact for fact in facts if _key(fact) not in again))
    _write(session, turned | replay_cards(session, again))


def _key(fact: AnswerFact) -> Key:
    return fact.identities[0], fact.question_id


def _is_out_of_step(fact: AnswerFact, known: Mapping[Key, Collection[KnownCard]]) -> bool:
    cards = known.get(_key(fact), ())
    return any(
        card.person_id != fact.identities[0] or card.last_at > fact.answered_at for card in cards
    )


def _fold(known: dict[Key, KnownCard], facts: Iterable[AnswerFact]) -> dict[Key, KnownCard]:
    for fact in sorted(facts, key=lambda fact: fact.answered_at):
        before = known.get(_key(fact))
        known[_key(fact)] = KnownCard(
            person_id=fact.identities[0],
            state=reviewed(
                before.state if before else None, fact.verdict, local_date(fact.answered_at)
            ),
            last_at=fact.answered_at,
        )
    return known


def _write(session: Session, cards: Mapping[Key, KnownCard]) -> None:
    put_rows(
        session,
        TABLE,
        [
            {
                "person_id": person_id,
                "question_id": question_id,
                "stability": card.state.stability,
                "difficulty": card.state.difficulty,
                "due": card.state.due,
                "last_on": card.state.last_on,
                "last_at": card.last_at,
            }
            for (person_id, question_id), card in sorted(cards.items(), key=lambda row: row[0])
        ],
        keys=("person_id", "question_id"),
        replaced=COLUMNS,
    )
