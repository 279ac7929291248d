"""Reads one question of a bank file into an entry; every misfit is noted at its line."""

from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import assert_never

from lianbing.banks.bank_fields import Fields
from lianbing.banks.bank_file import QuestionEntry
from lianbing.banks.picture_reader import PictureReader
from lianbing.banks.rules import (
    PART_TYPES,
    Blank,
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    PartKey,
    QuestionType,
    QuestionUse,
    TextBlank,
    TruthKey,
)
from lianbing.subjects.rules import SkillGrade

SHARED = ("id", "point", "grade", "type", "use", "difficulty", "stem", "explanation", "source")


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionBody:
    """What differs from type to type; ``key`` None where it could not be read."""

    key: Key | None
    options: tuple[Option, ...] = ()
    prompts: tuple[str, ...] = ()
    parts: tuple[CasePart, ...] = field(default=())


def read_question(fields: Fields, pictures: PictureReader) -> QuestionEntry | None:
    """The question, or None when a field it cannot do without is unreadable."""
    kind = fields.choice("type", QuestionType)
    if kind is None:
        return None
    before = len(fields.problems)
    body = _read_body(fields, kind)
    use = fields.choice("use", QuestionUse)
    difficulty = fields.number("difficulty")
    source = fields.within("source")
    if source is not None:
        source.only("id", "clause")
    entry_parts = {
        "code": fields.text("id", longest=40),
        "point_code": fields.text("point", longest=20),
        "stem": fields.text("stem"),
        "explanation": fields.text("explanation"),
        "source_code": source.text("id", longest=80) if source else "",
        "clause": source.text("clause", longest=200) if source else "",
    }
    grade = fields.choice("grade", SkillGrade) if fields.has("grade") else None
    if len(fields.problems) > before or body.key is None or use is None or difficulty is None:
        return None
    entry = QuestionEntry(
        **entry_parts,
        grade=grade,
        type=kind,
        use=use,
        difficulty=difficulty,
        options=body.options,
        key=body.key,
        prompts=body.prompts,
        parts=body.parts,
    )
    return _with_pictures(entry, fields, pictures)


