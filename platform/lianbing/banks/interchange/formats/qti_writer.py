"""Questions as a QTI 3.0 package: an item a file, the facts as key words in the manifest."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from xml.etree.ElementTree import Element, SubElement, tostring

from lianbing.banks.encoding import plain_decimal
from lianbing.banks.interchange.drafts import DraftQuestion
from lianbing.banks.interchange.facts import facts_of
from lianbing.banks.rendering import PICTURE
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
    QuestionType,
    TruthKey,
)

ITEM = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
Pictures = Mapping[str, tuple[str, bytes]]
PIECES = re.compile(rf"{PICTURE.pattern}|\{{\{{(\d+)\}}\}}")
DAY = (1980, 1, 1, 0, 0, 0)


def write_qti(drafts: Sequence[DraftQuestion], pictures: Pictures) -> bytes:
    """The package."""
    manifest = Element("manifest", xmlns=PACKAGE, identifier="lianbing")
    about = SubElement(manifest, "metadata")
    SubElement(about, "schema").text = "QTI Package"
    SubElement(about, "schemaversion").text = "3.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for number, draft in enumerate(drafts, start=1):
            if draft.key is None:
                continue
            name = f"items/q{number:05d}.xml"
            kind = "imsqti_item_xmlv3p0"
            resource = SubElement(
                resources, "resource", identifier=f"q{number:05d}", type=kind, href=name
            )
            keywords = SubElement(SubElement(resource, "metadata"), "general")
            for fact in (f"code:{draft.code}", *facts_of(draft)):
                SubElement(SubElement(keywords, "keyword"), "string").text = fact
            SubElement(resource, "file", href=name)
            _put(package, name, _item(draft, f"q{number:05d}", pictures))
        for file_name, data in pictures.values():
            package.writestr(zipfile.ZipInfo(f"items/{file_name}", DAY), data)
        _put(package, "imsmanifest.xml", manifest)
    return out.getvalue()


def _put(package: zipfile.ZipFile, name: str, root: Element) -> None:
    data = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8")
    info = zipfile.ZipInfo(name, DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(info, data)


class _Writer:
    """One item while it grows: declarations first, then the body, then the processing."""

    def __init__(self, root: Element, pictures: Pictures) -> None:
        self.root, self.pictures, self.count = root, pictures, 0
        self.equals: list[tuple[str, str]] = []

    def declare(
        self, cardinality: str, base_type: str, right: Sequence[str]
    ) -> tuple[str, Element]:
        """A response with its right values; its identifier and its element."""
        self.count += 1
        name = f"RESPONSE{self.count}"
        made = Element("qti-response-declaration", identifier=name, cardinality=cardinality)
        made.set("base-type", base_type)
        correct = SubElement(made, "qti-correct-response")
        for value in right:
            SubElement(correct, "qti-value").text = value
        self.root.insert(self.count - 1, made)
        return name, made

    def paragraphs(self, parent: Element, text: str, blanks: Sequence[str] = ()) -> None:
        """A text as paragraphs, with entries where its blanks stand."""
        for line in text.split("\n"):
            self.inline(SubElement(parent, "p"), line, blanks)

    def inline(self, parent: Element, text: str, blanks: Sequence[str] = ()) -> None:
        at, last = 0, None
        for found in PIECES.finditer(text):
            made = self._piece(found, blanks)
            if made is None:
                continue
            last = self._text(parent, last, text[at : found.start()])
            parent.append(made)
            at, last = found.end(), made
        self._text(parent, last, text[at:])

    def _text(self, parent: Element, last: Element | None, text: str) -> Element | None:
        if last is None:
            parent.text = (parent.text or "") + text
        else:
            last.tail = (last.tail or "") + text
        return last

    def _piece(self, found: re.Match[str], blanks: Sequence[str]) -> Element | None:
        if found[3] is not None:
            if not 1 <= int(found[3]) <= len(blanks):
                return None
            made = Element("qti-text-entry-interaction")
            name, _sign, unit = blanks[int(found[3]) - 1].partition(" ")
            made.set("response-identifier", name)
            if unit:
                made.set("data-unit", unit)
            return made
        if found[2] not in self.pictures:
            return None
        return Element("img", src=self.pictures[found[2]][0], alt=found[1])


def _item(draft: DraftQuestion, identifier: str, pictures: Pictures) -> Element:
    root = Element("qti-assessment-item", xmlns=ITEM, identifier=identifier, title=draft.stem[:60])
    root.set("adaptive", "false")
    root.set("time-dependent", "false")
    writer = _Writer(root, pictures)
    body = Element("qti-item-body")
    if isinstance(draft.key, CaseKey):
        writer.paragraphs(body, draft.stem)
        for part, key in zip(draft.parts, draft.key.keys, strict=True):
            place = SubElement(body, "div", {"class": "lianbing-part"})
            place.set("data-weight", str(part.weight))
            _question(writer, place, part.stem, part.options, (), key, part.type)
    elif draft.key is not None:
        _question(writer, body, draft.stem, draft.options, draft.prompts, draft.key, draft.type)
    score = SubElement(root, "qti-outcome-declaration", identifier="SCORE", cardinality="single")
    score.set("base-type", "float")
    root.append(body)
    _processing(root, writer)
    if draft.explanation:
        feedback = SubElement(root, "qti-modal-feedback", identifier="explanation")
        feedback.set("outcome-identifier", "FEEDBACK")
        feedback.set("show-hide", "show")
        writer.paragraphs(SubElement(feedback, "qti-content-body"), draft.explanation)
    return root


def _processing(root: Element, writer: _Writer) -> None:
    processing = SubElement(root, "qti-response-processing")
    for name, tolerance in writer.equals:
        condition = SubElement(SubElement(processing, "qti-response-condition"), "qti-response-if")
        equal = SubElement(condition, "qti-equal", tolerance=f"{tolerance} {tolerance}")
        equal.set("tolerance-mode", "absolute")
        SubElement(equal, "qti-variable", identifier=name)
        SubElement(equal, "qti-correct", identifier=name)
        outcome = SubElement(condition, "qti-set-outcome-value", identifier="SCORE")
        value = SubElement(outcome, "qti-base-value")
        value.set("base-type", "float")
        value.text = "1"
    if not writer.equals:
        template = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"
        processing.set("template", template)


def _question(
    writer: _Writer,
    body: Element,
    stem: str,
    options: Sequence[Option],
    prompts: Sequence[str],
    key: Key,
    kind: QuestionType,
) -> None:
    if isinstance(key, BlanksKey):
        writer.paragraphs(body, stem, list(_blanks(writer, key)))
        return
    writer.paragraphs(body, stem)
    match key:
        case ChoiceKey(letters=letters):
            single = kind is QuestionType.SINGLE_CHOICE
            name, _made = writer.declare("single" if single else "multiple", "identifier", letters)
            _choices(writer, body, "qti-choice-interaction", name, options, 1 if single else 0)
        case TruthKey(value=value):
            name, _made = writer.declare("single", "identifier", ["A" if value else "B"])
            truths = [Option(letter="A", text="正确"), Option(letter="B", text="错误")]
            _choices(writer, body, "qti-choice-interaction", name, truths, 1)
        case OrderingKey(letters=letters):
            name, _made = writer.declare("ordered", "identifier", letters)
            _choices(writer, body, "qti-order-interaction", name, options, None)
        case MatchingKey(letters=letters):
            right = [f"P{at} {letter}" for at, letter in enumerate(letters, start=1)]
            name, _made = writer.declare("multiple", "directedPair", right)
            _match(writer, body, name, prompts, options)
        case ModelKey(text=text):
            name, _made = writer.declare("single", "string", [])
            made = SubElement(body, "qti-extended-text-interaction")
            made.set("response-identifier", name)
            rubric = SubElement(body, "qti-rubric-block", view="scorer", use="instructions")
            writer.paragraphs(SubElement(rubric, "qti-content-body"), text)


def _blanks(writer: _Writer, key: BlanksKey) -> Iterator[str]:
    """Each blank's response identifier, with its unit after a space."""
    for blank in key.blanks:
        if isinstance(blank, NumberBlank):
            name, _made = writer.declare("single", "float", [plain_decimal(blank.number)])
            writer.equals.append((name, plain_decimal(blank.tolerance)))
            yield f"{name} {blank.unit}"
            continue
        name, made = writer.declare("single", "string", blank.accept[:1])
        mapping = SubElement(made, "qti-mapping")
        mapping.set("default-value", "0")
        for variant in blank.accept:
            entry = SubElement(mapping, "qti-map-entry")
            entry.set("map-key", variant)
            entry.set("mapped-value", "1")
        yield name


