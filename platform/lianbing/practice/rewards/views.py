"""Pages of rewards: the own streak, points and league, units' participation, rules of points."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId
from lianbing.leaderboards import queries as boards
from lianbing.leaderboards import reading
from lianbing.leaderboards.rules import ALL
from lianbing.people.authority import require_reach
from lianbing.people.queries import list_reachable_organisations, organisation_names
from lianbing.practice.queries import identities_of
from lianbing.practice.rewards import participation, queries, use_cases, weeks
from lianbing.practice.rewards.errors import BadPointsRules
from lianbing.practice.rewards.forms import RulesForm
from lianbing.practice.rewards.rate_cards import RateCard, cards_at
from lianbing.practice.today import Today
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

blueprint = Blueprint(
    "rewards", __name__, template_folder="../templates", url_prefix="/practice/together"
)


@blueprint.get("/")
@access.signed_in
def mine() -> ResponseReturnValue:
    """Streak, points, league and the places on this week's boards."""
    actor, now = current_actor(), utc_now()
    with transaction() as session:
        weeks.take_up(session, now=now, first=identities_of(session, actor))
    session = db.session()
    places = []
    board_id = queries.find_own_board(session, actor, now=now)
    if board_id is not None:
        board = boards.get_board(session, actor, board_id, now=now)
        for tab in reading.tabs_of(session, actor, board):
            view = reading.read_board(session, actor, board, group=tab.group, now=now)
            places.append((tab, view))
    return render_template(
        "practice/rewards/mine.html",
        own=queries.get_own_rewards(session, actor, now=now),
        league=queries.find_league(session, actor, now=now),
        board_id=board_id,
        places=places,
        everyone=ALL,
    )


def panel(actor: Actor, _today: Today) -> Markup | str:
    """The practice home's line on streak and points."""
    own = queries.get_own_rewards(db.session(), actor, now=utc_now())
    return Markup(render_template("practice/rewards/_panel.html", own=own))  # noqa: S704 - own


@blueprint.get("/units")
@access.signed_in
def units() -> ResponseReturnValue:
    """The units of the own region by participation."""
    rates = participation.find_region_rates(db.session(), current_actor(), now=utc_now())
    return render_template("practice/rewards/units.html", rates=rates)


@blueprint.post("/leave")
@access.signed_in
def leave() -> ResponseReturnValue:
    """Leave boards and leagues, at once."""
    with transaction() as session:
        use_cases.leave_boards(session, current_actor(), now=utc_now())
    flash(gettext("You stand on no board any more. Your streak and points go on."), "success")
    return redirect(url_for("rewards.mine"))


@blueprint.post("/return")
@access.signed_in
def come_back() -> ResponseReturnValue:
    """Stand on boards and in leagues again."""
    with transaction() as session:
        use_cases.return_to_boards(session, current_actor(), now=utc_now())
    return redirect(url_for("rewards.mine"))


@blueprint.get("/rules")
@access.roles(*use_cases.WRITERS)
def rules() -> ResponseReturnValue:
    """The organisations whose rules the reader may write."""
    nodes = list_reachable_organisations(db.session(), current_actor(), *use_cases.WRITERS)
    chosen = request.args.get("organisation", type=int) or (nodes[0].id if nodes else None)
    if chosen is None:
        return render_template("practice/rewards/rules.html", nodes=[], form=None, page=None)
    return _rules_page(OrganisationId(chosen), None)


@blueprint.post("/rules/<int:organisation_id>")
@access.roles(*use_cases.WRITERS)
def write(organisation_id: int) -> ResponseReturnValue:
    """Write the next version of an organisation's rules."""
    form = RulesForm()
    node = OrganisationId(organisation_id)
    if not form.validate_on_submit():
        return _rules_page(node, form)
    try:
        with transaction() as session:
            use_cases.write_rules(session, current_actor(), node, form.rules(), now=utc_now())
    except BadPointsRules as error:
        flash(message_of(error), "error")
        return _rules_page(node, form)
    flash(gettext("Saved. The new rules hold from tomorrow."), "success")
    return redirect(url_for("rewards.rules", organisation=organisation_id))


def _rules_page(node: OrganisationId, form: RulesForm | None) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    require_reach(session, actor, *use_cases.WRITERS, organisation_id=node)
    today = local_date(utc_now())
    in_force = cards_at(session, [node], on=today).get(node, RateCard())
    if form is None:
        form = RulesForm()
        form.fill(in_force.rules)
    return render_template(
        "practice/rewards/rules.html",
        nodes=list_reachable_organisations(session, actor, *use_cases.WRITERS),
        chosen=node,
        name=organisation_names(session, [node]).get(node, ""),
        form=form,
        in_force=in_force,
        today=today,
        page=queries.page_of_rules(session, node, request.args.get("page", 1, type=int)),
    )
