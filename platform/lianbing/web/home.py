"""Home: a landing for strangers; for the signed-in, panels that features register.

``register_panel(order, roles, render)`` is called in ``entry/wiring.py``. Order speaks:
below 100 what to do today, from 100 what comes next, from 200 where one stands, from 300
tasks of staff. A panel that has nothing to say returns an empty string.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lianbing.infra.settings import Settings
from lianbing.kernel.actor import Actor, Role
from lianbing.web import access

Render = Callable[[Actor], Markup | str]
STAFF_FROM = 300

blueprint = Blueprint("home", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A feature's part of the home page; ``roles`` None means everyone signed in."""

    order: int
    roles: frozenset[Role] | None
    render: Render


_panels: dict[str, Panel] = {}


def register_panel(order: int, roles: Iterable[Role] | None, render: Render) -> None:
    """Put a feature's panel on the home page; registering it again replaces it."""
    name = f"{render.__module__}.{render.__qualname__}"
    wanted = frozenset(roles) if roles is not None else None
    _panels[name] = Panel(order=order, roles=wanted, render=render)


def panels_for(actor: Actor) -> list[Panel]:
    """The panels meant for an actor, in order."""
    fitting = (
        panel for panel in _panels.values() if panel.roles is None or actor.holds(*panel.roles)
    )
    return sorted(fitting, key=lambda panel: panel.order)


@blueprint.get("/")
@access.public
def index() -> ResponseReturnValue:
    """The home page of whoever is there."""
    actor = access.find_actor()
    if actor is None:
        settings: Settings = current_app.extensions["lianbing_settings"]
        return render_template("home/landing.html", self_registration=settings.self_registration)
    shown = [(panel.order, panel.render(actor)) for panel in panels_for(actor)]
    own = [text for order, text in shown if text and order < STAFF_FROM]
    staff = [text for order, text in shown if text and order >= STAFF_FROM]
    return render_template("home/index.html", own_panels=own, staff_panels=staff)
