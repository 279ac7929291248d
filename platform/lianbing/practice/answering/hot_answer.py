"""Answers of drills ahead of Flask: checked, marked and recorded in batches of many people's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from lianbing.exams.hot import OUTCOME, HotAnswer, read_body
from lianbing.infra.arrival import arrived_at
from lianbing.kernel.errors import DomainError
from lianbing.practice.answering.errors import MalformedAnswers
from lianbing.practice.answering.tokens import DrillTokens
from lianbing.practice.answering.use_cases import Brought, Click, Told

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/api/practice/answer"
MOST_ANSWERS = 50


@dataclass(frozen=True, kw_only=True)
class AnswerRoute:
    """``POST /api/practice/answer``: where all is plain it answers; words are the view's."""

    tokens: DrillTokens
    submit: Callable[[Click], list[Told] | DomainError]

    def __call__(self, environ: "WSGIEnvironment") -> HotAnswer | None:
        seat = self.tokens.read(environ.get("HTTP_X_DRILL_TOKEN", ""))
        click = Click(
            seat=seat,
            brought=read_brought(read_body(environ).get("answers")),
            arrived_at=arrived_at(environ),
        )
        outcome = self.submit(click)
        if isinstance(outcome, DomainError):
            raise outcome
        if any(told.error is not None for told in outcome):
            environ[OUTCOME] = outcome
            return None
        return HotAnswer(body=told_json(outcome, {}))


def read_brought(raw: object) -> tuple[Brought, ...]:
    """The answers of a request; MalformedAnswers for anything else."""
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_ANSWERS:
        raise MalformedAnswers
    return tuple(_brought(one) for one in raw)


def _brought(raw: object) -> Brought:
    if not isinstance(raw, dict) or type(raw.get("position")) is not int:
        raise MalformedAnswers
    rating = raw.get("rating", "")
    return Brought(
        position=raw["position"],
        answer=raw.get("answer"),
        rating=rating if isinstance(rating, str) else "",
        gave_up=raw.get("gave_up") is True,
    )


def told_json(told: Sequence[Told], words: Mapping[str, str]) -> bytes:
    """What became of the answers; ``words`` by the codes of errors, for the view's answer."""
    return orjson.dumps({"results": [_one(each, words) for each in told]})


def _one(told: Told, words: Mapping[str, str]) -> dict[str, Any]:
    if told.error is not None:
        code = told.error.code
        return {"position": told.position, "refused": code, "message": words.get(code, "")}
    if told.verdict is None:
        return {"position": told.position, "withdrawn": True}
    return {
        "position": told.position,
        "answer": told.answer,
        "verdict": told.verdict.value,
        "change": told.change.value,
        "streak": told.streak,
        "key": orjson.Fragment(told.key),
    }
