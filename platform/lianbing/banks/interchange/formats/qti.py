"""QTI 2.1, 2.2 and 3.0: packages and single items, read into drafts.

Both spellings are one here (``xml_trees.name_of``). An item with one interaction is a question;
one with several is a case, but for text entries, which are blanks of one text.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    DraftQuestion,
    FileFormat,
    Finding,
    Place,
    ReadFile,
    Refused,
)
from lianbing.banks.interchange.facts import with_fact
from lianbing.banks.interchange.formats.qti_body import Body, body_of
from lianbing.banks.interchange.formats.qti_keys import declarations_of, question_of
from lianbing.banks.interchange.packages import Package
from lianbing.banks.interchange.rich_text import picture_name
from lianbing.banks.interchange.xml_trees import (
    attribute,
    child,
    descendants,
    name_of,
    parse,
)
from lianbing.banks.rules import CaseKey, CasePart, PartKey, QuestionType
from lianbing.kernel.errors import N_

MANIFEST = "imsmanifest.xml"
MOST_PICTURE_BYTES = 64 * 1024 * 1024
NO_ITEMS = N_("The package lists no questions. Export it again as QTI with its items.")
OUTSIDE = N_("The package names %(name)s, which is not in it.")
UNKNOWN = N_("The interactions of this item cannot be read: %(kinds)s.")


@dataclass(kw_only=True, slots=True)
class _Reading:
    drafts: list[DraftQuestion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    left: int = MOST_PICTURE_BYTES


def read_qti_package(package: Package) -> ReadFile:
    """Drafts of every item that the manifest lists; a finding's sheet is the item's file."""
    reading = _Reading()
    root = parse(package.read(MANIFEST))
    folder = ""
    items = [
        one for one in descendants(root, "resource") if "item" in attribute(one, "type").casefold()
    ]
    if not items:
        raise Refused(NO_ITEMS)
    members = {picture_name(name): name for name in package.names()}
    for resource in items[:MOST_QUESTIONS]:
        name = posixpath.normpath(posixpath.join(folder, attribute(resource, "href")))
        if not package.holds(name):
            params = {"name": name[:80]}
            reading.findings.append(Finding(place=Place(), message=OUTSIDE, params=params))
            continue
        try:
            item = parse(package.read(name))
        except Refused as refusal:
            reading.findings.append(
                Finding(place=Place(sheet=name), message=refusal.message, params=refusal.params)
            )
            continue
        facts = ["".join(one.itertext()).strip() for one in descendants(resource, "keyword")]
        before = len(reading.drafts)
        _read_item(item, Place(sheet=name, row=1), facts, reading)
        _take_pictures(reading, before, name, package, members)
    return _read_file(reading)


def read_qti_item(data: bytes) -> ReadFile:
    """The draft of a single item."""
    reading = _Reading()
    _read_item(parse(data), Place(row=1), [], reading)
    return _read_file(reading)


def _read_file(reading: _Reading) -> ReadFile:
    return ReadFile(
        format=FileFormat.QTI,
        questions=tuple(reading.drafts),
        findings=tuple(reading.findings),
        pictures=reading.pictures,
    )


def _take_pictures(
    reading: _Reading, before: int, name: str, package: Package, members: dict[str, str]
) -> None:
    """Pictures that the new drafts name, by the path inside the package."""
    for target in {target for one in reading.drafts[before:] for target in _targets(one)}:
        path = picture_name(posixpath.normpath(posixpath.join(posixpath.dirname(name), target)))
        if target not in reading.pictures and path in members:
            data = package.read(members[path])
            reading.left -= len(data)
            if reading.left > 0:
                reading.pictures[target] = data


def _targets(draft: DraftQuestion) -> Iterator[str]:
    texts = [draft.stem, *(option.text for option in draft.options), *draft.prompts]
    for text in texts:
        for piece in text.split("](")[1:]:
            yield piece.partition(")")[0]


def _read_item(root: Element, place: Place, facts: list[str], reading: _Reading) -> None:
    element = child(root, "itemBody")
    if name_of(root) != "assessmentItem" or element is None:
        message = N_("This file is no item of QTI.")
        reading.findings.append(Finding(place=place, message=message))
        return
    keys = declarations_of(root)
    body = body_of(element)
    base = DraftQuestion(
        place=place,
        type=QuestionType.SHORT_ANSWER,
        stem=body.text,
        key=None,
        code=attribute(root, "identifier")[:40],
        explanation="\n".join(
            body_of(one).text for one in root if name_of(one) == "modalFeedback"
        ).strip(),
    )
    base = _with_facts(base, facts)
    draft = _case(base, body, root, reading) if body.parts else question_of(base, body, keys, root)
    if draft is None:
        kinds = ", ".join(body.unknown) or ", ".join(name_of(one) for one in body.interactions)
        params = {"kinds": kinds or "–"}
        reading.findings.append(Finding(place=place, message=UNKNOWN, params=params))
        return
    reading.drafts.append(draft)


def _case(
    base: DraftQuestion, body: Body, root: Element, reading: _Reading
) -> DraftQuestion | None:
    keys = declarations_of(root)
    parts: list[CasePart] = []
    own: list[PartKey] = []
    for one in body.parts:
        part = question_of(replace(base, stem=one.text), one, keys, root)
        if part is None or part.key is None:
            return None
        parts.append(
            CasePart(type=part.type, stem=part.stem, options=part.options, weight=one.weight)
        )
        own.append(part.key)  # type: ignore[arg-type]  # the bank's checks refuse other types
    return replace(base, type=QuestionType.CASE, parts=tuple(parts), key=CaseKey(keys=tuple(own)))


def _with_facts(base: DraftQuestion, facts: list[str]) -> DraftQuestion:
    for fact in facts:
        base = with_fact(base, fact)
    return base
