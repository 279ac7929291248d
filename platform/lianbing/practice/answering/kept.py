"""Versions that this process has read before: content, its answers' checker, JSON made once.

A version never changes, so whatever follows from it alone is made once and kept, within bounds.
Whether a question may still be practised does change, and is never asked here.
"""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lianbing.banks.pictures.queries import picture_source
from lianbing.banks.queries import contents
from lianbing.banks.rules import QuestionContent
from lianbing.grading.answers import Checker, answer_checker
from lianbing.kernel.ids import QuestionVersionId
from lianbing.practice.answering.told import key_json, text_json

VERSIONS_KEPT = 8192
LARGEST_KEPT_BYTES = 64 * 1024
"""What carries pictures is larger, rare, and read anew each time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptVersion:
    """A version with what follows from it; ``key`` is its JSON, ready to be put into an answer."""

    content: QuestionContent
    check: Checker
    text: dict[str, Any]
    key: bytes


_kept: WeakKeyDictionary[Engine, OrderedDict[QuestionVersionId, KeptVersion]] = WeakKeyDictionary()
_lock = Lock()


def forget_versions() -> None:
    """Forget all that was kept, for a database whose ids begin anew."""
    with _lock:
        _kept.clear()


def kept_versions(
    session: Session, version_ids: Collection[QuestionVersionId]
) -> dict[QuestionVersionId, KeptVersion]:
    """The versions, from memory or in one statement."""
    with _lock:
        known = _kept.setdefault(session.get_bind().engine, OrderedDict())
        found = {id_: known[id_] for id_ in version_ids if id_ in known}
    missing = [id_ for id_ in version_ids if id_ not in found]
    if not missing:
        return found
    source = partial(picture_source, session)
    for id_, content in contents(session, missing).items():
        made = KeptVersion(
            content=content,
            check=answer_checker(content),
            text=text_json(content, source),
            key=orjson.dumps(key_json(content, source)),
        )
        found[id_] = made
        if len(made.key) + len(orjson.dumps(made.text)) > LARGEST_KEPT_BYTES:
            continue
        with _lock:
            known[id_] = made
            while len(known) > VERSIONS_KEPT:
                known.popitem(last=False)
    return found