def _choices(
    writer: _Writer,
    body: Element,
    tag: str,
    name: str,
    options: Sequence[Option],
    most: int | None,
) -> None:
    made = SubElement(body, tag, shuffle="true")
    made.set("response-identifier", name)
    if most is not None:
        made.set("max-choices", str(most))
    for option in options:
        choice = SubElement(made, "qti-simple-choice", identifier=option.letter)
        _lines(writer, choice, option.text)
        if option.why:
            told = SubElement(choice, "qti-feedback-inline", identifier=option.letter)
            told.set("outcome-identifier", "FEEDBACK")
            told.set("show-hide", "show")
            writer.inline(told, option.why)


def _lines(writer: _Writer, parent: Element, text: str) -> None:
    if "\n" in text:
        writer.paragraphs(parent, text)
    else:
        writer.inline(parent, text)


def _match(
    writer: _Writer, body: Element, name: str, prompts: Sequence[str], options: Sequence[Option]
) -> None:
    made = SubElement(body, "qti-match-interaction", shuffle="true")
    made.set("response-identifier", name)
    made.set("max-associations", str(len(prompts)))
    columns = [[(f"P{at}", text) for at, text in enumerate(prompts, start=1)]]
    columns.append([(option.letter, option.text) for option in options])
    for column in columns:
        place = SubElement(made, "qti-simple-match-set")
        for identifier, text in column:
            choice = SubElement(place, "qti-simple-associable-choice", identifier=identifier)
            choice.set("match-max", "1")
            _lines(writer, choice, text)
