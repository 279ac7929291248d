"""The mock's pages: what may be sat, the exam page, the result; and what trainers offer."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.banks.corrections.views import take_report
from lianbing.exams.result_views import worded_items
from lianbing.exams.scratch import standing_of
from lianbing.exams.scratch_page import scratch_data
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, BlueprintId
from lianbing.practice.mock import queries, use_cases
from lianbing.practice.mock.errors import MinutesInsane, NothingToSit
from lianbing.practice.mock.forms import read_minutes
from lianbing.practice.mock.models import MockSitting
from lianbing.practice.mock.passes import tokens
from lianbing.practice.mock.rules import GRACE, LEAST_MINUTES, MOST_MINUTES, USUAL_MINUTES
from lianbing.practice.mock.use_cases import MockSeat
from lianbing.practice.slots import Tile
from lianbing.practice.start_views import SEED_BITS
from lianbing.practice.today import Today, get_today
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

pages = Blueprint(
    "practice_mock", __name__, url_prefix="/practice/mock", template_folder="../templates"
)


@pages.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    """The mocks that may be sat, the one under way, and those before."""
    session, actor = db.session(), current_actor()
    today = get_today(session, actor, now=utc_now())
    if today.bank is None:
        return redirect(url_for("practice.home"))
    return render_template(
        "practice/mock/index.html",
        bank=today.bank,
        offers=queries.list_offers(session, today.bank),
        under_way=queries.find_open(session, actor),
        page=queries.page_of_sittings(session, actor, request.args.get("page", 1, type=int)),
        may_offer=actor.holds(Role.TRAINER),
    )


@pages.post("/banks/<int:bank_id>")
@access.signed_in
def begin(bank_id: int) -> ResponseReturnValue:
    """Begin a mock by a blueprint, or the bank's usual hundred marks, and go to its page."""
    blueprint = request.form.get("blueprint", type=int)
    try:
        with transaction() as session:
            sitting_id = use_cases.begin_mock(
                session,
                current_actor(),
                BankId(bank_id),
                BlueprintId(blueprint) if blueprint is not None else None,
                seed=secrets.randbits(SEED_BITS),
                now=arrived_at(request.environ),
            )
    except NothingToSit as error:
        flash(message_of(error), "warning")
        return redirect(url_for("practice_mock.index"))
    return redirect(url_for("practice_mock.sit", sitting_id=sitting_id))


@pages.get("/<int:sitting_id>/sit")
@access.signed_in
def sit(sitting_id: int) -> ResponseReturnValue:
    """The real exam's page on the mock's paper; opening it puts an earlier page out."""
    now = arrived_at(request.environ)
    with transaction() as session:
        use_cases.settle(session, current_actor(), sitting_id, now=now)
        sitting = queries.own_sitting(session, current_actor(), sitting_id)
        if not sitting.is_open:
            return redirect(url_for("practice_mock.result", sitting_id=sitting_id))
        seat = use_cases.open_page(session, current_actor(), sitting_id)
    sitting = queries.own_sitting(db.session(), current_actor(), sitting_id)
    return render_template("exams/sit.html", exam_data=_exam_data(seat, sitting))


@pages.get("/<int:sitting_id>/result")
@access.signed_in
def result(sitting_id: int) -> ResponseReturnValue:
    """The marks and every question with its answer and explanation."""
    with transaction() as session:
        use_cases.settle(session, current_actor(), sitting_id, now=arrived_at(request.environ))
    sitting = queries.own_sitting(db.session(), current_actor(), sitting_id)
    if sitting.is_open:
        return redirect(url_for("practice_mock.sit", sitting_id=sitting_id))
    return render_template(
        "practice/mock/result.html",
        row=queries.sitting_row(sitting),
        items=worded_items(queries.review(db.session(), sitting)),
    )


@pages.post("/<int:sitting_id>/report")
@access.signed_in
def report(sitting_id: int) -> ResponseReturnValue:
    """Report an error in a question of a mock that is over."""
    sitting = queries.own_sitting(db.session(), current_actor(), sitting_id)
    number = request.form.get("number", 0, type=int)
    seen = [row for row in queries.review(db.session(), sitting) if row.number == number]
    if sitting.is_open or not seen:
        raise NotFound
    take_report(seen[0].version_id)
    return redirect(url_for("practice_mock.result", sitting_id=sitting_id, _anchor="review"))


@pages.get("/offers")
@access.roles(Role.TRAINER)
def offers() -> ResponseReturnValue:
    """A trainer's blueprints, each offered for mocks or not."""
    number = request.args.get("page", 1, type=int)
    return render_template(
        "practice/mock/offers.html",
        page=queries.page_of_offers(db.session(), current_actor(), number),
        usual=USUAL_MINUTES,
        least=LEAST_MINUTES,
        most=MOST_MINUTES,
    )


@pages.post("/offers/<int:blueprint_id>")
@access.roles(Role.TRAINER)
def offer(blueprint_id: int) -> ResponseReturnValue:
    """Offer a blueprint for so many minutes, or take the offer back."""
    minutes = read_minutes()
    try:
        with transaction() as session:
            use_cases.offer_blueprint(
                session, current_actor(), BlueprintId(blueprint_id), minutes, now=utc_now()
            )
    except MinutesInsane as error:
        flash(message_of(error), "warning")
    else:
        told = gettext("No longer offered as a mock exam.")
        if minutes is not None:
            told = gettext("Offered as a mock exam.")
        flash(told, "success")
    return redirect(url_for("practice_mock.offers", page=request.args.get("page")))


def tile(actor: Actor, today: Today) -> Tile:
    """The mock exam among the ways to practise."""
    under_way = queries.find_open(db.session(), actor)
    note = gettext("The real page and rules")
    if under_way is not None and under_way.due_at > utc_now():
        minutes = max(1, round((under_way.due_at - utc_now()).total_seconds() / 60))
        note = ngettext("%(num)d minute left", "%(num)d minutes left", minutes)
    return Tile(
        icon="file-earmark-text",
        title=gettext("Mock exam"),
        note=note,
        address=url_for("practice_mock.index"),
    )


def _exam_data(seat: MockSeat, sitting: MockSitting) -> dict[str, Any]:
    paper = queries.paper_of(db.session(), sitting)
    standing = standing_of(sitting, now=utc_now())
    order = queries.order_of(paper, sitting)
    name = f"mock-{sitting.id}"
    title = gettext("Mock exam: %(title)s", title=sitting.title)
    return scratch_data(standing, order, grace_seconds=int(GRACE.total_seconds())) | {
        "exam": {"id": name, "title": title, "total_marks": str(paper.total_marks)},
        "attempt": {"id": name},
        "mock": True,
        "trial": False,
        "lobby_url": url_for("practice_mock.index"),
        "token": tokens().issue(seat),
        "paper_url": url_for("practice_mock_api.paper"),
        "save_url": url_for("practice_mock_api.save"),
        "hand_in_url": url_for("practice_mock_api.hand_in"),
        "state_url": url_for("practice_mock_api.state"),
        "result_url": url_for("practice_mock.result", sitting_id=sitting.id),
    }
