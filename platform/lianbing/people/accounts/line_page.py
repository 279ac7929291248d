"""What someone in line sees, as a page or as JSON, and the ticket their browser keeps meanwhile.

A page costs a server milliseconds, and in a rush everybody gets this one: so it is drawn once for
each language and light, and only the few words that differ are put in.
"""

from flask import current_app, jsonify, render_template, request
from flask_babel import gettext, ngettext
from markupsafe import escape
from werkzeug.wrappers import Response

from lianbing.infra.crypto import current_keyring
from lianbing.infra.settings import Settings
from lianbing.kernel.clock import utc_now
from lianbing.people.accounts.line import current_line
from lianbing.people.accounts.line.rules import TICKET_LIFETIME, Sight, pause, seconds_left
from lianbing.people.accounts.line.tickets import Ticket, open_ticket, seal_ticket
from lianbing.web.i18n import choose_locale
from lianbing.web.preferences import chosen_theme

COOKIE = "place_in_line"
PATH = "/sign-in"
ACCEPTED = 202
MARKS = ("line-ahead-mark", "line-wait-mark", "line-again-mark", "line-place-mark")


def wants_json() -> bool:
    """Whether the page's script asks, not a person's browser."""
    return request.accept_mimetypes.best == "application/json"


def holds_ticket() -> bool:
    """Whether the browser carries anything that calls itself a ticket."""
    return COOKIE in request.cookies


def find_ticket() -> Ticket | None:
    """The ticket the browser carries; None without a good one."""
    sealed = request.cookies.get(COOKIE)
    return open_ticket(sealed, current_keyring(), now=utc_now()) if sealed else None


def tear_up(response: Response) -> Response:
    """Let the browser forget its ticket."""
    response.delete_cookie(COOKIE, path=PATH)
    return response


def show(ticket: Ticket, sight: Sight) -> Response:
    """Tell the holder where they stand and when to ask again."""
    told = pause(sight)
    current_line().expect(ticket.place, told=told, now=utc_now().timestamp())
    words = (_ahead(sight), _wait(sight))
    if wants_json():
        response: Response = jsonify(
            {"place": sight.ahead + 1, "ahead": words[0], "wait": words[1], "again_in": told}
        )
    else:
        page = _page()
        values = (*words, str(told), str(sight.ahead + 1))
        for mark, value in zip(MARKS, values, strict=True):
            page = page.replace(mark, str(escape(value)))
        response = Response(page, mimetype="text/html")
    response.status_code = ACCEPTED
    response.headers["Retry-After"] = str(int(told) + 1)
    if request.method == "POST":
        _hand_over(response, ticket)
    return response


def _hand_over(response: Response, ticket: Ticket) -> None:
    settings: Settings = current_app.extensions["lianbing_settings"]
    response.set_cookie(
        COOKIE,
        seal_ticket(ticket, current_keyring()),
        max_age=TICKET_LIFETIME,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.secure_cookies or request.is_secure,
    )


def _ahead(sight: Sight) -> str:
    if not sight.ahead:
        return gettext("You are next.")
    return ngettext(
        "%(num)s person is ahead of you.", "%(num)s people are ahead of you.", sight.ahead
    )


def _wait(sight: Sight) -> str:
    seconds = seconds_left(sight)
    if seconds < 90:
        return gettext("About %(seconds)s s to wait.", seconds=seconds)
    return gettext("About %(minutes)s min to wait.", minutes=-(-seconds // 60))


def _page() -> str:
    drawn: dict[tuple[str, ...], str] = current_app.extensions.setdefault("lianbing_line_pages", {})
    look = (choose_locale(), chosen_theme(), request.path)
    if look not in drawn:
        ahead, wait, again, place = MARKS
        drawn[look] = render_template(
            "people/line.html", ahead=ahead, wait=wait, again_in=again, place=place
        )
    return drawn[look]
