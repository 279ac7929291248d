"""Pages of review: the queue, two versions side by side, and the acts on a question's page."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from lianbing.banks import queries as bank_queries
from lianbing.banks.question_queries import get_question
from lianbing.banks.review import queries, use_cases
from lianbing.banks.review.errors import OwnVersion
from lianbing.banks.review.queries import QueueFilter
from lianbing.banks.review.rules import EntryKind, QuestionState, compare
from lianbing.banks.review.words import ENTRY_WORDS, STATE_TONES, STATE_WORDS
from lianbing.banks.use_cases import open_question
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError, Kind
from lianbing.kernel.ids import BankId, OrganisationId, PersonId, QuestionId
from lianbing.people.queries import person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import map_constraint, message_of

blueprint = Blueprint("bank_review", __name__, url_prefix="/banks/review")
blueprint.add_app_template_filter(compare, "compared_with")
for _name in (
    "ck_question_reviewer_is_not_author",
    "ck_question_review_entry_not_by_the_author",
):
    map_constraint(_name, OwnVersion)


@blueprint.app_template_filter()
def state_words(state: QuestionState) -> str:
    """A question's state as people call it."""
    return gettext(STATE_WORDS[state])


@blueprint.app_template_filter()
def state_tone(state: QuestionState) -> str:
    """The tone of a state's badge."""
    return STATE_TONES[state]


@blueprint.app_template_filter()
def entry_words(kind: EntryKind) -> str:
    """A line of a review in words."""
    return gettext(ENTRY_WORDS[kind])


def review_card(question_id: QuestionId, organisation_id: OrganisationId) -> dict[str, Any]:
    """What ``banks/review/_card.html`` shows of a question."""
    session = db.session()
    review = queries.get_review(session, current_actor(), question_id)
    reviewers = queries.list_reviewers(session, organisation_id, on=local_date(utc_now()))
    ids = {review.author_id, review.reviewer_id}
    for entry in review.entries:
        ids |= {entry.by_id, entry.other_id}
    names = person_names(session, [id_ for id_ in ids if id_ is not None])
    offered = {id_: name for id_, name in reviewers.items() if id_ != review.author_id}
    return {"review": review, "reviewers": offered, "names": names}


def panel(actor: Actor) -> Markup | str:
    """Home's tasks: questions that wait for the reader's review, and own ones sent back."""
    count = queries.count_mine(db.session(), actor)
    sent_back = queries.count_sent_back(db.session(), actor)
    if not count and not sent_back:
        return ""
    drawn = render_template("banks/review/_panel.html", count=count, sent_back=sent_back)
    return Markup(drawn)  # noqa: S704 - own


@blueprint.get("/")
@access.roles(Role.TRAINER)
def queue() -> ResponseReturnValue:
    """What waits for a reviewer, the reader's own and what nobody has taken first."""
    session, actor = db.session(), current_actor()
    whose = request.args.get("whose", "")
    bank = request.args.get("bank", type=int)
    wanted = QueueFilter(
        whose=whose if whose in ("all", "sent_back") else "mine",
        bank_id=None if bank is None else BankId(bank),
    )
    page = queries.page_of_queue(session, actor, wanted, request.args.get("page", 1, type=int))
    ids = {row.author_id for row in page.rows} | {row.reviewer_id for row in page.rows}
    return render_template(
        "banks/review/queue.html",
        page=page,
        wanted=wanted,
        banks=bank_queries.list_banks(session, actor),
        names=person_names(session, [id_ for id_ in ids if id_ is not None]),
    )


@blueprint.get("/<int:question_id>/compare")
@access.roles(Role.TRAINER)
def compare_versions(question_id: int) -> ResponseReturnValue:
    """Two versions side by side; by default the newest and the one before it."""
    actor, question = current_actor(), QuestionId(question_id)
    later = request.args.get("new", type=int) or get_question(db.session(), question).newest_number
    earlier = request.args.get("old", max(1, later - 1), type=int)
    with transaction() as session:
        found = open_question(session, actor, question, shown=(earlier, later), now=utc_now())
        bank = bank_queries.get_bank(session, found.bank_id)
    old, new = found.version(earlier), found.version(later)
    return render_template("banks/review/compare.html", bank=bank, question=found, old=old, new=new)


def _back(question_id: int) -> ResponseReturnValue:
    return redirect(url_for("banks.question", question_id=question_id, _anchor="review"))


def _act(
    question_id: int, done: str, act: Callable[..., object], **arguments: Any
) -> ResponseReturnValue:
    try:
        with transaction() as session:
            act(session, current_actor(), QuestionId(question_id), now=utc_now(), **arguments)
    except DomainError as refusal:
        if refusal.kind is Kind.FORBIDDEN or refusal.kind is Kind.NOT_FOUND:
            raise
        flash(message_of(refusal), "error")
    else:
        flash(done, "success")
    return _back(question_id)


def _number() -> int:
    return request.form.get("number", 0, type=int)


def _reviewer() -> PersonId | None:
    chosen = request.form.get("reviewer", type=int)
    return None if chosen is None else PersonId(chosen)


@blueprint.post("/<int:question_id>/submit")
@access.roles(Role.TRAINER)
def submit(question_id: int) -> ResponseReturnValue:
    """Send a draft for review."""
    done = gettext("Sent for review.")
    return _act(question_id, done, use_cases.submit, reviewer_id=_reviewer())


@blueprint.post("/<int:question_id>/assign")
@access.roles(Role.TRAINER)
def assign(question_id: int) -> ResponseReturnValue:
    """Name the reviewer; without a choice, take it on oneself."""
    chosen = _reviewer() or current_actor().person_id
    done = gettext("The reviewer is named.")
    return _act(question_id, done, use_cases.assign, reviewer_id=chosen)


@blueprint.post("/<int:question_id>/approve")
@access.roles(Role.TRAINER)
def approve(question_id: int) -> ResponseReturnValue:
    """Bring the version into use."""
    done = gettext("Approved: this version is in use from now on.")
    return _act(question_id, done, use_cases.approve, number=_number())


@blueprint.post("/<int:question_id>/reject")
@access.roles(Role.TRAINER)
def reject(question_id: int) -> ResponseReturnValue:
    """Send it back with a reason."""
    done = gettext("Sent back as a draft.")
    reason = request.form.get("text", "")
    return _act(question_id, done, use_cases.reject, number=_number(), reason=reason)


@blueprint.post("/<int:question_id>/withdraw")
@access.roles(Role.TRAINER)
def withdraw(question_id: int) -> ResponseReturnValue:
    """Take it out of review."""
    return _act(question_id, gettext("It is a draft again."), use_cases.withdraw)


@blueprint.post("/<int:question_id>/comment")
@access.roles(Role.TRAINER)
def comment(question_id: int) -> ResponseReturnValue:
    """Say something of it."""
    text = request.form.get("text", "")
    return _act(question_id, gettext("Noted."), use_cases.comment, text=text)


@blueprint.post("/<int:question_id>/restore-version")
@access.roles(Role.TRAINER)
def restore_version(question_id: int) -> ResponseReturnValue:
    """Make an older version the newest draft."""
    done = gettext("That version's content is the newest draft now.")
    return _act(question_id, done, use_cases.restore_version, number=_number())
