"""The pages of a drill as frozen rows: one position, and the summary at its end.

A question withdrawn from practice since the drill began is shown to nobody any more, not
even in the summary of those who answered it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import contents, is_current, is_drillable
from lianbing.banks.rules import ModelKey, QuestionContent
from lianbing.grading.rules import Verdict
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.practice.daily.why import Why, find_why
from lianbing.practice.errors import NotYetAsked
from lianbing.practice.feedback import Feedback, show_feedback
from lianbing.practice.models import Drill, DrillItem, PracticeAnswer
from lianbing.practice.queries import identities_of, is_drillable_now
from lianbing.practice.rules import BookChange, DrillMode, Given, moved
from lianbing.practice.shown import ShownQuestion, plain_stem, show_question


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillRow:
    """A drill; ``position`` from 1 is the next question, ``length`` + 1 when it is finished."""

    id: int
    mode: DrillMode
    bank_id: int | None
    scope_id: int | None
    point_id: int | None
    seed: int
    position: int
    length: int
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillPage:
    """One position: the question, the feedback once answered, neither once withdrawn.

    ``waits``: the drill stands here and wants an answer, or a word to pass a withdrawn one.
    ``why``: why a daily drill asks it. ``model``: a short answer's model answer, once its
    writer asks to compare; ``written`` then is what was written.
    """

    drill: DrillRow
    position: int
    question_id: QuestionId
    question: ShownQuestion | None
    feedback: Feedback | None
    waits: bool
    model: str = ""
    written: str = ""
    why: Why | None = None

    @property
    def is_last(self) -> bool:
        return self.position == self.drill.length


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryLine:
    """One question of a finished drill; no stem and no verdict when it was withdrawn."""

    position: int
    stem: str | None
    verdict: Verdict | None
    change: BookChange


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """How a drill went."""

    drill: DrillRow
    lines: tuple[SummaryLine, ...]
    right: int
    answered: int
    skipped: int

    @property
    def entered(self) -> tuple[SummaryLine, ...]:
        """What went into the wrong book."""
        wanted = (BookChange.ENTERED, BookChange.RETURNED)
        return tuple(line for line in self.lines if line.change in wanted)

    @property
    def left(self) -> tuple[SummaryLine, ...]:
        """What left the wrong book."""
        return tuple(line for line in self.lines if line.change is BookChange.LEFT)


def get_drill(session: Session, actor: Actor, drill_id: int) -> DrillRow:
    """The actor's own drill; raises NotFound for anyone else's."""
    drill = session.scalars(
        select(Drill).where(
            Drill.id == drill_id, Drill.person_id.in_(identities_of(session, actor))
        )
    ).one_or_none()
    if drill is None:
        raise NotFound
    return DrillRow(
        id=drill.id,
        mode=DrillMode(drill.mode),
        bank_id=drill.bank_id,
        scope_id=drill.scope_id,
        point_id=drill.point_id,
        seed=drill.seed,
        position=drill.position,
        length=drill.length,
        finished_at=drill.finished_at,
    )


def get_page(
    session: Session,
    actor: Actor,
    drill_id: int,
    position: int,
    *,
    given: Given | None = None,
    by_own_rules: bool = False,
) -> DrillPage:
    """A position up to one ahead of where the drill stands, so a browser may fetch it early; of
    a mode with its own rules only what is answered, unless that mode itself asks.

    ``given`` is what was given so far and not yet taken as the answer: steps moved, or a short
    answer whose writer now compares it with the model. Raises NotFound outside the drill and
    NotYetAsked further ahead.
    """
    drill = get_drill(session, actor, drill_id)
    item = _item_to_show(session, drill, position, by_own_rules=by_own_rules)
    waits = position >= drill.position
    if item.skipped_at is not None or not is_drillable_now(session, item.question_id):
        return DrillPage(
            drill=drill,
            position=position,
            question_id=QuestionId(item.question_id),
            question=None,
            feedback=None,
            waits=waits,
        )
    version_id = QuestionVersionId(item.version_id)
    content = contents(session, [version_id])[version_id]
    here = given if given is not None and position == drill.position else Given()
    question = show_question(
        content, seed=drill.seed, position=position, order=moved(here.order, here.move)
    )
    compares = here is given and isinstance(content.key, ModelKey)
    return DrillPage(
        drill=drill,
        position=position,
        question_id=QuestionId(item.question_id),
        question=question,
        feedback=None if waits else _feedback(session, drill, position, content, question),
        waits=waits,
        model=content.key.text if compares and isinstance(content.key, ModelKey) else "",
        written=here.text,
        why=find_why(session, item),
    )


def _item_to_show(
    session: Session, drill: DrillRow, position: int, *, by_own_rules: bool
) -> DrillItem:
    item = session.get(DrillItem, (drill.id, position))
    if item is None:
        raise NotFound
    guarded = drill.mode.has_own_rules and not by_own_rules
    furthest = drill.position - 1 if guarded else drill.position + 1
    if position > furthest:
        raise NotYetAsked
    return item


def _feedback(
    session: Session,
    drill: DrillRow,
    position: int,
    content: QuestionContent,
    question: ShownQuestion,
) -> Feedback:
    answer = session.scalars(
        select(PracticeAnswer).where(
            PracticeAnswer.drill_id == drill.id, PracticeAnswer.position == position
        )
    ).one()
    return show_feedback(
        content,
        question,
        answer.answer,
        verdict=Verdict(answer.verdict),
        change=BookChange(answer.book_change),
        streak=answer.book_streak,
    )


def get_answered_version(
    session: Session, actor: Actor, drill_id: int, position: int
) -> QuestionVersionId:
    """The version of a question the actor has answered in a drill; raises NotFound otherwise."""
    page = get_page(session, actor, drill_id, position)
    item = session.get(DrillItem, (drill_id, position))
    if page.feedback is None or item is None:
        raise NotFound
    return QuestionVersionId(item.version_id)


def get_summary(session: Session, actor: Actor, drill_id: int) -> Summary:
    """How the drill went; raises NotYetAsked while questions are left."""
    drill = get_drill(session, actor, drill_id)
    if drill.position <= drill.length:
        raise NotYetAsked
    rows = session.execute(
        select(DrillItem, PracticeAnswer)
        .outerjoin(
            PracticeAnswer,
            (PracticeAnswer.drill_id == DrillItem.drill_id)
            & (PracticeAnswer.position == DrillItem.position),
        )
        .where(DrillItem.drill_id == drill.id)
        .order_by(DrillItem.position)
    ).all()
    shown = _still_drillable(session, {item.question_id for item, _ in rows})
    found = contents(session, [QuestionVersionId(item.version_id) for item, _ in rows])
    lines = tuple(
        SummaryLine(
            position=item.position,
            stem=(
                plain_stem(found[QuestionVersionId(item.version_id)])
                if item.question_id in shown
                else None
            ),
            verdict=Verdict(answer.verdict) if answer is not None else None,
            change=BookChange(answer.book_change) if answer is not None else BookChange.NONE,
        )
        for item, answer in rows
    )
    return Summary(
        drill=drill,
        lines=lines,
        right=sum(line.verdict is Verdict.RIGHT for line in lines),
        answered=sum(line.verdict is not None for line in lines),
        skipped=sum(item.skipped_at is not None for item, _ in rows),
    )


def _still_drillable(session: Session, question_ids: set[int]) -> set[int]:
    statement = (
        select(Question.id)
        .join(QuestionVersion, is_current())
        .where(Question.id.in_(question_ids), is_drillable())
    )
    return set(session.scalars(statement))