def _with_pictures(
    entry: QuestionEntry, fields: Fields, pictures: PictureReader
) -> QuestionEntry | None:
    """The entry with stored names for its pictures; None when one could not be read."""
    before = len(fields.problems)

    def named(name: str, text: str) -> str:
        return pictures.named(fields, name, text)

    def options(name: str, found: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(replace(option, text=named(name, option.text)) for option in found)

    beside = {MatchingKey: "pairs", OrderingKey: "steps"}.get(type(entry.key), "options")
    key = entry.key
    if isinstance(key, ModelKey):
        key = ModelKey(text=named("answer", key.text))
    named_entry = replace(
        entry,
        stem=named("stem", entry.stem),
        explanation=named("explanation", entry.explanation),
        options=options(beside, entry.options),
        prompts=tuple(named("pairs", prompt) for prompt in entry.prompts),
        parts=tuple(
            replace(part, stem=named("parts", part.stem), options=options("parts", part.options))
            for part in entry.parts
        ),
        key=key,
    )
    return named_entry if len(fields.problems) == before else None


def _read_body(fields: Fields, kind: QuestionType) -> QuestionBody:
    match kind:
        case (
            QuestionType.SINGLE_CHOICE
            | QuestionType.MULTIPLE_CHOICE
            | QuestionType.TRUE_FALSE
            | QuestionType.FILL_BLANK
        ):
            options, key = _read_simple(fields, kind, *SHARED)
            return QuestionBody(options=options, key=key)
        case QuestionType.MATCHING:
            return _read_matching(fields)
        case QuestionType.ORDERING:
            fields.only(*SHARED, "steps")
            options = lettered(fields.texts("steps"))
            return QuestionBody(options=options, key=OrderingKey(letters=_letters(options)))
        case QuestionType.SHORT_ANSWER:
            fields.only(*SHARED, "answer")
            return QuestionBody(key=ModelKey(text=fields.text("answer")))
        case QuestionType.CASE:
            return _read_case(fields)
        case _ as unknown:
            assert_never(unknown)


def lettered(texts: list[str]) -> tuple[Option, ...]:
    """Texts under A, B, C…; what is beyond Z is dropped, the checks refuse long before."""
    return tuple(
        Option(letter=letter, text=text)
        for letter, text in zip(ascii_uppercase, texts, strict=False)
    )


def _letters(options: tuple[Option, ...]) -> tuple[str, ...]:
    return tuple(option.letter for option in options)


def _read_simple(
    fields: Fields, kind: QuestionType, *names: str
) -> tuple[tuple[Option, ...], PartKey | None]:
    if kind is QuestionType.TRUE_FALSE:
        fields.only(*names, "key")
        return (), _truth(fields)
    if kind is QuestionType.FILL_BLANK:
        fields.only(*names, "blanks")
        return (), BlanksKey(blanks=tuple(_read_blanks(fields)))
    fields.only(*names, "options", "key", "why")
    why = dict(fields.pairs("why")) if fields.has("why") else {}
    written = fields.pairs("options")
    for letter in why.keys() - {letter for letter, _text in written}:
        fields.refuse(f"why names {letter!r}, which is no option", "why")
    options = tuple(
        Option(letter=letter, text=text, why=why.get(letter, "")) for letter, text in written
    )
    return options, ChoiceKey(letters=tuple(fields.text("key", longest=26)))


def _read_matching(fields: Fields) -> QuestionBody:
    fields.only(*SHARED, "pairs", "extra")
    prompts: list[str] = []
    rights: list[str] = []
    for pair in fields.entries("pairs"):
        pair.only("left", "right")
        prompts.append(pair.text("left"))
        rights.append(pair.text("right"))
    extra = fields.texts("extra") if fields.has("extra") else []
    options = lettered([*rights, *extra])
    key = MatchingKey(letters=_letters(options)[: len(prompts)])
    return QuestionBody(prompts=tuple(prompts), options=options, key=key)


def _read_case(fields: Fields) -> QuestionBody:
    fields.only(*SHARED, "parts")
    parts: list[CasePart] = []
    keys: list[PartKey] = []
    for part in fields.entries("parts"):
        kind = part.choice("type", QuestionType)
        if kind is None:
            continue
        if kind not in PART_TYPES:
            part.refuse(f"a part's type is one of {', '.join(PART_TYPES)}", "type")
            continue
        options, key = _read_simple(part, kind, "type", "stem", "weight")
        weight = part.number("weight", default="1")
        stem = part.text("stem")
        if key is None or weight is None:
            continue
        if weight != int(weight):
            part.refuse("a weight is a whole number such as 2", "weight")
            continue
        parts.append(CasePart(type=kind, stem=stem, options=options, weight=int(weight)))
        keys.append(key)
    return QuestionBody(parts=tuple(parts), key=CaseKey(keys=tuple(keys)))


def _truth(fields: Fields) -> TruthKey | None:
    value = fields.text("key")
    if value in ("true", "false"):
        return TruthKey(value=value == "true")
    if value:
        fields.refuse(f"key is {value!r}; write true or false", "key")
    return None


def _read_blanks(fields: Fields) -> list[Blank]:
    blanks: list[Blank] = []
    for blank in fields.entries("blanks"):
        if blank.has("accept"):
            blank.only("accept")
            blanks.append(TextBlank(accept=tuple(blank.texts("accept"))))
            continue
        blank.only("number", "tolerance", "unit")
        number = blank.number("number")
        tolerance = blank.number("tolerance", default="0")
        if number is None or tolerance is None:
            continue
        unit = blank.text("unit", required=False, longest=20)
        blanks.append(NumberBlank(number=number, tolerance=tolerance, unit=unit))
    return blanks
