"""What to study after an answer that was not right: an extra below its feedback."""

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current
from lianbing.grading.rules import Verdict
from lianbing.infra.database import db
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import QuestionId
from lianbing.practice.models import PracticeAnswer
from lianbing.practice.queries import identities_of
from lianbing.training.materials.queries import Offer, materials_for


def offers_after(actor: Actor, question_id: QuestionId, _here: str) -> Markup | str:
    """Material for the point of a question last answered wrong or partly; nothing otherwise."""
    offers = list_offers(db.session(), actor, question_id)
    if not offers:
        return ""
    shown = render_template("training/_offers.html", offers=offers)
    return Markup(shown)  # noqa: S704 - a template


def list_offers(session: Session, actor: Actor, question_id: QuestionId) -> tuple[Offer, ...]:
    """What to study for the point of a question, when the actor's last answer was not right."""
    verdict = session.scalar(
        select(PracticeAnswer.verdict)
        .where(
            PracticeAnswer.person_id.in_(identities_of(session, actor)),
            PracticeAnswer.question_id == question_id,
        )
        .order_by(PracticeAnswer.id.desc())
        .limit(1)
    )
    if verdict is None or verdict == Verdict.RIGHT:
        return ()
    point_id = session.scalar(
        select(QuestionVersion.point_id)
        .join(Question, is_current())
        .where(Question.id == question_id)
    )
    return materials_for(session, actor, [point_id] if point_id else []).get(point_id or 0, ())
