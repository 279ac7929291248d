"""Structured logs without personal data: JSON lines in production, plain lines otherwise."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from lianbing.infra.settings import Settings

_SECRET = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)|(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")


def _mask(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask_personal(value)
    return event


def mask_personal(text: str) -> str:
    """The text with mobile numbers and ID numbers masked; a last net under careful callers."""
    return _SECRET.sub(
        lambda m: f"{m[1]}****{m[2]}" if m[1] else f"{m[3]}********{m[4]}",
        text,
    )


def init_logs(settings: Settings) -> None:
    """Route structlog and the standard library through one chain to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if settings.is_embedded
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    logging.getLogger("alembic.runtime").setLevel(logging.WARNING)  # it greets at every start
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
