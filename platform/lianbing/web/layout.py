"""Layout: what every page's frame needs: navigation for this person, language, light, filters."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import LazyString, get_locale

from lianbing.infra.settings import Settings
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId
from lianbing.kernel.marks import show_mark
from lianbing.web.access import Gate, find_actor, rule_of
from lianbing.web.icons import icon
from lianbing.web.preferences import chosen_theme
from lianbing.web.static_files import init_static_files
from lianbing.web.time_words import TimeLeft, time_left

STAFF = frozenset(Role) - {Role.WORKER}
OWN_WORDS = ("person_name", "person_mark")
"""What a frame says of its person alone; see ``web.drawn``."""
MARK_LENGTH = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class NavigationItem:
    """One way through the product.

    Shown when its endpoint exists and that route's access rule lets the person in; ``roles``
    narrows it further, as for a page that is open to all but only staff go looking for.
    """

    endpoint: str
    label: LazyString
    icon: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Navigation:
    """Every way there is: the four of workers, one's own further pages, the menu of staff."""

    bottom_bar: tuple[NavigationItem, ...] = ()
    own_menu: tuple[NavigationItem, ...] = ()
    staff_menu: tuple[NavigationItem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A navigation item ready to draw."""

    url: str
    label: str
    icon: str
    is_current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LayoutState:
    """The frame of one page.

    ``person_mark`` says nothing but whether two pages were drawn for the same person.
    """

    actor: Actor | None
    person_name: str
    person_mark: str
    bottom_bar: tuple[Link, ...]
    own_menu: tuple[Link, ...]
    staff_menu: tuple[Link, ...]
    theme: str
    larger_text: bool
    language: str


def _shown(items: Sequence[NavigationItem], actor: Actor) -> list[NavigationItem]:
    """The items whose page exists and is open to the actor, so that no link leads to a refusal."""
    return [
        item
        for item in items
        if item.endpoint in current_app.view_functions
        and (not item.roles or actor.holds(*item.roles))
        and is_open_to(item.endpoint, actor)
    ]


def is_open_to(endpoint: str, actor: Actor) -> bool:
    """Whether a route's own access rule lets the actor in."""
    rule = rule_of(current_app, endpoint)
    return rule is not None and (rule.gate is not Gate.ROLES or actor.holds(*rule.roles))


def _current(items: Sequence[NavigationItem]) -> NavigationItem | None:
    """The item one is on or below; the nearest where several lie above one another."""
    here_or_above = [item for item in items if _leads_here(url_for(item.endpoint))]
    return max(here_or_above, key=lambda item: len(url_for(item.endpoint)), default=None)


def _leads_here(path: str) -> bool:
    return request.path == path or (path != "/" and request.path.startswith(path.rstrip("/") + "/"))


def _links(items: Sequence[NavigationItem], current: NavigationItem | None) -> tuple[Link, ...]:
    return tuple(
        Link(
            url=url_for(item.endpoint),
            label=str(item.label),
            icon=item.icon,
            is_current=item is current,
        )
        for item in items
    )


def layout_state() -> LayoutState:
    """The frame for the page being drawn."""
    actor = find_actor()
    bottom: list[NavigationItem] = []
    own: list[NavigationItem] = []
    staff: list[NavigationItem] = []
    if actor is not None and not actor.must_change_password:
        ways: Navigation = current_app.extensions["lianbing_navigation"]
        bottom, own = _shown(ways.bottom_bar, actor), _shown(ways.own_menu, actor)
        staff = _shown(ways.staff_menu, actor) if actor.holds(*STAFF) else []
    current = _current([*bottom, *own, *staff])
    return LayoutState(
        actor=actor,
        **g.get("frame_words") or frame_words(),
        bottom_bar=_links(bottom, current),
        own_menu=_links(own, current),
        staff_menu=_links(staff, current),
        theme=chosen_theme(),
        larger_text=bool(actor and actor.larger_text),
        language=str(get_locale()).replace("_", "-"),
    )


def frame_words() -> dict[str, str]:
    """The frame's own words of the person who asks, by the names of ``OWN_WORDS``."""
    actor = find_actor()
    return {"person_name": actor.name if actor else "", "person_mark": person_mark(actor)}


def frame_look() -> str:
    """All else that a frame shows one person and not another: two that agree look the same."""
    actor = find_actor()
    roles = sorted({held.role.value for held in actor.roles}) if actor else ()
    size = "larger" if actor and actor.larger_text else "plain"
    waits = "new-password" if actor and actor.must_change_password else ""
    return " ".join((str(get_locale()), chosen_theme(), size, waits, *roles))


def person_mark(actor: Actor | None) -> str:
    """A mark that two pages share when they were drawn for the same person; it names nobody."""
    if actor is None or actor.person_id is None:
        return ""
    return mark_of(actor.person_id, str(current_app.secret_key))


def mark_of(person_id: PersonId, secret: str) -> str:
    """The mark of a person, where there is no actor to ask for."""
    text = f"lianbing.person-mark {person_id}".encode()
    return hmac.new(secret.encode(), text, "sha256").hexdigest()[:MARK_LENGTH]


def has_endpoint(endpoint: str) -> bool:
    """Whether a feature that offers this page is plugged in."""
    return endpoint in current_app.view_functions


def page_url(number: int, name: str = "page") -> str:
    """The address of another page of the list shown, with its filters kept; ``name`` is the list's
    own argument where a page has more than one list."""
    arguments: dict[str, object] = dict(request.args.to_dict(flat=False))
    arguments.update(request.view_args or {})
    arguments[name] = number
    return url_for(request.endpoint or "home.index", **arguments)  # type: ignore[arg-type]


def here() -> str:
    """The address being shown, to come back to."""
    return request.full_path.rstrip("?") if has_request_context() else "/"


def time_until(until: datetime) -> TimeLeft:
    """What is left until an instant, from the server's clock."""
    return time_left(until, utc_now())


def install_navigation(app: Flask, navigation: Navigation) -> None:
    """Tell the frame which ways there are."""
    app.extensions["lianbing_navigation"] = navigation


def init_layout(app: Flask, settings: Settings) -> None:
    """Make the shared globals and filters known to every template."""
    app.extensions.setdefault("lianbing_navigation", Navigation())
    init_static_files(app)
    app.jinja_env.globals.update(
        find_actor=find_actor,
        layout_state=layout_state,
        has_endpoint=has_endpoint,
        page_url=page_url,
        here=here,
        icon=icon,
        time_until=time_until,
    )
    app.jinja_env.filters["mark"] = show_mark
