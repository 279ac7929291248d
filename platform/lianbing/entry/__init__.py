"""The composition root: application factory, wiring, Celery, command line. Knows everybody."""

from lianbing.entry.factory import create_app

__all__ = ["create_app"]
