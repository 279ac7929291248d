"""The leader's pages: open campaigns, what became of them, how the people practise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, OrganisationId
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.people.authority import require_reach
from lianbing.people.organisations.queries import OrganisationRow
from lianbing.people.queries import list_reachable_organisations
from lianbing.practice.campaigns import heat, queries, standings, teams, use_cases
from lianbing.practice.campaigns.errors import BadCampaign
from lianbing.practice.campaigns.forms import CampaignFields
from lianbing.practice.campaigns.rules import HEAT_FLOORS, HeatMeasure
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.queries import PracticeBank, list_practice_banks
from lianbing.practice.rewards.rate_cards import RateCard, cards_at
from lianbing.subjects.queries import scope_tree
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of
from lianbing.web.workbook import send_workbook

LEADERS = (Role.TRAINER, Role.TEAM_LEADER)

blueprint = Blueprint(
    "campaign_desk", __name__, template_folder="../templates", url_prefix="/practice/desk"
)


def _number() -> int:
    return request.args.get("page", 1, type=int)


@blueprint.get("/campaigns")
@access.roles(*LEADERS)
def index() -> ResponseReturnValue:
    """The campaigns within reach."""
    page = queries.page_of_led(db.session(), current_actor(), _number(), now=utc_now())
    return render_template("practice/campaigns/led.html", page=page)


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@access.roles(*LEADERS)
def new() -> ResponseReturnValue:
    """Open a campaign."""
    session, actor, now = db.session(), current_actor(), utc_now()
    form = CampaignFields()
    banks = [
        (
            bank,
            [
                (scope.id, scope.title)
                for scope in scope_tree(session, bank.subject_id, outline_id=bank.outline_id)
            ],
        )
        for bank in list_practice_banks(session, actor)
    ]
    form.offer(list_reachable_organisations(session, actor, *LEADERS), banks)
    if not form.is_submitted():
        form.opens_on.data = form.closes_on.data = local_date(now)
    if form.validate_on_submit():
        session.rollback()
        try:
            with transaction() as writing:
                campaign_id = use_cases.open_campaign(writing, actor, form.new(), now=now)
        except (BadCampaign, NothingToDrill) as error:
            flash(message_of(error), "error")
        else:
            flash(gettext("The campaign is open. Those it is meant for see it now."), "success")
            return redirect(url_for("campaign_desk.show", campaign_id=campaign_id))
    return render_template("practice/campaigns/new.html", form=form, banks=banks)


@blueprint.get("/campaigns/<int:campaign_id>")
@access.roles(*LEADERS)
def show(campaign_id: int) -> ResponseReturnValue:
    """What became of a campaign, by team and by person."""
    session, now = db.session(), utc_now()
    row = queries.get_led(session, current_actor(), campaign_id, now=now)
    today = local_date(now)
    names = _names(row.organisation_id)
    number = request.args.get("teams", 1, type=int)
    return render_template(
        "practice/campaigns/standings.html",
        row=row,
        teams=standings.page_of_team_standings(session, row, number, on=today),
        page=standings.page_of_standings(session, row, _number(), names, on=today),
    )


@blueprint.post("/campaigns/<int:campaign_id>/withdraw")
@access.roles(*LEADERS)
def withdraw(campaign_id: int) -> ResponseReturnValue:
    """Take a campaign back."""
    with transaction() as session:
        use_cases.withdraw(session, current_actor(), campaign_id, now=utc_now())
    flash(gettext("The campaign is withdrawn."), "success")
    return redirect(url_for("campaign_desk.index"))


@blueprint.post("/campaigns/<int:campaign_id>/export")
@access.roles(*LEADERS)
def export(campaign_id: int) -> Response:
    """What became of a campaign, as a workbook."""
    now, actor = utc_now(), current_actor()
    with transaction() as session:
        row = queries.get_led(session, actor, campaign_id, now=now)
        names = _names(row.organisation_id)
        found = standings.all_standings(session, row, names, on=local_date(now))
        audit.record(
            session, actor, "practice.export_campaign", subject=("campaign", row.id), now=now
        )
    headings = [gettext("Name"), gettext("Work team"), gettext("Times completed"), gettext("Score")]
    rows = [(one.name, one.team, one.periods, one.points) for one in found]
    return send_workbook(row.plan.title, headings, rows)


@blueprint.get("/teams")
@access.roles(*LEADERS)
def team() -> ResponseReturnValue:
    """Who has not practised today, how the parts of an organisation practise, what is weak."""
    session, now = db.session(), utc_now()
    where = _where(now)
    place, today, bank_id = where.place, local_date(now), where.bank.id if where.bank else None
    return render_template(
        "practice/campaigns/team.html",
        where=where,
        roll=teams.get_roll(session, current_actor(), place, _number(), now=now),
        teams=teams.page_of_teams(
            session, place, bank_id, request.args.get("teams", 1, type=int), on=today
        ),
        weak=teams.list_weak_points(session, place, bank_id, on=today) if bank_id else [],
    )


@blueprint.get("/teams/map")
@access.roles(*LEADERS)
def team_map() -> ResponseReturnValue:
    """The parts of an organisation against the standard's scopes, as a heat map."""
    session, now = db.session(), utc_now()
    where = _where(now)
    require_reach(session, current_actor(), *LEADERS, organisation_id=where.place)
    covered = request.args.get("measure") == HeatMeasure.COVERED.value
    measure = HeatMeasure.COVERED if covered else HeatMeasure.RIGHT
    scopes = heat.scopes_of(session, where.bank) if where.bank else []
    return render_template(
        "practice/campaigns/heat.html",
        where=where,
        measure=measure.value,
        floors=HEAT_FLOORS,
        scopes=scopes,
        page=heat.page_of_heat(
            session, where.place, scopes, _number(), measure=measure, on=local_date(now)
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """What a leader looks at, an organisation and a bank, with what else they may choose."""

    nodes: Sequence[OrganisationRow]
    banks: Sequence[PracticeBank]
    place: OrganisationId
    bank: PracticeBank | None


def _where(now: datetime) -> Where:
    """The organisation and the bank of the address, else the first and the one most chosen."""
    session, actor = db.session(), current_actor()
    nodes = list_reachable_organisations(session, actor, *LEADERS)
    chosen = request.args.get("organisation", type=int) or (nodes[0].id if nodes else None)
    if chosen is None:
        raise NotFound
    place, banks = OrganisationId(chosen), list_practice_banks(session, actor)
    by_id = {bank.id: bank for bank in banks}
    bank = by_id.get(BankId(request.args.get("bank", 0, type=int)))
    if bank is None and banks:
        usual = teams.usual_bank(session, place, list(by_id), on=local_date(now))
        bank = by_id[usual] if usual is not None else None
    return Where(nodes=nodes, banks=banks, place=place, bank=bank)


@blueprint.post("/teams/<int:organisation_id>/export")
@access.roles(*LEADERS)
def export_roll(organisation_id: int) -> Response:
    """Who has not practised today, as a workbook."""
    now, actor, place = utc_now(), current_actor(), OrganisationId(organisation_id)
    with transaction() as session:
        require_reach(session, actor, *LEADERS, organisation_id=place)
        today = local_date(now)
        people = teams.all_missing(session, place, on=today)
        lines = teams.roll_lines(session, people, _names(place))
        audit.record(
            session, actor, "practice.export_roll", subject=("organisation", place), now=now
        )
    headings = [gettext("Name"), gettext("Work team"), gettext("Last practised")]
    rows = [
        (line.name, line.team, line.last_day.isoformat() if line.last_day else "") for line in lines
    ]
    return send_workbook(gettext("Not practised %(day)s", day=today.isoformat()), headings, rows)


def _names(organisation_id: OrganisationId) -> MaskPolicy:
    session, today = db.session(), local_date(utc_now())
    card = cards_at(session, [organisation_id], on=today).get(organisation_id, RateCard())
    return card.rules.roll_names
