"""Moodle XML, QTI and our own format; and what hostile files of any kind meet."""

import struct
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.banks_factory import write_bank
from tests.import_files_factory import FILES, PIXEL, qti_package, stored, word, workbook, zipped

from lianbing.banks.interchange import foreign, packages, reading, xml_trees
from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    PARTLY_RIGHT,
    FileFormat,
    Level,
    Refused,
)
from lianbing.banks.interchange.formats import csv_reader, excel_measure
from lianbing.banks.interchange.reading import read_file
from lianbing.banks.rules import (
    BlanksKey,
    ChoiceKey,
    MatchingKey,
    ModelKey,
    NumberBlank,
    OrderingKey,
    QuestionType,
    TextBlank,
    TruthKey,
)

OFFICE_2003 = b"""<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>"""
GOOD = zipped({"xl/workbook.xml": b"<x/>"})
BOMB = b"0" * (30 * 1024 * 1024)
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/hostname">]><quiz><question type="essay">&b;&c;</question></quiz>"""


def test_moodle_xml_as_moodle_exports_it() -> None:
    read = read_file("quiz.xml", stored("moodle.xml"))
    assert read.format is FileFormat.MOODLE_XML
    assert [one.key for one in read.questions] == [
        ChoiceKey(letters=("B",)),
        ChoiceKey(letters=("A", "C")),
        TruthKey(value=True),
        BlanksKey(blanks=(TextBlank(accept=("安培",)),)),  # the other earns half the marks
        BlanksKey(blanks=(NumberBlank(number=Decimal(5), tolerance=Decimal("0.1"), unit="Ω"),)),
        MatchingKey(letters=("A", "B")),
        ModelKey(text="断电、验电、接地"),
        BlanksKey(
            blanks=(
                NumberBlank(number=Decimal(50), tolerance=Decimal("0.5")),
                TextBlank(accept=("地", "大地")),
            )
        ),
        OrderingKey(letters=("A", "B", "C")),
    ]
    first = read.questions[0]
    assert first.stem == "我国工频为\n![频率表](meter.png)"
    assert (first.explanation, first.code, first.point) == ("额定频率 50 Hz。", "Q-101", "A01")
    assert [option.text for option in first.options] == ["40 Hz", "50 Hz", "60 < 70 Hz"]
    assert read.pictures == {"meter.png": b"\x89PNG\r\n\x1a\n"}
    assert read.questions[3].stem == "电流的单位是{{1}}。"
    assert read.questions[7].stem == "工频{{1}}Hz，外壳接{{2}}。"
    partly, unknown = read.findings
    assert (partly.place.row, partly.level, partly.message) == (5, Level.WARNING, PARTLY_RIGHT)
    assert (unknown.place.row, unknown.params) == (11, {"kind": "ddimageortext"})


def test_a_package_of_qti_two_and_three() -> None:
    read = read_file("items.zip", qti_package())
    assert read.format is FileFormat.QTI
    choice, entry = read.questions
    assert (choice.type, choice.key) == (
        QuestionType.MULTIPLE_CHOICE,
        ChoiceKey(letters=("A", "C")),
    )
    assert choice.stem == "看图回答。\n![安全标志](images/sign.png)\n水由哪些元素组成？"
    assert (choice.explanation, read.pictures) == ("水是 H2O。", {"images/sign.png": PIXEL})
    assert entry.stem == "工频为{{1}}Hz，外壳接{{2}}。"
    assert entry.key == BlanksKey(
        blanks=(
            NumberBlank(number=Decimal(50), tolerance=Decimal("0.5")),
            TextBlank(accept=("地", "大地")),
        )
    )
    assert [one.params for one in read.findings] == [{"name": "../../etc/passwd"}]


def test_a_single_item_of_qti() -> None:
    assert len(read_file("item.xml", stored("qti21_choice.xml")).questions) == 1


def test_our_own_format_zipped(tmp_path: Path) -> None:
    folder = write_bank(tmp_path)
    members = {
        str(path.relative_to(tmp_path)): path.read_bytes() for path in folder.rglob("*.yaml")
    }
    read = read_file("bank.zip", zipped(members))
    assert read.format is FileFormat.OWN
    assert [one.code for one in read.questions] == ["A01-001", "A01-002", "B101-001", "B101-002"]
    assert read.questions[0].source == "欧姆定律"


