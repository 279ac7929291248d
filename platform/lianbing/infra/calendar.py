"""The installation's calendar: which day an instant falls on in the configured time zone."""

from datetime import date, datetime

from lianbing.infra.redis_client import current_settings
from lianbing.kernel.clock import utc_now


def local_date(now: datetime) -> date:
    """The day of an instant in the installation's time zone."""
    return now.astimezone(current_settings().zone).date()


def today() -> date:
    """The present day in the installation's time zone."""
    return local_date(utc_now())


def local_time(moment: datetime) -> str:
    """Day and time of an instant in the installation's time zone, as ``11-20 09:30``."""
    return moment.astimezone(current_settings().zone).strftime("%m-%d %H:%M")
