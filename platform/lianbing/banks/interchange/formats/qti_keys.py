"""What a QTI item counts as right, joined with its interactions into a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from lianbing.banks.interchange.answers import truth_of
from lianbing.banks.interchange.drafts import (
    DraftQuestion,
    lettered,
    matched,
    with_feedback,
)
from lianbing.banks.interchange.formats.qti_body import Body, body_of
from lianbing.banks.interchange.xml_trees import attribute, child, descendants, name_of
from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    ChoiceKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    QuestionType,
    TextBlank,
    TruthKey,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """A response: its cardinality, base type, right values and what else earns marks."""

    cardinality: str
    base_type: str
    right: tuple[str, ...]
    mapped: tuple[str, ...]


def declarations_of(root: Element) -> dict[str, Declaration]:
    """Every response declaration of an item by its identifier."""
    found = {}
    for one in (one for one in root if name_of(one) == "responseDeclaration"):
        correct = child(one, "correctResponse")
        values = [
            "".join(value.itertext()).strip()
            for value in (correct if correct is not None else ())
            if name_of(value) == "value"
        ]
        shares = {
            attribute(entry, "mapKey"): _share(attribute(entry, "mappedValue"))
            for entry in descendants(one, "mapEntry")
        }
        most = max(shares.values(), default=Decimal(0))
        mapped = [text for text, share in shares.items() if share == most > 0]
        found[attribute(one, "identifier")] = Declaration(
            cardinality=attribute(one, "cardinality"),
            base_type=attribute(one, "baseType"),
            right=tuple(values),
            mapped=tuple(mapped),
        )
    return found


def _share(text: str) -> Decimal:
    try:
        value = Decimal(text[:30])
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)


def question_of(
    base: DraftQuestion, body: Body, keys: Mapping[str, Declaration], root: Element
) -> DraftQuestion | None:
    """A question of one interaction, or of text entries; None when it cannot be read."""
    if body.unknown or (body.entries and body.interactions) or len(body.interactions) > 1:
        return None
    if body.entries:
        blanks = [_blank(entry, keys, root) for entry in body.entries]
        known = tuple(blank for blank in blanks if blank is not None)
        if len(known) < len(blanks):
            return None
        return replace(base, type=QuestionType.FILL_BLANK, key=BlanksKey(blanks=known))
    if not body.interactions:
        return None
    interaction = body.interactions[0]
    found = keys.get(attribute(interaction, "responseIdentifier"))
    match name_of(interaction):
        case "choiceInteraction" if found is not None:
            return _choice(base, interaction, found)
        case "orderInteraction" if found is not None:
            options, letters = _choices(interaction)
            right = tuple(letters[value] for value in found.right if value in letters)
            key = OrderingKey(letters=right)
            return replace(base, type=QuestionType.ORDERING, options=options, key=key)
        case "matchInteraction" if found is not None:
            return _matching(base, interaction, found)
        case "extendedTextInteraction":
            return replace(base, key=ModelKey(text=_model(root)))
        case _:
            return None


def _model(root: Element) -> str:
    rubrics = [
        one for one in descendants(root, "rubricBlock") if "scorer" in attribute(one, "view")
    ]
    return "\n".join(body_of(one).text for one in rubrics)


def _choices(interaction: Element) -> tuple[tuple[Option, ...], dict[str, str]]:
    choices = list(descendants(interaction, "simpleChoice"))
    options = lettered([body_of(one).text for one in choices])
    letters = {
        attribute(one, "identifier"): option.letter
        for one, option in zip(choices, options, strict=False)
    }
    return options, letters


def _choice(base: DraftQuestion, interaction: Element, found: Declaration) -> DraftQuestion:
    options, letters = _choices(interaction)
    right = tuple(sorted(letters[value] for value in found.right if value in letters))
    truths = [truth_of(option.text) for option in options]
    if len(options) == 2 and set(truths) == {True, False} and len(right) == 1:
        value = truths["AB".index(right[0])]
        return replace(base, type=QuestionType.TRUE_FALSE, key=TruthKey(value=bool(value)))
    single = found.cardinality == "single"
    kind = QuestionType.SINGLE_CHOICE if single else QuestionType.MULTIPLE_CHOICE
    draft = replace(base, type=kind, options=options, key=ChoiceKey(letters=right))
    choices = descendants(interaction, "simpleChoice")
    return with_feedback(draft, [_feedback(one) for one in choices])


def _feedback(choice: Element) -> str:
    return " ".join(body_of(one).text for one in descendants(choice, "feedbackInline"))


def _matching(
    base: DraftQuestion, interaction: Element, found: Declaration
) -> DraftQuestion | None:
    sets = list(descendants(interaction, "simpleMatchSet"))
    if len(sets) != 2:
        return None
    columns = [
        {attribute(one, "identifier"): body_of(one).text for one in column} for column in sets
    ]
    pairs: dict[str, str] = {}
    for value in found.right:
        names = value.split()
        if len(names) == 2:
            left, right = names if names[0] in columns[0] else (names[1], names[0])
            pairs[left] = right
    lefts = [name for name in columns[0] if name in pairs and pairs[name] in columns[1]]
    if len(lefts) < len(columns[0]):
        return None
    written = [(columns[0][name], columns[1][pairs[name]]) for name in lefts]
    rights = {pairs[name] for name in lefts}
    return matched(base, written, [text for name, text in columns[1].items() if name not in rights])


def _blank(entry: Element, keys: Mapping[str, Declaration], root: Element) -> Blank | None:
    name = attribute(entry, "responseIdentifier")
    found = keys.get(name)
    if found is None:
        return None
    if found.base_type in ("float", "integer"):
        return _number(entry, name, found, root)
    accept = tuple(dict.fromkeys(text for text in (*found.right, *found.mapped) if text))
    return TextBlank(accept=accept) if accept else None


def _number(entry: Element, name: str, found: Declaration, root: Element) -> Blank | None:
    spread = "0"
    for equal in descendants(root, "equal"):
        variables = {attribute(one, "identifier") for one in equal}
        if name in variables and attribute(equal, "toleranceMode") == "absolute":
            spread = (
                attribute(equal, "tolerance").split()[0] if attribute(equal, "tolerance") else "0"
            )
    try:
        number, tolerance = Decimal(found.right[0][:30]), Decimal(spread[:30])
    except (InvalidOperation, IndexError):
        return None
    if not (number.is_finite() and tolerance.is_finite()):
        return None
    return NumberBlank(number=number, tolerance=tolerance, unit=attribute(entry, "data-unit")[:20])
