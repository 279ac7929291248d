"""Keep the evidence on each point in step with the answers: one row a point an answer moves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, select, tuple_
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionVersion
from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import put_rows
from lianbing.kernel.ids import PersonId, QuestionId
from lianbing.practice.mastery.models import PointMastery
from lianbing.practice.mastery.rules import Evidence, answered, joined
from lianbing.practice.models import PracticeAnswer

Key = tuple[PersonId, int]
"""The identity that stands for a person, and a point."""
TABLE = cast(Table, PointMastery.__table__)
COLUMNS = ("right_weight", "wrong_weight", "answers", "as_of")


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerFact:
    """What learning keeps of an answer; of the identities the kept one comes first."""

    identities: tuple[PersonId, ...]
    question_id: QuestionId
    point_id: int
    verdict: Verdict
    answered_at: datetime


def add_evidence(session: Session, facts: Sequence[AnswerFact]) -> None:
    """Add answers, of many people perhaps; the caller holds the learners' locks."""
    keys = {(fact.identities[0], fact.point_id) for fact in facts}
    _write(session, _with(_known(session, keys), facts))


def _known(session: Session, keys: Collection[Key]) -> dict[Key, Evidence]:
    row = TABLE.c
    statement = select(
        row.person_id, row.point_id, row.right_weight, row.wrong_weight, row.answers, row.as_of
    ).where(tuple_(row.person_id, row.point_id).in_(sorted(keys)))
    return {
        (PersonId(person_id), point_id): Evidence(
            right=right, wrong=wrong, answers=answers, as_of=as_of
        )
        for person_id, point_id, right, wrong, answers, as_of in session.execute(statement)
    }


def _with(known: dict[Key, Evidence], facts: Iterable[AnswerFact]) -> dict[Key, Evidence]:
    for fact in facts:
        key = (fact.identities[0], fact.point_id)
        piece = answered(fact.verdict, local_date(fact.answered_at))
        before = known.get(key)
        known[key] = piece if before is None else joined(before, piece)
    return known


def _write(session: Session, found: Mapping[Key, Evidence]) -> None:
    put_rows(
        session,
        TABLE,
        [
            {
                "person_id": person_id,
                "point_id": point_id,
                "right_weight": each.right,
                "wrong_weight": each.wrong,
                "answers": each.answers,
                "as_of": each.as_of,
            }
            for (person_id, point_id), each in sorted(found.items())
        ],
        keys=("person_id", "point_id"),
        replaced=COLUMNS,
    )


def list_facts(session: Session, person_id: PersonId) -> list[AnswerFact]:
    """All answers of one identity in the order they were given."""
    statement = (
        select(
            PracticeAnswer.question_id,
            QuestionVersion.point_id,
            PracticeAnswer.verdict,
            PracticeAnswer.answered_at,
        )
        .join(QuestionVersion, QuestionVersion.id == PracticeAnswer.version_id)
        .where(PracticeAnswer.person_id == person_id)
        .order_by(PracticeAnswer.answered_at, PracticeAnswer.id)
    )
    return [
        AnswerFact(
            identities=(person_id,),
            question_id=QuestionId(question_id),
            point_id=point_id,
            verdict=Verdict(verdict),
            answered_at=answered_at,
        )
        for question_id, point_id, verdict, answered_at in session.execute(statement)
    ]


def rebuild_evidence(session: Session, person_id: PersonId, facts: Sequence[AnswerFact]) -> None:
    """Fold all answers of one identity anew."""
    session.execute(delete(PointMastery).where(PointMastery.person_id == person_id))
    _write(session, _with({}, facts))
