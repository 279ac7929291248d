"""``/metrics``: what was counted, and what waits, in Prometheus' text format.

For this machine itself, where nothing was forwarded, and for administrators who are signed in;
to everybody else there is no such page. Switched off by ``LIANBING_METRICS=off``.
"""

from collections.abc import Iterator
from ipaddress import ip_address

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from lianbing.exams.models import Attempt
from lianbing.exams.rules import AttemptState
from lianbing.infra.database import db
from lianbing.infra.metrics import current_metrics
from lianbing.infra.outbox import OutboxDelivery
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.people.accounts.line import current_line
from lianbing.web import access

blueprint = Blueprint("metrics", __name__)
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@blueprint.get("/metrics")
@access.public
def metrics() -> ResponseReturnValue:
    """The figures of all web processes, and the depths of the queues at this moment."""
    if current_settings().metrics == "off" or not (_from_this_machine() or _is_administrator()):
        raise NotFound
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything())
    return generate_latest(registry), {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}


class _Everything(Collector):
    def collect(self) -> Iterator[Family]:
        yield from current_metrics().collect()
        line = current_line().length(now=utc_now().timestamp())
        yield _gauge("lianbing_sign_in_line", "People in line at the door", line)
        yield _gauge("lianbing_closing_due", "Attempts whose end waits to be marked", _closing())
        yield _gauge("lianbing_outbox_waiting", "Events not delivered yet", _undelivered())


def _gauge(name: str, text: str, value: float) -> Family:
    return GaugeMetricFamily(name, text, value=value)


def _closing() -> int:
    due = (Attempt.state == AttemptState.OPEN.value) & (Attempt.final_at <= utc_now())
    wanted = select(func.count()).select_from(Attempt).where(due | Attempt.needs_fold.is_(True))
    return db.session.scalar(wanted) or 0


def _undelivered() -> int:
    wanted = select(func.count()).select_from(OutboxDelivery)
    return db.session.scalar(wanted.where(OutboxDelivery.delivered_at.is_(None))) or 0


def _from_this_machine() -> bool:
    # A proxy on this machine calls from it too: what it passes on says for whom.
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _is_administrator() -> bool:
    actor = access.find_actor()
    return actor is not None and actor.holds(Role.ADMINISTRATOR)
