"""Redis, where the settings name it. Holds nothing that cannot be rebuilt from SQL."""

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from lianbing.infra.settings import Settings


def init_redis(app: Flask, settings: Settings) -> None:
    """Attach a client to the application, or None in the embedded shape without Redis."""
    app.extensions["lianbing_redis"] = (
        open_redis(settings.redis_url) if settings.redis_url else None
    )


def open_redis(url: str) -> Redis:
    """A client that tries a broken connection once more and no longer.

    Every caller has a way on without Redis: the library's own retries, seconds long, would let
    people wait at a door that stands open.
    """
    once_more = Retry(NoBackoff(), 1)
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=1, retry=once_more)


def find_redis() -> Redis | None:
    """The application's client; None when no Redis is configured."""
    client: Redis | None = current_app.extensions["lianbing_redis"]
    return client


def prefixed(key: str) -> str:
    """A key under this installation's own prefix."""
    return current_settings().redis_prefix + key


def current_settings() -> Settings:
    """The settings of the running application."""
    settings: Settings = current_app.extensions["lianbing_settings"]
    return settings
