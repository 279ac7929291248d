"""The outbox applies an effect exactly once, whatever fails in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.infra import audit, outbox
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now


@dataclass(frozen=True, kw_only=True)
class Rang:
    kind: ClassVar[str] = "test.rang"
    bell: int


@pytest.fixture
def heard() -> Iterator[list[int]]:
    heard: list[int] = []

    def hear(session: Session, event: Rang) -> None:
        audit.record(session, SYSTEM, "heard", subject=("bell", event.bell), now=utc_now())
        heard.append(event.bell)
        if len(heard) == 1:
            raise RuntimeError("the first try fails after its effect")

    outbox.subscribe(outbox.Subscription(name="test.hear", event=Rang, handler=hear))
    yield heard
    outbox._subscriptions.pop("test.hear")


def test_failed_delivery_leaves_no_effect_and_is_retried(
    session: Session, heard: list[int]
) -> None:
    now = utc_now()
    with transaction() as writing:
        outbox.publish(writing, Rang(bell=7), now=now)
    assert outbox.deliver_due(now=now) == 0
    assert db.session.scalar(select(func.count()).select_from(audit.AuditEntry)) == 0
    later = now + outbox.RETRY_AFTER * 2
    assert outbox.deliver_due(now=later) == 1
    assert outbox.deliver_due(now=later) == 0
    assert heard == [7, 7]
    assert db.session.scalar(select(func.count()).select_from(audit.AuditEntry)) == 1


def publish_and_fail() -> None:
    with transaction() as writing:
        outbox.publish(writing, Rang(bell=1), now=utc_now())
        raise ZeroDivisionError


def test_rolled_back_use_case_publishes_nothing(session: Session, heard: list[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        publish_and_fail()
    assert outbox.deliver_due() == 0
    assert heard == []