def with_size(data: bytes, size: int) -> bytes:
    """The package lying about the size of its first member, in both places."""
    lied = bytearray(data)
    lied[22:26] = struct.pack("<I", size)
    at = lied.index(b"PK\x01\x02")
    lied[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(lied)


SHEET = "xl/worksheets/sheet1.xml"


def members_of(sheets: int = 1) -> dict[str, bytes]:
    names = [f"s{number}" for number in range(sheets)]
    data = workbook({name: [("题干", "答案"), ("x", "对")] for name in names})
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def altered(*pairs: tuple[bytes, bytes], name: str = SHEET) -> bytes:
    """A workbook whose sheet says something else, maybe under another name."""
    members = members_of()
    sheet = members.pop(SHEET)
    for old, new in pairs:
        assert old in sheet
        sheet = sheet.replace(old, new)
    file_name = name.rpartition("/")[2].encode()
    members = {one: data.replace(b"sheet1.xml", file_name) for one, data in members.items()}
    return zipped(members | {name: sheet})


def many_wide_sheets() -> bytes:
    """Each sheet is within the limits; all together would be laid out as 160 million cells."""
    members = {
        name: data.replace(b'r="B2"', b'r="GR20000"') for name, data in members_of(40).items()
    }
    return zipped(members)


FAR = (b'r="B2"', b'r="XFD1048576"')
OF_ITS_ROW = (b'<row r="2"', b'<row r="1048576"')
WITHOUT_PLACES = ((b'<c r="A2"', b"<c"), (b'<c r="B2"', b"<c/>" * 16_000 + b"<c"))


def linked() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        link = zipfile.ZipInfo("bank/bank.yaml")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    return out.getvalue()


def old_office(stream: str) -> bytes:
    """A compound file of the old kind, down to the name in its directory."""
    return foreign.OLE + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 64


HOSTILE = {
    "empty": ("a.xlsx", b"  "),
    "zip bomb by its ratio": ("a.xlsx", zipped({"xl/workbook.xml": BOMB})),
    "zip bomb lying about its size": (
        "a.docx",
        with_size(zipped({"word/document.xml": b"<a>" + BOMB}), 100),
    ),
    "too many members": ("a.zip", zipped({f"m{n}": b"" for n in range(25_001)})),
    "a path upwards": ("a.zip", zipped({"../../bank.yaml": b"x", "bank.yaml": b"x"})),
    "an absolute path": ("a.zip", zipped({"/etc/bank.yaml": b"x"})),
    "a symbolic link": ("a.zip", linked()),
    "macros by name": ("a.xlsm", GOOD),
    "macros inside": ("a.xlsx", zipped({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"})),
    "an old workbook": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600),
    "a cell far away": ("a.xlsx", altered(FAR)),
    "a cell far away by its row": ("a.xlsx", altered(OF_ITS_ROW, *WITHOUT_PLACES)),
    "a cell far away in small letters": ("a.xlsx", altered((FAR[0], FAR[1].lower()))),
    "a cell far away in a sheet of words": (
        "a.xlsx",
        altered(FAR, name=f"{SHEET[:-10]}sharedStrings.xml"),
    ),
    "a cell far away in a sheet of no kind": ("a.xlsx", altered(FAR, name=f"{SHEET[:-3]}dat")),
    "a cell far away under a prefix": ("a.xlsx", altered((b"<c " + FAR[0], b"<a-b:c " + FAR[1]))),
    "a cell at a place that is spelt": ("a.xlsx", altered((FAR[0], b'r="&#88;FD1048576"'))),
    "a cell that says its place often": ("a.xlsx", altered((FAR[0], b' r="A1"' * 100_000))),
    "many wide sheets": ("a.xlsx", many_wide_sheets()),
    "two books in one": ("a.xlsx", zipped(members_of() | {"content.xml": b"<x/>"})),
    "entities in xml": ("a.xml", ENTITIES),
    "entities in word": ("a.docx", word(ENTITIES)),
    "entities in excel": ("a.xlsx", zipped({"xl/workbook.xml": ENTITIES})),
    "entities in a manifest": ("a.zip", zipped({"imsmanifest.xml": ENTITIES})),
    "deep xml": ("a.xml", b"<quiz>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</quiz>"),
    "not a workbook": ("a.xlsx", GOOD),
    "no known package": ("a.zip", zipped({"a.bin": b"x"})),
    "a zip of files": ("a.zip", zipped({"题库/一.DOCX": b"x"})),
    "an old document by another name": ("a.docx", old_office("WordDocument")),
    "a document of WPS": ("a.wps", old_office("Contents")),
    "a table of WPS": ("a.et", old_office("Workbook")),
    "an old office file of no known kind": ("a.dat", old_office("Contents")),
    "slides": ("a.ppt", old_office("PowerPoint Document")),
    "a workbook behind a password": ("a.xlsx", old_office("EncryptedPackage")),
    "rar": ("a.rar", b"Rar!\x1a\x07\x01\x00" + b"0" * 20),
    "7z": ("a.zip", b"7z\xbc\xaf\x27\x1c" + b"0" * 20),
    "pdf": ("a.pdf", b"%PDF-1.7 x"),
    "rich text": ("a.doc", b"{\\rtf1 x}"),
    "a picture": ("a.png", PIXEL),
    "a web page as workbook": ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>"),
    "a workbook as one xml": ("a.xls", OFFICE_2003),
    "a binary workbook": ("a.xlsb", zipped({"xl/workbook.bin": b"x"})),
    "an OpenDocument": ("a.ods", zipped({"mimetype": b"x", "content.xml": b"<x/>"})),
    "a course of Moodle": ("a.mbz", b"\x1f\x8b" + b"0" * 20),
    "signs of no encoding": ("a.txt", b"\xff\xff\xff\xff1. a"),
}


REASONS = {
    "empty": reading.EMPTY,
    "zip bomb by its ratio": packages.BOMB,
    "zip bomb lying about its size": packages.BROKEN,
    "too many members": packages.BOMB,
    "a path upwards": packages.PATHS,
    "an absolute path": packages.PATHS,
    "a symbolic link": packages.PATHS,
    "macros by name": packages.MACROS,
    "macros inside": packages.MACROS,
    "an old workbook": foreign.OLD_EXCEL,
    "a cell far away": excel_measure.TOO_LARGE,
    "a cell far away by its row": excel_measure.TOO_LARGE,
    "a cell far away in small letters": excel_measure.TOO_LARGE,
    "a cell far away in a sheet of words": excel_measure.TOO_LARGE,
    "a cell far away in a sheet of no kind": excel_measure.TOO_LARGE,
    "a cell far away under a prefix": excel_measure.TOO_LARGE,
    "a cell at a place that is spelt": packages.BROKEN,
    "a cell that says its place often": packages.BROKEN,
    "many wide sheets": excel_measure.TOO_LARGE,
    "two books in one": packages.BROKEN,
    "entities in xml": xml_trees.ENTITIES,
    "entities in word": xml_trees.ENTITIES,
    "entities in excel": xml_trees.ENTITIES,
    "entities in a manifest": xml_trees.ENTITIES,
    "deep xml": xml_trees.TOO_DEEP,
    "not a workbook": packages.BROKEN,
    "no known package": reading.UNKNOWN_PACKAGE,
    "a zip of files": foreign.ZIPPED,
    "an old document by another name": foreign.OLD_WORD,
    "a document of WPS": foreign.OLD_WORD,
    "a table of WPS": foreign.OLD_EXCEL,
    "an old office file of no known kind": foreign.OLD_OTHER,
    "slides": foreign.OLD_SLIDES,
    "a workbook behind a password": packages.ENCRYPTED,
    "rar": foreign.ARCHIVE,
    "7z": foreign.ARCHIVE,
    "pdf": foreign.PDF,
    "rich text": foreign.RICH_TEXT,
    "a picture": foreign.PICTURE,
    "a web page as workbook": foreign.WEB_PAGE,
    "a workbook as one xml": foreign.OLD_EXCEL,
    "a binary workbook": foreign.BINARY_EXCEL,
    "an OpenDocument": foreign.OPEN_DOCUMENT,
    "a course of Moodle": foreign.MOODLE_BACKUP,
    "signs of no encoding": csv_reader.NOT_TEXT,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_for_what_they_are(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_file(*HOSTILE[name])
    assert refusal.value.message == REASONS[name]


def test_a_million_rows_are_refused_before_they_are_laid_out() -> None:
    head = b"<worksheet><sheetData>"
    row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>'
    rows = b"".join(row % (number, number) for number in range(1, 300_000))
    data = workbook({"a": [("题干",)]})
    with zipfile.ZipFile(BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    members["xl/worksheets/sheet1.xml"] = head + rows + b"</sheetData></worksheet>"
    with pytest.raises(Refused) as refusal:
        read_file("a.xlsx", zipped(members))
    assert refusal.value.message == excel_measure.TOO_LARGE


def test_a_long_csv_is_cut_and_told() -> None:
    lines = ["题干,答案", *(f"第{number}题,对" for number in range(MOST_QUESTIONS + 50))]
    read = read_file("a.csv", "\n".join(lines).encode())
    assert len(read.questions) == MOST_QUESTIONS
    assert any(one.params == {"most": MOST_QUESTIONS} for one in read.findings)


NAMES = ["a.xlsx", "a.csv", "a.txt", "a.xml", "a.docx", "a.zip", "a.gift"]
SEEDS = [path.read_bytes() for path in sorted(FILES.iterdir())]


def assert_read_or_refused(name: str, data: bytes) -> None:
    """Whatever the bytes: a bounded reading whose findings have words, or a refusal."""
    try:
        read = read_file(name, data)
    except Refused:
        return
    assert len(read.questions) <= MOST_QUESTIONS
    assert all(finding.message for finding in read.findings)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(NAMES), st.binary(max_size=300))
def test_random_bytes_never_crash_a_reader(name: str, data: bytes) -> None:
    for whole in (data, b"PK\x03\x04" + data, b"<quiz>" + data):
        assert_read_or_refused(name, whole)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_damaged_files_never_crash_a_reader(seed: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(seed)))
    length = data.draw(st.integers(0, 40))
    damaged = seed[:start] + data.draw(st.binary(max_size=10)) + seed[start + length :]
    for name in ("a.txt", "a.csv", "a.xml"):
        assert_read_or_refused(name, damaged)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([word(), qti_package(), workbook({"a": [("题干", "答案"), ("x", "对")]})]),
    st.data(),
)
def test_damaged_packages_never_crash_a_reader(seed: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(seed) - 1))
    damaged = seed[:at] + bytes([data.draw(st.integers(0, 255))]) + seed[at + 1 :]
    assert_read_or_refused("a.xlsx", damaged)


def test_tables_and_feedback_of_moodle_come_along() -> None:
    data = """<quiz><question type="multichoice"><questiontext format="html"><text><![CDATA[
<p>下表中</p><table><tr><th>量</th><th>单位</th></tr><tr><td>电流|I</td><td>A</td></tr></table>
<p>哪个是量？</p>]]></text></questiontext><single>true</single>
<answer fraction="100"><text>电流</text><feedback><text>电流是量</text></feedback></answer>
<answer fraction="0"><text>A</text><feedback><text>那是单位</text></feedback></answer>
</question></quiz>"""
    (one,) = read_file("a.xml", data.encode()).questions
    table = "| 量 | 单位 |\n| --- | --- |\n| 电流\\|I | A |"
    assert one.stem == f"下表中\n\n{table}\n\n哪个是量？"
    assert [option.why for option in one.options] == ["", "那是单位"]
    assert one.explanation == "电流是量"


def test_shares_of_qti_are_no_keys() -> None:
    item = """<assessmentItem identifier="a"><responseDeclaration identifier="R"
cardinality="single" baseType="string"><correctResponse><value>接地</value></correctResponse>
<mapping><mapEntry mapKey="接地" mappedValue="2"/><mapEntry mapKey="保护接地" mappedValue="2"/>
<mapEntry mapKey="接零" mappedValue="1"/></mapping></responseDeclaration>
<itemBody><p>外壳应<textEntryInteraction responseIdentifier="R"/></p></itemBody></assessmentItem>"""
    (one,) = read_file("a.xml", item.encode()).questions
    assert one.key == BlanksKey(blanks=(TextBlank(accept=("接地", "保护接地")),))
