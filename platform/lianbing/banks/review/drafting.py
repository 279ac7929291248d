"""A question's next version begins as a draft: the one place that says what follows from that."""

from sqlalchemy.orm import Session

from lianbing.banks.finding.rules import searched_text
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.review.rules import QuestionState, may_review
from lianbing.kernel.actor import Actor
from lianbing.people.queries import same_person_ids


def begin_draft(session: Session, actor: Actor, question: Question) -> None:
    """Count the next version and call it a draft of the actor's; the one in use stays in use.

    A reviewer who becomes the author is the reviewer no longer.
    """
    question.newest_number += 1
    question.state = QuestionState.DRAFT.value
    question.submitted_at = None
    identities = same_person_ids(session, actor.person_id) if actor.person_id is not None else ()
    if question.reviewer_id is not None and not may_review(question.reviewer_id, identities):
        question.reviewer_id = None
    question.author_id = actor.person_id


SEARCHED = ("stem", "options", "prompts", "parts")


def show_newest(question: Question, version: QuestionVersion) -> None:
    """Let searches find the question by its code and its newest version's words."""
    parts = [getattr(version, name, None) or () for name in SEARCHED]
    question.words = searched_text([question.code, *parts])
