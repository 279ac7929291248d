"""The statements of a bulk change and of its undoing: over all its questions at once, since a
bank may hold fifty thousand. Versions are never altered: a change and its undoing each add one."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, case, delete, func, insert, inspect, literal, select, update
from sqlalchemy.orm import Session

from lianbing.banks.finding.models import BulkChangeItem, BulkChangeRow, QuestionTag
from lianbing.banks.finding.rules import BulkChange, BulkKind
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.review.rules import QuestionState
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor

COLUMNS = {
    BulkKind.POINT: "point_id",
    BulkKind.DIFFICULTY: "difficulty",
    BulkKind.USE: "use",
    BulkKind.SOURCE: "source_id",
}
MADE_ANEW = {"id", "number", "content_hash", "created_at", "created_by"}


def apply(
    session: Session, actor: Actor, record: BulkChangeRow, change: BulkChange, now: datetime
) -> None:
    """Do to the questions of a recorded change what it says."""
    items = select(BulkChangeItem.question_id).where(BulkChangeItem.change_id == record.id)
    these = (
        update(Question).where(Question.id.in_(items)).execution_options(synchronize_session=False)
    )
    match change.kind:
        case BulkKind.RETIRE:
            session.execute(these.values(retired_at=now))
        case BulkKind.SUBMIT:
            session.execute(these.values(state=QuestionState.IN_REVIEW.value, submitted_at=now))
        case BulkKind.RECHECK:  # what may be wrong is out of use until somebody says it is not
            session.execute(
                these.values(
                    state=QuestionState.IN_REVIEW.value, submitted_at=now, current_number=0
                )
            )
        case BulkKind.TAG:
            _tag(session, record)
        case BulkKind.UNTAG:
            _untag(session, record)
        case BulkKind.POINT | BulkKind.DIFFICULTY | BulkKind.USE | BulkKind.SOURCE:
            column = COLUMNS[change.kind]
            set_to: dict[str, Any] = {column: getattr(change, column)}
            _copy_versions(session, actor, record, set_to, now=now)
            _count_up(session, actor, record)


def _copy_versions(
    session: Session,
    actor: Actor,
    record: BulkChangeRow,
    set_to: dict[str, Any],
    *,
    now: datetime,
    back: bool = False,
) -> None:
    """Each question's next version: its newest with some columns set, or, going ``back``, what
    it was before the change."""
    table = cast(Table, QuestionVersion.__table__)
    kept = {column.key for column in inspect(QuestionVersion).column_attrs} - MADE_ANEW
    source: dict[str, Any] = {name: table.c[name] for name in sorted(kept)}
    source |= {name: literal(value, table.c[name].type) for name, value in set_to.items()}
    step = BulkChangeItem.to_number + 1 if back else BulkChangeItem.to_number
    source |= {
        "number": step,
        "content_hash": table.c.content_hash if back else BulkChangeItem.content_hash,
        "created_at": literal(now, table.c.created_at.type),
        "created_by": literal(actor.person_id, table.c.created_by.type),
    }
    copied = (
        select(*source.values())
        .select_from(BulkChangeItem)
        .join(
            table,
            (table.c.question_id == BulkChangeItem.question_id)
            & (table.c.number == BulkChangeItem.from_number),
        )
        .where(BulkChangeItem.change_id == record.id)
        .order_by(BulkChangeItem.question_id)
    )
    session.execute(insert(table).from_select(list(source), copied, include_defaults=False))


def _of_item(column: Any) -> Any:
    return select(column).where(BulkChangeItem.question_id == Question.id).correlate(Question)


def _count_up(session: Session, actor: Actor, record: BulkChangeRow) -> None:
    """The new versions are the newest; those that keep their approval are in use at once."""
    own = BulkChangeItem.change_id == record.id
    approved = select(BulkChangeItem.question_id).where(own, BulkChangeItem.keeps_approval)
    kept = Question.id.in_(approved)
    in_use = Question.current_number == Question.newest_number
    everyone = select(BulkChangeItem.question_id).where(own)
    session.execute(
        update(Question)
        .where(Question.id.in_(everyone))
        .values(
            current_number=case(
                (kept & in_use, Question.newest_number + 1), else_=Question.current_number
            ),
            state=case((kept, Question.state), else_=QuestionState.DRAFT.value),
            author_id=case((kept, Question.author_id), else_=actor.person_id),
            reviewer_id=case((kept, Question.reviewer_id), else_=None),
            newest_number=Question.newest_number + 1,
        )
        .execution_options(synchronize_session=False)
    )


def untouched(record: BulkChangeRow) -> Select[int]:
    """Counts the questions that stand as the change left them."""
    statement = (
        select(func.count())
        .select_from(BulkChangeItem)
        .join(Question, Question.id == BulkChangeItem.question_id)
        .where(
            BulkChangeItem.change_id == record.id,
            Question.newest_number == BulkChangeItem.to_number,
        )
    )
    match BulkKind(record.kind):
        case BulkKind.RETIRE:
            return statement.where(Question.retired_at == record.at)
        case BulkKind.SUBMIT | BulkKind.RECHECK:
            in_review = QuestionState.IN_REVIEW.value
            return statement.where(Question.state == in_review, Question.retired_at.is_(None))
        case BulkKind.POINT | BulkKind.DIFFICULTY | BulkKind.USE | BulkKind.SOURCE:
            as_left = case(
                (BulkChangeItem.keeps_approval, BulkChangeItem.state),
                else_=QuestionState.DRAFT.value,
            )
            return statement.where(Question.state == as_left, Question.retired_at.is_(None))
        case _:
            return statement


def take_back(session: Session, actor: Actor, record: BulkChangeRow, now: datetime) -> None:
    """Bring the questions of a recorded change back to what they were."""
    items = select(BulkChangeItem.question_id).where(BulkChangeItem.change_id == record.id)
    these = (
        update(Question).where(Question.id.in_(items)).execution_options(synchronize_session=False)
    )
    match BulkKind(record.kind):
        case BulkKind.RETIRE:
            session.execute(these.values(retired_at=None))
        case BulkKind.SUBMIT:
            session.execute(these.values(state=QuestionState.DRAFT.value, submitted_at=None))
        case BulkKind.TAG:
            _untag(session, record)
        case BulkKind.UNTAG:
            _tag(session, record)
        case BulkKind.RECHECK:
            session.execute(
                these.values(
                    state=QuestionState.APPROVED.value,
                    submitted_at=None,
                    current_number=Question.newest_number,
                )
            )
        case BulkKind.POINT | BulkKind.DIFFICULTY | BulkKind.USE | BulkKind.SOURCE:
            _copy_versions(session, actor, record, {}, now=now, back=True)
            own = BulkChangeItem.change_id == record.id
            was_in_use = select(BulkChangeItem.question_id).where(own, BulkChangeItem.in_use)
            session.execute(
                these.values(
                    current_number=case(
                        (Question.id.in_(was_in_use), Question.newest_number + 1),
                        else_=Question.current_number,
                    ),
                    state=_of_item(BulkChangeItem.state).where(own).scalar_subquery(),
                    author_id=_of_item(BulkChangeItem.author_id).where(own).scalar_subquery(),
                    newest_number=Question.newest_number + 1,
                )
            )


def _tag(session: Session, record: BulkChangeRow) -> None:
    table = cast(Table, QuestionTag.__table__)
    tag = literal(record.details["tag"], table.c.tag.type)
    rows = select(BulkChangeItem.question_id, tag).where(BulkChangeItem.change_id == record.id)
    session.execute(
        insert_for(session, table)
        .from_select(["question_id", "tag"], rows)
        .on_conflict_do_nothing()
    )


def _untag(session: Session, record: BulkChangeRow) -> None:
    items = select(BulkChangeItem.question_id).where(BulkChangeItem.change_id == record.id)
    session.execute(
        delete(QuestionTag)
        .where(QuestionTag.tag == record.details["tag"], QuestionTag.question_id.in_(items))
        .execution_options(synchronize_session=False)
    )
