"""Who is signed in: Flask-Login over the sessions table, looked up anew at every request.

The cookie carries a random token and nothing else; the table holds its keyed digest, so a
session can be revoked at once and a copy of the database opens none.
"""

import logging

from flask import Flask, Response, g, session
from flask_login import LoginManager, UserMixin
from sqlalchemy.exc import SQLAlchemyError

from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.settings import Settings
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.people.accounts.hashing import PasswordHashing
from lianbing.people.accounts.line.in_process import LineInProcess
from lianbing.people.accounts.line.in_redis import LineInRedis
from lianbing.people.accounts.sessions import LIFETIME, find_session, touch_session
from lianbing.people.roles.queries import load_actor

log = logging.getLogger(__name__)


class SignedIn(UserMixin):
    """What Flask-Login calls the current user: an actor and the token it came with."""

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor = actor
        self.token = token

    def get_id(self) -> str:
        """What goes into the cookie: the random token."""
        return self.token


def find_signed_in(token: str) -> SignedIn | None:
    """Who a token signs in; None when it is unknown, expired or revoked."""
    now = utc_now()
    found = find_session(db.session(), token, keyring=current_keyring(), now=now)
    if found is None:
        return None
    if found.is_stale:
        g.stale_session_id = found.id
    actor = load_actor(
        db.session(),
        found.person_id,
        session_id=found.id,
        must_change_password=found.must_change_password,
    )
    return SignedIn(actor, token)


def remember_token(token: str) -> None:
    """What Flask-Login's ``login_user`` writes, without looking up whom the token signs in.

    The next request looks them up; a rush at the door would pay for it twice.
    """
    session["_user_id"] = token
    session["_fresh"] = True
    session.permanent = True


def note_use(response: Response) -> Response:
    """After a request: remember that the session is in use; failing at it harms nobody."""
    session_id = g.pop("stale_session_id", None)
    if session_id is not None:
        try:
            with transaction() as writing:
                touch_session(writing, session_id, now=utc_now())
        except SQLAlchemyError:
            log.warning("could not note the use of a session", exc_info=True)
    return response


def init_login(app: Flask) -> None:
    """Install Flask-Login over the sessions table, and the hashing workshop."""
    settings: Settings = app.extensions["lianbing_settings"]
    app.extensions["lianbing_hashing"] = PasswordHashing(
        settings.hashing_concurrency,
        note=app.extensions["lianbing_metrics"].gauge(
            "lianbing_hashing_places_taken", "Sign-ins and other password checks under way"
        ),
    )
    client = app.extensions["lianbing_redis"]
    app.extensions["lianbing_line"] = (
        LineInRedis(client, settings.redis_prefix) if client is not None else LineInProcess()
    )
    app.config["PERMANENT_SESSION_LIFETIME"] = LIFETIME
    # no context processor: it would look the person up again while an error page is drawn
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # a phone's address changes; the token is what counts
    manager.user_loader(find_signed_in)
    app.after_request(note_use)
