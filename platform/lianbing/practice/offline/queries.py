"""What a phone takes along: the coming days' questions and the wrong book, keys included.

Only questions that may be practised now are in a pack, and only of the banks open to the person;
so a withdrawn one is gone with the next pack. What an open exam asks is left out until it is over.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.exams.live_questions import questions_being_sat
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, QuestionId, QuestionVersionId
from lianbing.practice.answering.kept import kept_versions
from lianbing.practice.answering.told import asked_json
from lianbing.practice.book import book_versions
from lianbing.practice.daily.queries import coming_days
from lianbing.practice.offline.rules import DAYS_AHEAD, MOST_OF_BOOK
from lianbing.practice.queries import choose_among, identities_of, list_practice_banks
from lianbing.practice.shown import show_question


def open_versions(
    session: Session, bank_ids: Iterable[BankId], question_ids: Collection[QuestionId]
) -> dict[QuestionId, set[QuestionVersionId]]:
    """The versions, old ones too, of those of the questions that may be practised now."""
    once = aliased(QuestionVersion)
    statement = (
        select(Question.id, once.id)
        .join(QuestionVersion, is_current())
        .join(once, (once.question_id == Question.id) & (once.number <= Question.current_number))
        .where(
            Question.id.in_(sorted(question_ids)),
            Question.bank_id.in_(list(bank_ids)),
            is_drillable(),
        )
    )
    found: dict[QuestionId, set[QuestionVersionId]] = {}
    for question_id, version_id in session.execute(statement):
        found.setdefault(QuestionId(question_id), set()).add(QuestionVersionId(version_id))
    return found


def points_of(
    session: Session, version_ids: Collection[QuestionVersionId]
) -> dict[QuestionVersionId, int]:
    """The assessment point of each version."""
    statement = select(QuestionVersion.id, QuestionVersion.point_id).where(
        QuestionVersion.id.in_(sorted(version_ids))
    )
    return {QuestionVersionId(row[0]): row[1] for row in session.execute(statement)}


def get_pack(session: Session, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """The pack as JSON: days with their questions, the wrong book, and each question once."""
    banks = list_practice_banks(session, actor)
    identities = identities_of(session, actor)
    bank = choose_among(session, actor, banks)
    tens = (
        coming_days(session, identities, bank, now=now, days=DAYS_AHEAD) if bank is not None else []
    )
    sat = questions_being_sat(session, now=now)
    tens = [tuple(each for each in ten if each.question_id not in sat) for ten in tens]
    versions = {each.question_id: each.version_id for ten in tens for each in ten}
    in_book = book_versions(session, identities, [bank.id for bank in banks])
    askable = ((id_, version) for id_, version in in_book.items() if id_ not in sat)
    book = dict(islice(askable, MOST_OF_BOOK))
    versions |= book
    today = local_date(now)
    return {
        "made_at": now.isoformat(),
        "bank": bank.title if bank is not None else "",
        "days": [
            {
                "day": (today + timedelta(days=offset)).isoformat(),
                "questions": [each.question_id for each in ten],
            }
            for offset, ten in enumerate(tens)
        ],
        "book": list(book),
        "questions": _questions(session, versions, seed=today.toordinal()),
    }


def _questions(
    session: Session, versions: dict[QuestionId, QuestionVersionId], *, seed: int
) -> dict[str, Any]:
    kept = kept_versions(session, set(versions.values()))
    return {
        str(question_id): {
            "version": version_id,
            "asked": asked_json(
                kept[version_id].text,
                show_question(kept[version_id].content, seed=seed, position=question_id),
            ),
            "key": orjson.Fragment(kept[version_id].key),
        }
        for question_id, version_id in versions.items()
    }
