"""``create_app``: settings in, a wired Flask application out. Migrates nothing."""

from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lianbing.entry import wiring
from lianbing.entry.counting import count_requests
from lianbing.entry.hot_path import init_exams
from lianbing.infra.arrival import ArrivalStamp
from lianbing.infra.crypto import Keyring
from lianbing.infra.database import db, prepare_engine, refuse_unsafe_postgres
from lianbing.infra.logs import init_logs
from lianbing.infra.metrics import init_metrics
from lianbing.infra.redis_client import init_redis
from lianbing.infra.settings import Settings, SettingsError, load_settings
from lianbing.web.access import init_access
from lianbing.web.drawn import init_drawn_pages
from lianbing.web.errors import init_errors
from lianbing.web.i18n import init_i18n
from lianbing.web.layout import init_layout
from lianbing.web.security import init_security
from lianbing.web.transport import HttpsOnly

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"
CONNECTIONS = 15
"""Database connections of a process, all kept: one beyond a smaller pool would be made and thrown
away for each request of a rush. More would not help, since one process computes on one core; the
threads above it wait here, or for the group commit (ADR 0098)."""
UPLOAD_LIMIT_BYTES = 16 * 1024 * 1024
csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; raises SettingsError when a setting stops the start."""
    settings = settings or load_settings()
    init_logs(settings)
    app = Flask("lianbing.web", template_folder="templates", static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # Without its parameters: a failed statement is logged, and people's data is in them.
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_pre_ping": True,
            "hide_parameters": True,
            "pool_size": CONNECTIONS,
            "max_overflow": 0,
        },
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=UPLOAD_LIMIT_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.extensions["lianbing_settings"] = settings
    app.extensions["lianbing_keyring"] = Keyring(settings)
    metrics = init_metrics(app)
    _init_database(app)
    init_redis(app, settings)
    csrf.init_app(app)
    Bootstrap5(app)
    wiring.init_people(app)
    wiring.init_papers(app, settings)
    init_exams(app, settings)
    _wrap(app, settings)
    init_i18n(app, settings)
    init_layout(app, settings)
    init_drawn_pages(app)
    init_errors(app)
    init_access(app)
    init_security(app)
    wiring.register_blueprints(app, csrf)
    count_requests(app, metrics)
    wiring.register_subscriptions()
    wiring.register_tasks()
    return app


def _wrap(app: Flask, settings: Settings) -> None:
    """The outermost layers: the arrival stamp, then the proxies' headers, then https only."""
    if not settings.is_embedded and not settings.allow_plain_http:
        app.wsgi_app = HttpsOnly(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = ArrivalStamp(app.wsgi_app)  # type: ignore[method-assign]


def _init_database(app: Flask) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine)
        try:
            refuse_unsafe_postgres(db.engine)
        except SettingsError:
            db.engine.dispose()
            raise
