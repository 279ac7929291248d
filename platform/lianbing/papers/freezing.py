"""Freezing a paper: letters dealt anew, one canonical JSON and its hash; reading it. Pure."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lianbing.banks.dealing import deal
from lianbing.banks.encoding import (
    canonical_json,
    hash_of,
    key_from_json,
    key_to_json,
    options_from_json,
    options_to_json,
    parts_from_json,
    parts_to_json,
    plain_decimal,
)
from lianbing.banks.rules import (
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    Option,
    OrderingKey,
    PartKey,
    QuestionContent,
    QuestionType,
    SourceNote,
)
from lianbing.kernel.ids import PaperId, QuestionVersionId
from lianbing.papers.rules import FrozenPaper, PaperQuestion

FORMAT = "lianbing-paper/1"


def deal_letters(content: QuestionContent, rng: random.Random) -> QuestionContent:
    """The same question with its options in a new order under A, B, C…, the key moved along."""
    if isinstance(content.key, CaseKey):
        dealt = [
            _deal_part(part, key, rng)
            for part, key in zip(content.parts, content.key.keys, strict=True)
        ]
        parts, keys = tuple(part for part, _key in dealt), tuple(key for _part, key in dealt)
        return replace(content, parts=parts, key=CaseKey(keys=keys))
    options, key = _deal(content.options, content.key, rng)
    return replace(content, options=options, key=key)


def _deal_part(part: CasePart, key: PartKey, rng: random.Random) -> tuple[CasePart, PartKey]:
    if not isinstance(key, ChoiceKey):
        return part, key
    options, new_letter = _reletter(part.options, key, rng)
    return replace(part, options=options), _moved(key, new_letter)


def _deal(
    options: tuple[Option, ...], key: Key, rng: random.Random
) -> tuple[tuple[Option, ...], Key]:
    if not isinstance(key, ChoiceKey | MatchingKey | OrderingKey):
        return options, key
    options, new_letter = _reletter(options, key, rng)
    if isinstance(key, ChoiceKey):
        return options, _moved(key, new_letter)
    return options, replace(key, letters=tuple(new_letter[letter] for letter in key.letters))


def _moved(key: ChoiceKey, new_letter: dict[str, str]) -> ChoiceKey:
    return ChoiceKey(letters=tuple(sorted(new_letter[letter] for letter in key.letters)))


def _reletter(
    options: tuple[Option, ...], key: Key, rng: random.Random
) -> tuple[tuple[Option, ...], dict[str, str]]:
    letters = [option.letter for option in options]
    own = {option.letter: option for option in options}
    dealt = deal(letters, key, rng)
    new_letter = {old: letter for letter, old in zip(letters, dealt, strict=True)}
    relettered = tuple(
        replace(own[old], letter=letter) for letter, old in zip(letters, dealt, strict=True)
    )
    return relettered, new_letter


def paper_body(
    title: str, questions: Sequence[tuple[QuestionContent, Decimal]], *, seed: int
) -> str:
    """The whole paper as canonical JSON, numbered from 1, letters dealt from the seed.

    The seed stands in the body, so the hash that candidates see cannot be tried out against
    guesses at the key.
    """
    rng = random.Random(f"letters:{seed}")  # noqa: S311 - reproducible from the stored seed
    return canonical_json(
        {
            "format": FORMAT,
            "title": title,
            "seed": str(seed),
            "questions": [
                _question_to_json(number, marks, deal_letters(content, rng))
                for number, (content, marks) in enumerate(questions, start=1)
            ],
        }
    )


def _question_to_json(number: int, marks: Decimal, content: QuestionContent) -> dict[str, Any]:
    source = content.source
    stored = {
        "number": number,
        "marks": plain_decimal(marks),
        "version": content.version_id,
        "type": content.type.value,
        "stem": content.stem,
        "options": options_to_json(content.options),
        "key": key_to_json(content.key),
        "explanation": content.explanation,
        "source": [source.title, source.edition, source.clause] if source else None,
        "difficulty": plain_decimal(content.difficulty),
        "point": content.point_code,
        "scope": content.scope_code,
    }
    if content.prompts:  # only where there are any: earlier papers keep their hash
        stored["prompts"] = list(content.prompts)
    if content.parts:
        stored["parts"] = parts_to_json(content.parts)
    return stored


def body_hash(body: str) -> str:
    """What names the paper: SHA-256 of its canonical JSON."""
    return hash_of(json.loads(body))


def read_body(paper_id: PaperId, body: str) -> FrozenPaper:
    """The paper again; raises ValueError for a format this version does not know."""
    stored = json.loads(body)
    if stored["format"] != FORMAT:
        raise ValueError(f"paper {paper_id}: unknown format {stored['format']}")
    return FrozenPaper(
        id=paper_id,
        content_hash=body_hash(body),
        title=stored["title"],
        questions=tuple(_question_from_json(entry) for entry in stored["questions"]),
    )


def _question_from_json(stored: dict[str, Any]) -> PaperQuestion:
    source = None
    if stored["source"] is not None:
        title, edition, clause = stored["source"]
        source = SourceNote(title=title, edition=edition, clause=clause)
    content = QuestionContent(
        version_id=QuestionVersionId(stored["version"]),
        type=QuestionType(stored["type"]),
        stem=stored["stem"],
        options=options_from_json(stored["options"]),
        key=key_from_json(stored["key"]),
        explanation=stored["explanation"],
        source=source,
        difficulty=Decimal(stored["difficulty"]),
        point_code=stored["point"],
        scope_code=stored["scope"],
        prompts=tuple(stored.get("prompts", ())),
        parts=parts_from_json(stored.get("parts", ())),
    )
    return PaperQuestion(number=stored["number"], marks=Decimal(stored["marks"]), content=content)
