"""A worker's pages: contests that concern me, a notice with my registration."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from lianbing.contests import entering, queries
from lianbing.contests.blueprint import blueprint
from lianbing.contests.entries import my_entry
from lianbing.contests.errors import ContestNotFound
from lianbing.contests.rules import ContestState
from lianbing.contests.standings import find_line, find_sittings, list_standing
from lianbing.contests.wording import condition_words
from lianbing.exams.errors import ResultListNotFound
from lianbing.exams.queries import get_exam
from lianbing.exams.seating.make_up import sittings_of
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ContestId, EventId, PersonId
from lianbing.leaderboards.rules import mask_name
from lianbing.people.queries import person_names, same_person_ids
from lianbing.subjects.queries import get_subject
from lianbing.web import access
from lianbing.web.access import current_actor


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    now = utc_now()
    number = request.args.get("page", 1, type=int)
    page = queries.list_my_contests(db.session(), _me(), number=number, now=now)
    return render_template("contests/index.html", page=page)


@blueprint.get("/<int:contest_id>")
@access.signed_in
def show(contest_id: int) -> ResponseReturnValue:
    """The notice, the conditions as they stand for the reader, and what can be done now."""
    now = utc_now()
    session = db.session()
    contest = queries.get_contest(session, ContestId(contest_id))
    if contest.state is ContestState.DRAFT:
        raise ContestNotFound
    entry = my_entry(session, contest.event, _me(), now=now)
    return render_template(
        "contests/show.html",
        contest=contest,
        phase=contest.event.phase(now),
        entry=entry,
        conditions=condition_words(session, entry.results),
        has_make_ups=len(sittings_of(session, contest.event.exam_id)) > 1,
        exam=get_exam(session, contest.event.exam_id),
        subject=get_subject(session, contest.event.subject_id),
        now=now,
    )


@blueprint.get("/<int:contest_id>/standing")
@access.signed_in
def standing(contest_id: int) -> ResponseReturnValue:
    """The round's standing over its exam and the make-ups, names masked as the contest says."""
    session = db.session()
    contest = queries.get_contest(session, ContestId(contest_id))
    sittings = find_sittings(session, contest.event.exam_id)
    if contest.event.exam_id not in sittings.lists:
        raise ResultListNotFound
    page = list_standing(session, sittings, number=request.args.get("page", 1, type=int))
    names = person_names(session, [line.person_id for line in page.rows])
    exams = {sittings.lists[id_]: get_exam(session, id_) for id_ in sittings.lists}
    return render_template(
        "contests/standing.html",
        contest=contest,
        page=page,
        exams=exams,
        unpublished=sittings.unpublished,
        mine=find_line(session, sittings, same_person_ids(session, _me())),
        names={
            line.person_id: mask_name(
                names.get(line.person_id, ""), contest.mask_policy, number=str(line.rank)
            )
            for line in page.rows
        },
    )


@blueprint.post("/<int:contest_id>/events/<int:event_id>/register")
@access.signed_in
def register(contest_id: int, event_id: int) -> ResponseReturnValue:
    with transaction() as session:
        entering.register(session, current_actor(), EventId(event_id), now=utc_now())
    flash(gettext("You are registered. The exam is in your list."), "success")
    return redirect(url_for("contests.show", contest_id=contest_id))


@blueprint.post("/<int:contest_id>/events/<int:event_id>/withdraw")
@access.signed_in
def withdraw(contest_id: int, event_id: int) -> ResponseReturnValue:
    with transaction() as session:
        entering.withdraw(session, current_actor(), EventId(event_id), now=utc_now())
    flash(gettext("You have withdrawn. While registration is open you may come back."), "success")
    return redirect(url_for("contests.show", contest_id=contest_id))


def panel(actor: Actor) -> Markup | str:
    """Home's "what next": the contest one may still enter, or the way to those there are."""
    if actor.person_id is None:
        return ""
    session, now = db.session(), utc_now()
    contests = queries.list_open_contests(session, actor.person_id, now=now)
    if not contests and not queries.list_my_contests(session, actor.person_id, now=now).total:
        return ""
    return Markup(render_template("contests/_panel.html", contests=contests))  # noqa: S704 - own template


def _me() -> PersonId:
    person_id = current_actor().person_id
    if person_id is None:
        raise Forbidden
    return person_id
