"""A delivery process that is killed between the handler's effect and the commit.

Run by ``test_records``: settings as JSON on standard input. It ends by SIGKILL, never by
returning.
"""

import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.entry import create_app
from lianbing.infra import outbox
from lianbing.infra.settings import Settings
from lianbing.kernel.clock import utc_now
from lianbing.qualifications.models import QualificationRecord

NAME = "qualifications.write_records"


def main() -> None:
    """Deliver what is due, and die inside the delivery."""
    app = create_app(Settings.model_validate_json(sys.stdin.read()))
    subscription = outbox._subscriptions[NAME]

    def write_then_die(session: Session, event: Any) -> None:
        subscription.handler(session, event)
        session.flush()
        written = session.scalar(select(func.count()).select_from(QualificationRecord))
        sys.stdout.write(f"{written}\n")
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    outbox._subscriptions[NAME] = replace(subscription, handler=write_then_die)
    with app.app_context():
        outbox.deliver_due(now=utc_now() + timedelta(days=30))


if __name__ == "__main__":
    main()
