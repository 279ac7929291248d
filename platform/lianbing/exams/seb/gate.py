"""The gate at every request of a sitting, also ahead of Flask: from memory, or one small look-up.

A policy is kept for half a minute in each process, so a change binds everywhere within that.
"""

import json
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lianbing.exams.models import Exam
from lianbing.exams.seb.errors import SebRequired
from lianbing.exams.seb.rules import SebPolicy, Shown, config_key, is_admitted, seb_settings
from lianbing.kernel.ids import ExamId

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

KEPT_SECONDS = 30.0
LOOKING_SECONDS = 2.0
MOST_KEPT = 256


class SebGate:
    """Asked with an exam and a request; raises SebRequired for a browser that may not come."""

    def __init__(self, engine: Engine, *, public_url: str = "") -> None:
        self._engine = engine
        self._public_url = public_url.rstrip("/")
        self._kept: dict[ExamId, tuple[float, SebPolicy]] = {}

    def __call__(
        self, exam_id: ExamId, environ: "WSGIEnvironment", session: Session | None = None
    ) -> None:
        policy = self.policy(exam_id, session)
        if policy.required and not self.is_inside(exam_id, policy, environ):
            raise SebRequired

    def policy(self, exam_id: ExamId, session: Session | None = None) -> SebPolicy:
        """An exam's policy, about half a minute old at most.

        ``session``: that of a request which has one. A second connection beside it could be
        waited for by as many requests as hold the first ones, and none would ever get one.
        """
        found, now = self._kept.get(exam_id), monotonic()
        if found is not None and now < found[0]:
            return found[1]
        if found is not None:  # one looks anew; who comes meanwhile goes by what is known
            self._kept[exam_id] = (now + LOOKING_SECONDS, found[1])
        if session is not None:
            policy = _find_policy(session, exam_id)
        else:
            with Session(self._engine) as own:
                policy = _find_policy(own, exam_id)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[exam_id] = (now + KEPT_SECONDS, policy)
        return policy

    def forget(self, exam_id: ExamId) -> None:
        """Look the policy up anew: it has just been changed here."""
        self._kept.pop(exam_id, None)

    def is_inside(self, exam_id: ExamId, policy: SebPolicy, environ: "WSGIEnvironment") -> bool:
        """Whether a request shows the hashes of SEB with this exam's settings."""
        base = self.base(environ)
        page = f"{base}/exams/{exam_id}/"
        urls = (_address(base, environ), page, page + "sit", page + "trial/sit")
        shown = Shown(
            config_key_hash=environ.get("HTTP_X_SAFEEXAMBROWSER_CONFIGKEYHASH", ""),
            request_hash=environ.get("HTTP_X_SAFEEXAMBROWSER_REQUESTHASH", ""),
        )
        return is_admitted(policy, _key(policy, base, exam_id), shown, urls)

    def base(self, environ: "WSGIEnvironment") -> str:
        """Where browsers reach the product: the setting, else what the request itself says."""
        host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
        return self._public_url or f"{environ['wsgi.url_scheme']}://{host}"


def _find_policy(session: Session, exam_id: ExamId) -> SebPolicy:
    stored = session.scalar(select(Exam.seb).where(Exam.id == exam_id))
    return SebPolicy.from_json(json.loads(stored or "{}"))


@lru_cache(MOST_KEPT)
def _key(policy: SebPolicy, base: str, exam_id: ExamId) -> str:
    return config_key(seb_settings(policy, base=base, exam_id=exam_id))


def _address(base: str, environ: "WSGIEnvironment") -> str:
    query = environ.get("QUERY_STRING", "")
    path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
    return base + path + (f"?{query}" if query else "")
