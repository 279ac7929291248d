"""The outbox: effects that travel upwards, delivered at least once, applied exactly once.

A use case records an event in its own transaction, with one delivery row per subscriber.
A delivery runs the handler and marks the row done in one transaction, so a handler's
database effects happen exactly once, also when a process is killed in between.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lianbing.infra.database import Base, BigId, db, transaction
from lianbing.kernel.clock import utc_now

log = logging.getLogger(__name__)
RETRY_AFTER = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)


class Event(Protocol):
    """A frozen dataclass of JSON scalars with a stable ``kind``."""

    kind: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


Handler = Callable[[Session, Any], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """Who hears of an event; ``name`` is stored, so it must never change its meaning."""

    name: str
    event: type[Any]
    handler: Handler


_subscriptions: dict[str, Subscription] = {}


class OutboxEvent(Base):
    __tablename__ = "outbox_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]


class OutboxDelivery(Base):
    __tablename__ = "outbox_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "subscriber"),
        Index("ix_outbox_delivery_due", "delivered_at", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("outbox_event.id"))
    subscriber: Mapped[str] = mapped_column(String(120))
    next_try_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")


def subscribe(subscription: Subscription) -> None:
    """Register a subscriber; only ``entry/wiring.py`` calls this."""
    _subscriptions[subscription.name] = subscription


def publish(session: Session, event: Event, *, now: datetime) -> None:
    """Record an event in the caller's transaction, addressed to all who subscribe to its kind."""
    publish_many(session, (event,), now=now)


def publish_many(session: Session, events: Sequence[Event], *, now: datetime) -> None:
    """Record many events in the caller's transaction, in few statements."""
    if not events:
        return
    made = session.execute(
        insert(OutboxEvent).returning(OutboxEvent.id, OutboxEvent.kind),
        [
            {"kind": event.kind, "payload": json.dumps(asdict(event)), "recorded_at": now}
            for event in events
        ],
    )
    deliveries = [
        {"event_id": event_id, "subscriber": subscription.name, "next_try_at": now}
        for event_id, kind in made
        for subscription in _subscriptions.values()
        if subscription.event.kind == kind
    ]
    if deliveries:
        session.execute(insert(OutboxDelivery), deliveries)


def deliver_due(*, now: datetime | None = None, limit: int = 200) -> int:
    """Deliver what is due, each in its own transaction; return how many succeeded."""
    moment = now or utc_now()
    due = db.session.scalars(
        select(OutboxDelivery.id)
        .where(OutboxDelivery.delivered_at.is_(None), OutboxDelivery.next_try_at <= moment)
        .order_by(OutboxDelivery.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    return sum(_deliver(delivery_id, moment) for delivery_id in due)


def _deliver(delivery_id: int, now: datetime) -> bool:
    try:
        with transaction() as session:
            delivery = session.scalars(
                select(OutboxDelivery)
                .where(OutboxDelivery.id == delivery_id, OutboxDelivery.delivered_at.is_(None))
                .with_for_update(skip_locked=True)
            ).one_or_none()
            if delivery is None:
                return False
            subscription = _subscriptions[delivery.subscriber]
            event = session.get_one(OutboxEvent, delivery.event_id)
            subscription.handler(session, subscription.event(**json.loads(event.payload)))
            delivery.delivered_at = now
            delivery.attempts += 1
        return True
    except Exception as error:  # one bad handler must not stop the others; it is kept and retried
        log.exception("outbox delivery %s failed", delivery_id)
        _postpone(delivery_id, now, error)
        return False


def _postpone(delivery_id: int, now: datetime, error: Exception) -> None:
    with transaction() as session:
        attempts = session.scalar(
            select(OutboxDelivery.attempts).where(OutboxDelivery.id == delivery_id)
        )
        wait = min(RETRY_AFTER * 2 ** min(attempts or 0, 8), LONGEST_WAIT)
        session.execute(
            update(OutboxDelivery)
            .where(OutboxDelivery.id == delivery_id, OutboxDelivery.delivered_at.is_(None))
            .values(
                attempts=OutboxDelivery.attempts + 1,
                next_try_at=now + wait,
                last_error=f"{type(error).__name__}: {error}"[:2000],
            )
        )
