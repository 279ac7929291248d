"""An organiser's pages: draft, publish, close; a participant's tries, voided and restored."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams.mass_quiz import queries, tries, use_cases
from lianbing.exams.mass_quiz.errors import BadQuiz, QuizClosed, TryUnderWay
from lianbing.exams.mass_quiz.forms import QuizFields, ReasonForm
from lianbing.exams.mass_quiz.queries import LEADERS
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.infra.tasks import kick
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId
from lianbing.papers.errors import BlueprintInfeasible
from lianbing.papers.queries import list_usable_blueprints
from lianbing.people.authority import require_reach
from lianbing.people.queries import list_reachable_organisations, person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

USUAL_DAYS = timedelta(days=13)

pages = Blueprint("quiz_desk", __name__, url_prefix="/quizzes/desk", template_folder="../templates")


@pages.get("/")
@access.roles(*LEADERS)
def index() -> ResponseReturnValue:
    """The quizzes within reach: an organiser's own, and those that mean a leader's people."""
    number = request.args.get("page", 1, type=int)
    page = queries.page_of_led(db.session(), current_actor(), number, now=utc_now())
    return render_template(
        "exams/mass_quiz/desk.html",
        page=page,
        organises=current_actor().holds(Role.ORGANISER),
    )


@pages.route("/new", methods=["GET", "POST"])
@access.roles(Role.ORGANISER)
def new() -> ResponseReturnValue:
    """Draft a quiz."""
    form = _form()
    if not form.is_submitted():
        form.opens_on.data = local_date(utc_now())
        form.closes_on.data = form.opens_on.data + USUAL_DAYS
    return _edit(form, None)


@pages.route("/<int:quiz_id>/edit", methods=["GET", "POST"])
@access.roles(Role.ORGANISER)
def edit(quiz_id: int) -> ResponseReturnValue:
    """Change a draft."""
    row = queries.get_led(db.session(), current_actor(), quiz_id, now=utc_now())
    require_reach(
        db.session(), current_actor(), Role.ORGANISER, organisation_id=row.organisation_id
    )
    if row.state != "draft":
        return redirect(url_for("quiz_follow.show", quiz_id=quiz_id))
    form = _form()
    if not form.is_submitted():
        form.show(row)
    return _edit(form, quiz_id)


def _form() -> QuizFields:
    form, session, actor = QuizFields(), db.session(), current_actor()
    form.offer(
        list_reachable_organisations(session, actor, Role.ORGANISER),
        list_usable_blueprints(session, actor),
    )
    return form


def _edit(form: QuizFields, quiz_id: int | None) -> ResponseReturnValue:
    if form.validate_on_submit():
        db.session.rollback()
        try:
            with transaction() as session:
                kept = use_cases.draft_quiz(
                    session, current_actor(), form.new(), now=utc_now(), quiz_id=quiz_id
                )
        except (BadQuiz, BlueprintInfeasible) as error:
            flash(message_of(error), "error")
        else:
            flash(gettext("The draft is kept. Look it over, then publish it."), "success")
            return redirect(url_for("quiz_follow.show", quiz_id=kept))
    return render_template("exams/mass_quiz/form.html", form=form, quiz_id=quiz_id)


@pages.post("/<int:quiz_id>/publish")
@access.roles(Role.ORGANISER)
def publish(quiz_id: int) -> ResponseReturnValue:
    """Show the quiz to those it is meant for."""
    try:
        with transaction() as session:
            use_cases.publish_quiz(session, current_actor(), quiz_id, now=utc_now())
    except (BadQuiz, BlueprintInfeasible) as error:
        flash(message_of(error), "error")
    else:
        flash(gettext("The quiz is published. Those it is meant for see it."), "success")
    return redirect(url_for("quiz_follow.show", quiz_id=quiz_id))


@pages.post("/<int:quiz_id>/discard")
@access.roles(Role.ORGANISER)
def discard(quiz_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    with transaction() as session:
        use_cases.discard_draft(session, current_actor(), quiz_id, now=utc_now())
    flash(gettext("The draft is discarded."), "success")
    return redirect(url_for("quiz_desk.index"))


@pages.post("/<int:quiz_id>/close")
@access.roles(Role.ORGANISER)
def close(quiz_id: int) -> ResponseReturnValue:
    """Close a quiz before its time."""
    form = ReasonForm()
    if not form.validate_on_submit():
        flash(gettext("Say why in a few words; the reason is kept."), "error")
        return redirect(url_for("quiz_follow.show", quiz_id=quiz_id))
    try:
        with transaction() as session:
            use_cases.close_quiz(
                session, current_actor(), quiz_id, reason=form.reason.data, now=utc_now()
            )
    except QuizClosed as error:
        flash(message_of(error), "warning")
    else:
        flash(gettext("The quiz is closed. Tries under way end with what they have."), "success")
    return redirect(url_for("quiz_follow.show", quiz_id=quiz_id))


@pages.get("/<int:quiz_id>/people/<int:person_id>")
@access.roles(Role.ORGANISER)
def person(quiz_id: int, person_id: int) -> ResponseReturnValue:
    """A participant's tries, each with what may be done about it."""
    session, actor, now = db.session(), current_actor(), utc_now()
    row = queries.get_led(session, actor, quiz_id, now=now)
    require_reach(session, actor, Role.ORGANISER, organisation_id=row.organisation_id)
    identities = tries.participant(session, quiz_id, PersonId(person_id))
    page = tries.page_of_tries(session, quiz_id, identities, request.args.get("page", 1, type=int))
    return render_template(
        "exams/mass_quiz/person.html",
        row=row,
        name=person_names(session, identities[:1])[identities[0]],
        page=page,
        form=ReasonForm(formdata=None),
    )


@pages.post("/tries/<int:try_id>/void")
@access.roles(Role.ORGANISER)
def void(try_id: int) -> ResponseReturnValue:
    """Let a try count no more."""
    return _judge(try_id, restore=False)


@pages.post("/tries/<int:try_id>/restore")
@access.roles(Role.ORGANISER)
def restore(try_id: int) -> ResponseReturnValue:
    """Let a voided try count again."""
    return _judge(try_id, restore=True)


def _judge(try_id: int, *, restore: bool) -> ResponseReturnValue:
    form, actor, now = ReasonForm(), current_actor(), utc_now()
    one = tries.get_try(db.session(), try_id)
    back = redirect(url_for("quiz_desk.person", quiz_id=one.quiz_id, person_id=one.person_id))
    if not form.validate_on_submit():
        flash(gettext("Say why in a few words; the reason is kept."), "error")
        return back
    reason, give_back = form.reason.data, form.give_back.data
    db.session.rollback()
    try:
        with transaction() as session:
            if restore:
                use_cases.restore_try(session, actor, try_id, reason=reason, now=now)
            else:
                use_cases.void_try(
                    session, actor, try_id, reason=reason, give_back=give_back, now=now
                )
    except TryUnderWay as error:
        flash(message_of(error), "warning")
    else:
        told = gettext("The try counts again.") if restore else gettext("The try counts no more.")
        flash(told, "success")
    kick("quizzes.take_up")
    return back
