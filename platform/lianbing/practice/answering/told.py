"""A question and its key as JSON that a script can show. Pure.

``asked_json`` carries no key, in the shape the exam page's fields take. ``key_json`` is all that
is told once there is an answer, or what an offline pack carries along.
"""

from collections.abc import Sequence
from typing import Any, assert_never

from lianbing.banks.rendering import is_rich, render_block, render_line, with_pictures
from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    CaseKey,
    ChoiceKey,
    MatchingKey,
    ModelKey,
    NumberBlank,
    OrderingKey,
    QuestionContent,
    QuestionType,
    TextBlank,
    TruthKey,
    part_contents,
)
from lianbing.kernel.marks import show_mark
from lianbing.papers.rules import PictureSource, candidate_text
from lianbing.practice.shown import ShownQuestion, accepted_text


def text_json(content: QuestionContent, source: PictureSource) -> dict[str, Any]:
    """What is the same in every drill that asks the question; a case's parts with it."""
    told = candidate_text(content, source)
    if content.parts:
        told["parts"] = [candidate_text(part, source) for part in part_contents(content)]
    return told


def asked_json(text: dict[str, Any], shown: ShownQuestion) -> dict[str, Any]:
    """The question as one drill asks it, its options in the order dealt."""
    html = text.get("html", {})
    lines, told = html.get("options", {}), text.get("options", {})
    options: Sequence[dict[str, Any]] = [
        {"value": option.value, "text": told[option.value], "html": lines.get(option.value)}
        for option in shown.options
        if option.text
    ]
    if shown.type is QuestionType.TRUE_FALSE:
        options = [{"value": True}, {"value": False}]
    parts = zip(text.get("parts", ()), shown.cases, strict=True)
    return {
        "type": shown.type.value,
        "stem": text["stem"],
        "html": html.get("stem"),
        "blanks": shown.blanks,
        "prompts": text.get("prompts", []),
        "prompt_html": html.get("prompts", []),
        "options": options,
        "parts": [asked_json(*part) for part in parts],
    }


def key_json(content: QuestionContent, source: PictureSource) -> dict[str, Any]:
    """The right answer, the explanation and where its fact stands."""
    told = _key(content, source)
    told["explanation"] = _text(content.explanation, source)
    if content.source is not None:
        told["source"] = {
            "title": content.source.title,
            "edition": content.source.edition,
            "clause": content.source.clause,
        }
    return told


def _key(content: QuestionContent, source: PictureSource) -> dict[str, Any]:
    match content.key:
        case ChoiceKey(letters=letters):
            why = {option.letter: option.why for option in content.options if option.why}
            return {"letters": list(letters)} | ({"why": why} if why else {})
        case TruthKey(value=value):
            return {"value": value}
        case BlanksKey(blanks=blanks):
            return {"blanks": [_blank(blank) for blank in blanks]}
        case MatchingKey(letters=letters) | OrderingKey(letters=letters):
            return {"order": list(letters)}
        case ModelKey(text=text):
            return {"model": _text(text, source)}
        case CaseKey():
            return {"parts": [_key(part, source) for part in part_contents(content)]}
        case _ as unknown:
            assert_never(unknown)


def _blank(blank: Blank) -> dict[str, Any]:
    told: dict[str, Any] = {"shown": accepted_text(blank)}
    match blank:
        case TextBlank(accept=accept):
            return told | {"accept": list(accept)}
        case NumberBlank(number=number, tolerance=tolerance, unit=unit):
            bounds = [show_mark(number - tolerance), show_mark(number + tolerance)]
            return told | {"bounds": bounds, "unit": unit}
        case _ as unknown:
            assert_never(unknown)


def _text(text: str, source: PictureSource) -> dict[str, str]:
    if not is_rich(text):
        return {"text": text}
    return {"text": text, "html": with_pictures(render_block(text), source)}


def line_json(text: str, source: PictureSource) -> dict[str, str]:
    """One line, such as a stem in a list."""
    if not is_rich(text):
        return {"text": text}
    return {"text": text, "html": with_pictures(render_line(text), source)}
