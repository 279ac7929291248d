"""What an operator starts: web, worker, beat, all three, and this machine's own trial."""

import secrets
import sys

import click
from flask import Flask

from lianbing.entry.celery import QUEUES, install_kicker, make_celery, prepare_forked_workers
from lianbing.entry.demo import load_all, sign_ins
from lianbing.entry.factory import create_app
from lianbing.entry.processes import Supervisor, own_command
from lianbing.entry.readiness import NotReady, require_ready, upgrade_schema
from lianbing.entry.serving import reachable_host, serve_web
from lianbing.infra.database import db
from lianbing.infra.settings import PREFIX, SECRET_NAMES, Settings
from lianbing.web.i18n import compile_catalogues

WORKERS = ("closing", "default", "grading,imports")
"""The queues of each worker process tree: a close waits behind nothing, and nothing behind it."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command("web")
def web_command() -> None:
    """Serve the pages; in the embedded shape run the periodic tasks too."""
    serve_web(_ready_settings())


@click.command("worker")
@click.option("--queues", default=",".join(QUEUES), show_default=True)
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--pool", default="prefork", type=click.Choice(["prefork", "solo"]))
def worker_command(queues: str, concurrency: int, pool: str) -> None:
    """Run periodic tasks from the named queues (production shape)."""
    unknown = set(queues.split(",")) - set(QUEUES)
    if unknown:
        raise click.BadParameter(f"unknown queue: {', '.join(sorted(unknown))}")
    app = _production_app()
    celery = make_celery(app)
    install_kicker(celery)
    prepare_forked_workers(app)
    arguments = [f"--queues={queues}", f"--concurrency={concurrency}", f"--pool={pool}"]
    celery.worker_main(["worker", *arguments, "--without-gossip", "--without-mingle"])


@click.command("beat")
def beat_command() -> None:
    """Ask for every periodic task at its period (production shape); run one of these."""
    make_celery(_production_app()).start(["beat"])


@click.command("serve")
def serve_command() -> None:
    """Run everything this shape needs: web alone, or web, workers and beat."""
    compile_catalogues()
    settings = _ready_settings()
    if settings.is_embedded:
        serve_web(settings)
        return
    commands = [
        own_command("web"),
        *(own_command("worker", "--queues", queues) for queues in WORKERS),
        own_command("beat"),
    ]
    sys.exit(Supervisor(commands).run())


@click.command("local")
@click.option("--demo/--no-demo", default=True, show_default=True, help="load the demo data")
def local_command(demo: bool) -> None:
    """Set up this machine's own installation and serve it: what scripts/run ends in."""
    compile_catalogues()
    app = create_app()
    settings: Settings = app.extensions["lianbing_settings"]
    if not settings.is_embedded:
        raise NotReady("LIANBING_SHAPE is production; use scripts/serve, or unset it")
    upgrade_schema(app)
    if demo:
        load_all(app)
    require_ready(app)
    _release(app)
    serve_web(settings, on_listening=lambda: click.echo(_welcome(settings, demo=demo)))


@click.command("translations")
def translations_command() -> None:
    """Compile the translations that changed; needs no settings and no database."""
    compile_catalogues()


@click.command("secrets")
def secrets_command() -> None:
    """Print fresh keys for a production environment file; keep them out of backups of data."""
    for name in SECRET_NAMES:
        click.echo(f"{PREFIX}{name.upper()}={secrets.token_hex(32)}")


def add_commands(group: click.Group) -> None:
    """Add the operator's commands to the ``lianbing`` group."""
    for command in (
        web_command,
        worker_command,
        beat_command,
        serve_command,
        local_command,
        translations_command,
        secrets_command,
    ):
        group.add_command(command)


def _ready_settings() -> Settings:
    app = create_app()
    require_ready(app)
    _release(app)
    settings: Settings = app.extensions["lianbing_settings"]
    return settings


def _production_app() -> Flask:
    app = create_app()
    settings: Settings = app.extensions["lianbing_settings"]
    if settings.is_embedded:
        raise NotReady("the embedded shape runs its tasks in the web process; start only that")
    return app


def _release(app: Flask) -> None:
    # Connections must not be shared with the workers that are forked from here.
    with app.app_context():
        db.engine.dispose()


def _welcome(settings: Settings, *, demo: bool) -> str:
    host = reachable_host(settings)
    host = f"[{host}]" if ":" in host else host
    lines = ["", f"Lianbing is at http://{host}:{settings.port}/  (Ctrl-C stops it)"]
    if demo:
        lines += ["", "Demo sign-ins:", *sign_ins()]
        if settings.host not in LOOPBACK:
            lines += ["", "Others can reach this, and the demo's password is public: try, no more."]
    return "\n".join(lines)
