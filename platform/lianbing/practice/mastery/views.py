"""The page of the map: where a person stands, and what would raise their theory score most."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.database import db
from lianbing.infra.paging import Page
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.practice.mastery.drawing import draw_map
from lianbing.practice.mastery.queries import OutlineStanding, get_standing
from lianbing.practice.mastery.rules import Standing, expected_margin, expected_mark, weakest_first
from lianbing.practice.queries import PracticeBank, identities_of, point_counts
from lianbing.practice.slots import Tile
from lianbing.practice.today import Today, get_today
from lianbing.training.materials.queries import materials_for
from lianbing.web import access

FIRST = 5
POINTS_A_PAGE = 50

blueprint = Blueprint("practice_mastery", __name__, url_prefix="/practice/map")


@blueprint.get("/")
@access.signed_in
def show() -> ResponseReturnValue:
    """The map over the scopes of the bank that is practised."""
    session, actor, now = db.session(), access.current_actor(), utc_now()
    bank = get_today(session, actor, now=now).bank
    if bank is None:
        return render_template("practice/mastery/map.html", bank=None)
    identities = identities_of(session, actor)
    standing = get_standing(session, identities, bank.subject_id, bank.outline_id, now=now)
    counts = point_counts(session, identities, bank.id)
    offers = materials_for(session, actor, standing.standings.keys())
    return render_template(
        "practice/mastery/map.html", bank=bank, offers=offers, **_shown(standing, counts, bank)
    )


def _shown(
    standing: OutlineStanding, counts: Mapping[int, tuple[int, int, int]], bank: PracticeBank
) -> dict[str, object]:
    points = list(standing.standings.values())
    ranked = weakest_first(points)
    return {
        "mark": expected_mark(points),
        "margin": expected_margin(points),
        "is_known": any(point.estimate.answers for point in points),
        "first": [point for point in ranked if point.point_id in counts][:FIRST],
        "strips": draw_map(standing.scopes, standing.standings),
        "titles": standing.points,
        "scope_titles": standing.scope_titles,
        "drillable": counts.keys(),
        "page": _page(ranked, request.args.get("page", 1, type=int)),
    }


def _page(ranked: list[Standing], number: int) -> Page[Standing]:
    number = max(number, 1)
    start = (number - 1) * POINTS_A_PAGE
    return Page(
        rows=ranked[start : start + POINTS_A_PAGE],
        number=number,
        total=len(ranked),
        per_page=POINTS_A_PAGE,
    )


def tile(_actor: Actor, today: Today) -> Tile | None:
    """The way to the map from the practice home."""
    if today.bank is None:
        return None
    return Tile(
        icon="map",
        title=gettext("My map"),
        note=gettext("Where to begin"),
        address=url_for("practice_mastery.show"),
    )
