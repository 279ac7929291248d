"""Questions as Moodle XML; what Moodle has no field for stands in tags."""

import base64
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from lianbing.banks.encoding import plain_decimal
from lianbing.banks.interchange.drafts import DraftQuestion
from lianbing.banks.interchange.facts import facts_of
from lianbing.banks.interchange.formats.cloze import write_cloze
from lianbing.banks.interchange.rich_text import html_of_text
from lianbing.banks.rendering import PICTURE
from lianbing.banks.rules import (
    BlanksKey,
    CaseKey,
    ChoiceKey,
    MatchingKey,
    ModelKey,
    NumberBlank,
    OrderingKey,
    QuestionType,
    TruthKey,
)

Pictures = Mapping[str, tuple[str, bytes]]
"""By the target that texts name: a file name and its bytes."""


def moodle_holds(draft: DraftQuestion) -> bool:
    """Whether Moodle XML can say the question and its key without loss."""
    if draft.key is None or isinstance(draft.key, CaseKey):
        return False
    if isinstance(draft.key, BlanksKey):
        units = [one.unit for one in draft.key.blanks if isinstance(one, NumberBlank)]
        return not any(units) or _is_numerical(draft)
    return True


def _is_numerical(draft: DraftQuestion) -> bool:
    """One number with a unit at the end of its stem, as Moodle's own type has it."""
    key = draft.key
    if not isinstance(key, BlanksKey) or len(key.blanks) != 1:
        return False
    blank = key.blanks[0]
    has_unit = isinstance(blank, NumberBlank) and bool(blank.unit)
    return has_unit and "__" not in draft.stem and "＿＿" not in draft.stem


def write_moodle_xml(drafts: Sequence[DraftQuestion], pictures: Pictures) -> bytes:
    """The file; what Moodle does not hold is left out."""
    root = Element("quiz")
    for draft in drafts:
        if moodle_holds(draft):
            _question(root, draft, pictures)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8")


def _rich(parent: Element, name: str, text: str, pictures: Pictures) -> Element:
    """A text with its pictures; plain texts stay plain."""
    element = SubElement(parent, name)
    used = {found[2] for found in PICTURE.finditer(text) if found[2] in pictures}
    if not used:
        element.set("format", "plain_text")
        SubElement(element, "text").text = text
        return element
    element.set("format", "html")
    html = html_of_text(text)
    html = PICTURE.sub(
        lambda found: (
            f'<img src="@@PLUGINFILE@@/{pictures[found[2]][0]}" alt="{found[1]}">'
            if found[2] in pictures
            else found[0]
        ),
        html,
    )
    SubElement(element, "text").text = html
    for target in sorted(used):
        file_name, data = pictures[target]
        file = SubElement(element, "file", name=file_name, path="/", encoding="base64")
        file.text = base64.b64encode(data).decode()
    return element


def _type_of(draft: DraftQuestion) -> str:
    if draft.type is QuestionType.FILL_BLANK:
        return "numerical" if _is_numerical(draft) else "cloze"
    return {
        QuestionType.SINGLE_CHOICE: "multichoice",
        QuestionType.MULTIPLE_CHOICE: "multichoice",
        QuestionType.TRUE_FALSE: "truefalse",
        QuestionType.MATCHING: "matching",
        QuestionType.ORDERING: "ordering",
    }.get(draft.type, "essay")


def _question(root: Element, draft: DraftQuestion, pictures: Pictures) -> None:
    kind = _type_of(draft)
    question = SubElement(root, "question", type=kind)
    SubElement(SubElement(question, "name"), "text").text = draft.code or draft.stem[:40]
    stem = draft.stem
    if isinstance(draft.key, BlanksKey):
        cloze = kind == "cloze"
        stem = write_cloze(stem, draft.key) if cloze else stem.replace("{{1}}", "_____")
    _rich(question, "questiontext", stem, pictures)
    if draft.explanation:
        _rich(question, "generalfeedback", draft.explanation, pictures)
    SubElement(question, "idnumber").text = draft.code
    _answers(question, draft, pictures)
    tags = SubElement(question, "tags")
    for fact in facts_of(draft):
        SubElement(SubElement(tags, "tag"), "text").text = fact


def _answer(question: Element, fraction: str, text: str, pictures: Pictures) -> Element:
    answer = _rich(question, "answer", text, pictures)
    answer.set("fraction", fraction)
    return answer


def _answers(question: Element, draft: DraftQuestion, pictures: Pictures) -> None:
    match draft.key:
        case ChoiceKey(letters=letters):
            single = draft.type is QuestionType.SINGLE_CHOICE
            SubElement(question, "single").text = "true" if single else "false"
            share = f"{100 / max(len(letters), 1):.7g}"
            for option in draft.options:
                wrong = "0" if single else "-100"
                fraction = share if option.letter in letters else wrong
                answer = _answer(question, fraction, option.text, pictures)
                if option.why:
                    _rich(answer, "feedback", option.why, pictures)
        case TruthKey(value=value):
            _answer(question, "100" if value else "0", "true", pictures)
            _answer(question, "0" if value else "100", "false", pictures)
        case OrderingKey(letters=letters):
            texts = {option.letter: option.text for option in draft.options}
            for number, letter in enumerate(letters, start=1):
                _answer(question, str(number), texts[letter], pictures)
        case MatchingKey():
            _pairs(question, draft, pictures)
        case ModelKey(text=text):
            _rich(question, "graderinfo", text, pictures)
        case BlanksKey(blanks=(NumberBlank() as blank,)) if _is_numerical(draft):
            answer = _answer(question, "100", plain_decimal(blank.number), pictures)
            SubElement(answer, "tolerance").text = plain_decimal(blank.tolerance)
            unit = SubElement(SubElement(question, "units"), "unit")
            SubElement(unit, "multiplier").text = "1"
            SubElement(unit, "unit_name").text = blank.unit


def _pairs(question: Element, draft: DraftQuestion, pictures: Pictures) -> None:
    texts = {option.letter: option.text for option in draft.options}
    letters = draft.key.letters if isinstance(draft.key, MatchingKey) else ()
    pairs = [*zip(draft.prompts, letters, strict=True)]
    pairs += [("", letter) for letter in texts if letter not in letters]
    for left, letter in pairs:
        sub = _rich(question, "subquestion", left, pictures)
        SubElement(SubElement(sub, "answer"), "text").text = texts[letter]
