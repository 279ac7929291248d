"""A bank in our own format: its folder as a zip, which ``read_bank`` and the commands take."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import yaml

from lianbing.banks.bank_file import FORMAT, SourceEntry
from lianbing.banks.encoding import plain_decimal
from lianbing.banks.interchange.drafts import DraftQuestion
from lianbing.banks.rules import (
    BlanksKey,
    CaseKey,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    TruthKey,
)
from lianbing.subjects.queries import ScopeRow, SubjectRow

QUESTIONS_A_FILE = 1000
DAY = (1980, 1, 1, 0, 0, 0)
STORED = re.compile(r"\]\(pic:([0-9a-f]{32})\)")
Pictures = Mapping[str, tuple[str, bytes]]


def own_holds(draft: DraftQuestion) -> bool:
    """Whether the format takes the question: it asks for an explanation and a source."""
    return draft.key is not None and bool(draft.explanation.strip() and draft.source)


def head_of(
    code: str,
    titles: tuple[str, str],
    facts: tuple[str, str],
    subject: SubjectRow,
    scopes: Sequence[ScopeRow],
    sources: Sequence[SourceEntry],
) -> dict[str, Any]:
    """What ``bank.yaml`` says; ``facts`` are the language and the licence."""
    about: dict[str, Any] = {"kind": subject.kind.value, "code": subject.code}
    if subject.occupation is not None:
        about |= {"edition": subject.occupation[0], "code": subject.occupation[1]}
        about["grades"] = [grade.value for grade in subject.grades]
    else:
        about["name"] = {"zh_CN": subject.title, "en": subject.title_en}
    return {
        "format": FORMAT,
        "code": code,
        "title": {"zh_CN": titles[0], "en": titles[1]},
        "subject": about,
        "language": facts[0],
        "licence": facts[1],
        "sources": [_source(source) for source in sources],
        "scopes": [_scope(scope) for scope in scopes],
    }


def _source(source: SourceEntry) -> dict[str, str]:
    said = {"id": source.code, "title": source.title, "edition": source.edition}
    said["kind"] = source.kind.value
    if source.valid_from is not None:
        said["valid_from"] = source.valid_from.isoformat()
    return said


def _scope(scope: ScopeRow) -> dict[str, Any]:
    said: dict[str, Any] = {
        "code": scope.code,
        "title": scope.title,
        "weight": plain_decimal(scope.weight),
    }
    if scope.children:
        said["scopes"] = [_scope(child) for child in scope.children]
    else:
        said["points"] = [
            {"code": point.code, "title": point.title, "importance": point.importance.value}
            for point in scope.points
        ]
    return said


def write_own(
    head: Mapping[str, Any], drafts: Sequence[DraftQuestion], pictures: Pictures
) -> bytes:
    """The zip; a draft's ``source`` is a source's id here. What is not complete is left out."""
    held = [draft for draft in drafts if own_holds(draft)]
    folder = head["code"]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        _put(package, f"{folder}/bank.yaml", _yaml(head))
        for start in range(0, len(held), QUESTIONS_A_FILE):
            some = held[start : start + QUESTIONS_A_FILE]
            questions = [_question(draft, pictures) for draft in some]
            name = f"{folder}/questions/part-{start // QUESTIONS_A_FILE + 1:03d}.yaml"
            _put(package, name, _yaml(questions))
        for file_name, data in pictures.values():
            _put(package, f"{folder}/pictures/{file_name}", data)
    return out.getvalue()


def _put(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(info, data)


def _yaml(value: object) -> bytes:
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


def _question(draft: DraftQuestion, pictures: Pictures) -> dict[str, Any]:
    said: dict[str, Any] = {"id": draft.code, "point": draft.point}
    if draft.grade is not None:
        said["grade"] = draft.grade.value
    said |= {
        "type": draft.type.value,
        "use": draft.use.value if draft.use else "both",
        "difficulty": plain_decimal(draft.difficulty) if draft.difficulty is not None else "0.5",
        "stem": draft.stem,
        **_keyed(draft.options, draft.prompts, draft.key),
        "explanation": draft.explanation,
        "source": {"id": draft.source, "clause": draft.clause or "–"},
    }
    if isinstance(draft.key, CaseKey):
        said["parts"] = [
            {
                "type": part.type.value,
                "stem": part.stem,
                "weight": str(part.weight),
                **_keyed(part.options, (), key),
            }
            for part, key in zip(draft.parts, draft.key.keys, strict=True)
        ]
    return _named(said, pictures)


def _named(said: Any, pictures: Pictures) -> Any:
    """The texts naming pictures by their files."""
    match said:
        case dict():
            return {name: _named(value, pictures) for name, value in said.items()}
        case list():
            return [_named(value, pictures) for value in said]
        case str():
            return STORED.sub(
                lambda found: (
                    f"](pictures/{pictures[f'pic:{found[1]}'][0]})"
                    if f"pic:{found[1]}" in pictures
                    else found[0]
                ),
                said,
            )
        case _:
            return said


def _keyed(options: Sequence[Option], prompts: Sequence[str], key: Key | None) -> dict[str, Any]:
    texts = {option.letter: option.text for option in options}
    match key:
        case ChoiceKey(letters=letters):
            why = {option.letter: option.why for option in options if option.why}
            return {"options": texts, "key": "".join(letters)} | ({"why": why} if why else {})
        case TruthKey(value=value):
            return {"key": "true" if value else "false"}
        case BlanksKey(blanks=blanks):
            return {
                "blanks": [
                    {
                        "number": plain_decimal(blank.number),
                        "tolerance": plain_decimal(blank.tolerance),
                    }
                    | ({"unit": blank.unit} if blank.unit else {})
                    if isinstance(blank, NumberBlank)
                    else {"accept": list(blank.accept)}
                    for blank in blanks
                ]
            }
        case MatchingKey(letters=letters):
            pairs = zip(prompts, letters, strict=True)
            said: dict[str, Any] = {
                "pairs": [{"left": left, "right": texts[letter]} for left, letter in pairs]
            }
            rest = [text for letter, text in texts.items() if letter not in letters]
            return said | ({"extra": rest} if rest else {})
        case OrderingKey(letters=letters):
            return {"steps": [texts[letter] for letter in letters]}
        case ModelKey(text=text):
            return {"answer": text}
        case _:
            return {}
