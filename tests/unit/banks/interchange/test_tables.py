"""Excel and CSV as trainers have them: any order of columns, a row an option, a sheet a type."""

import re
import zipfile
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from tests.import_files_factory import PIXEL, table, workbook, zipped

from lianbing.banks.interchange.drafts import DraftQuestion, FileFormat, Level
from lianbing.banks.interchange.keys import OTHER_ANSWER
from lianbing.banks.interchange.reading import read_file
from lianbing.banks.interchange.rows import quiet, safe
from lianbing.banks.rules import (
    BlanksKey,
    CaseKey,
    ChoiceKey,
    MatchingKey,
    NumberBlank,
    OrderingKey,
    QuestionType,
    TruthKey,
)

HEADS = (
    "序号",
    "题型",
    "题干",
    "选项A",
    "选项B",
    "选项C",
    "选项D",
    "答案",
    "解析",
    "难度",
    "知识点",
    "分值",
)


def read(sheets: dict[str, list[tuple[object, ...]]]) -> tuple[DraftQuestion, ...]:
    found = read_file("题库.xlsx", workbook(sheets))
    assert found.format is FileFormat.EXCEL
    assert found.findings == ()
    return found.questions


@pytest.mark.parametrize("written", ["AC", "A,C", "A、C", "A;C", "Ａ，Ｃ", "a c", "C、A"])
def test_answers_are_read_however_they_are_written(written: str) -> None:
    row = (1, "多选题", "导体有", "铜", "橡胶", "铝", None, written, "金属", 0.3, "A01", 2)
    (one,) = read({"Sheet1": [HEADS, row]})
    assert one.key == ChoiceKey(letters=("A", "C"))
    assert (one.explanation, one.point, one.difficulty) == ("金属", "A01", Decimal("0.3"))
    assert one.type is QuestionType.MULTIPLE_CHOICE


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("正确", True),
        ("错误", False),
        ("√", True),
        ("×", False),
        ("对", True),
        ("否", False),
        ("T", True),
        ("F", False),
        (True, True),
        (1, True),
        (0, False),
        ("A", True),
        ("B", False),
    ],
)
def test_true_and_false_have_many_words(written: object, value: bool) -> None:
    (one,) = read({"题": [("题目", "题目类型", "正确答案"), ("应当验电。", "判断", written)]})
    assert one.key == TruthKey(value=value)


def test_columns_in_any_order_under_a_title_row_with_english_heads() -> None:
    rows = [
        ("Safety quiz 2026",),
        ("Answer", "Option B", "Option A", "Question", "Option C", "Explanation"),
        ("B", "No", "Yes", "Which?", "Perhaps", "Because"),
    ]
    (one,) = read({"Sheet1": rows})
    assert [option.text for option in one.options] == ["Yes", "No", "Perhaps"]
    assert (one.key, one.place.row) == (ChoiceKey(letters=("B",)), 3)


def test_a_row_an_option() -> None:
    rows = [
        ("题目编号", "题干", "选项内容", "是否正确项"),
        (1, "电流的单位是", "伏", 0),
        (1, "电流的单位是", "安", 1),
        (1, "电流的单位是", "欧", 0),
        (2, "导体有", "铜", 1),
        (None, None, "橡胶", 0),
        (None, None, "铝", 1),
    ]
    first, second = read({"Sheet1": rows})
    assert first.key == ChoiceKey(letters=("B",))
    assert (second.type, second.key) == (
        QuestionType.MULTIPLE_CHOICE,
        ChoiceKey(letters=("A", "C")),
    )


def test_a_sheet_a_type() -> None:
    head = ("题干", "答案")
    truth, blank = read(
        {
            "判断题": [head, ("停电后应验电。", "对")],
            "填空题": [head, ("工频为____Hz，允许偏差（  ）Hz", "50 ± 0.2 Hz；0.2")],
        }
    )
    assert truth.type is QuestionType.TRUE_FALSE
    assert blank.stem == "工频为{{1}}Hz，允许偏差{{2}}Hz"
    assert isinstance(blank.key, BlanksKey)
    assert blank.key.blanks[0] == NumberBlank(
        number=Decimal(50), tolerance=Decimal("0.2"), unit="Hz"
    )


def test_matching_ordering_and_cases_have_a_form_in_a_table() -> None:
    rows = [
        (*HEADS, "所属大题", "权重"),
        (1, "匹配", "连线", "红→禁止", "黄 -> 警告", "→装饰", *[None] * 8),
        (2, "排序题", "排列", "断电", "验电", "接地", None, "ABC", *[None] * 6),
        ("c1", "案例题", "某车间触电。", *[None] * 11),
        (3, "单选", "首先", "断电", "拉人", "泼水", None, "A", *[None] * 4, "c1", 2),
        (4, "判断", "应验电", *[None] * 4, "√", *[None] * 4, "c1", None),
    ]
    matching, ordering, case = read({"Sheet1": rows})
    assert matching.key == MatchingKey(letters=("A", "B"))
    assert [option.text for option in matching.options] == ["禁止", "警告", "装饰"]
    assert ordering.key == OrderingKey(letters=("A", "B", "C"))
    assert isinstance(case.key, CaseKey)
    assert case.key.keys == (ChoiceKey(letters=("A",)), TruthKey(value=True))
    assert [part.weight for part in case.parts] == [2, 1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_in_every_encoding_people_have(encoding: str) -> None:
    rows = [["题干", "选项A", "选项B", "选项C", "答案"], ["电流, 单位", "伏", "安", "欧", "B"]]
    found = read_file("题.csv", table(rows, encoding=encoding))
    assert found.format is FileFormat.CSV
    assert found.questions[0].stem == "电流, 单位"
    assert found.questions[0].key == ChoiceKey(letters=("B",))


def test_what_is_wrong_is_told_by_sheet_row_and_column() -> None:
    rows = [
        ("题型", "题干", "答案", "难度"),
        ("脑筋急转弯", "问", "A", None),
        ("判断", "问", "也许", "很玄"),
        ("判断", None, "对", None),
    ]
    found = read_file("题.xlsx", workbook({"甲": rows}))
    told = [(one.place.sheet, one.place.row, one.place.column, one.level) for one in found.findings]
    assert told == [
        ("甲", 2, "题型", Level.ERROR),
        ("甲", 3, "难度", Level.WARNING),
        ("甲", 3, "答案", Level.ERROR),
        ("甲", 4, "题干", Level.ERROR),
    ]


def test_unknown_columns_are_mapped_by_hand() -> None:
    rows = [("考核内容", "甲", "乙", "丙", "标答"), ("单位是", "伏", "安", "欧", "B")]
    data = workbook({"Sheet1": rows})
    unread = read_file("a.xlsx", data)
    assert unread.questions == ()
    assert unread.columns[0].headings == rows[0]
    by_hand = {
        "考核内容": "stem",
        "甲": "option_a",
        "乙": "option_b",
        "丙": "option_c",
        "标答": "answer",
    }
    assert read_file("a.xlsx", data, by_hand).questions[0].key == ChoiceKey(letters=("B",))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "plain", "", "\t=1"])
def test_formulas_never_leave_alive_and_come_back_as_they_were(text: str) -> None:
    assert safe(text)[:1] not in ("=", "+", "-", "@", "\t")
    assert quiet(safe(text)) == text


def test_a_formula_in_a_cell_is_its_text_or_value_only() -> None:
    rows = [("题干", "答案"), ('=HYPERLINK("http://127.0.0.1","题")', "对"), ("应验电。", "对")]
    found = read_file("a.xlsx", workbook({"Sheet1": rows}))
    assert [one.stem for one in found.questions] == [
        "应验电。"
    ]  # never computed: no value is stored


def test_pictures_over_cells_and_in_cells_of_wps_come_along() -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "甲"
    sheet.append(["题干", "选项A", "选项B", "选项C", "答案"])
    sheet.append(["图中仪表是", "电流表", "电压表", "功率表", "A"])
    sheet.append(["另一仪表", '=DISPIMG("ID_7",1)', "乙", "丙", "B"])
    sheet.add_image(Image(BytesIO(PIXEL)), "A2")
    out = BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as package:
        members = {name: package.read(name) for name in package.namelist()}
    inner = members["xl/worksheets/sheet1.xml"]
    value = b"<f>DISPIMG(&quot;ID_7&quot;,1)</f><v>=DISPIMG(&quot;ID_7&quot;,1)</v>"
    plain = re.sub(rb"<c r=\"B3\"[^>]*>.*?</c>", b'<c r="B3" t="str">' + value + b"</c>", inner)
    assert value in plain
    members["xl/worksheets/sheet1.xml"] = plain
    members["xl/media/in-cell.png"] = PIXEL
    members["xl/cellimages.xml"] = CELL_IMAGES
    members["xl/_rels/cellimages.xml.rels"] = CELL_RELATIONS
    read = read_file("a.xlsx", zipped(members))
    meter, other = read.questions
    assert meter.stem == "图中仪表是\n![图](image1.png)"
    assert other.options[0].text == "![图](in-cell.png)"
    assert set(read.pictures) == {"image1.png", "in-cell.png"}


CELL_IMAGES = b"""<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"
 xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><etc:cellImage>
 <xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_7"/></xdr:nvPicPr>
 <xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>"""
CELL_RELATIONS = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="image" Target="media/in-cell.png"/></Relationships>"""


CHOICE = ("题干", "选项A", "选项B", "选项C", "答案")


@pytest.mark.parametrize(
    ("stem", "answer", "kept", "letters"),
    [
        ("应当使用（B）。", "B", "应当使用（　）。", "B"),
        ("应当使用( Ａ、C )", "AC", "应当使用（　）", "AC"),
        ("应当使用（B）", "", "应当使用（　）", "B"),
        ("电流（A）的方向是（ ）", "A", "电流（A）的方向是（ ）", "A"),
        ("电流（A）的方向是", "B", "电流（A）的方向是", "B"),
    ],
)
def test_no_stem_keeps_its_answer(stem: str, answer: str, kept: str, letters: str) -> None:
    """Papers with their answers in: nobody who is asked may see them."""
    (one,) = read({"题": [CHOICE, (stem, "甲", "乙", "丙", answer)]})
    assert one.stem == kept
    assert one.key == ChoiceKey(letters=tuple(letters))


def test_a_stem_with_another_answer_than_its_cell_is_told() -> None:
    found = read_file("a.xlsx", workbook({"题": [CHOICE, ("应选（A）。", "甲", "乙", "丙", "B")]}))
    (told,) = found.findings
    assert (told.message, told.level, told.place.column) == (OTHER_ANSWER, Level.WARNING, "题干")


@pytest.mark.parametrize("written", ["答案：AC", "正确答案: A、C", "【答案】ＡＣ"])
def test_an_answer_may_say_that_it_is_one(written: str) -> None:
    (one,) = read({"题": [CHOICE, ("导体有", "铜", "橡胶", "铝", written)]})
    assert one.key == ChoiceKey(letters=("A", "C"))


def test_reasons_stand_in_a_column() -> None:
    rows = [(*CHOICE, "错因"), ("导体是", "铜", "橡胶", "玻璃", "A", "B：是绝缘体\nＣ. 也是绝缘体")]
    (one,) = read({"题": rows})
    assert [option.why for option in one.options] == ["", "是绝缘体", "也是绝缘体"]


def test_shares_are_read_as_their_cells_show_them() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(CHOICE)
    sheet.append(["允许偏差为", 0.05, 0.125, 7, "A"])
    sheet["B2"].number_format, sheet["C2"].number_format = "0%", "0.0%"
    out = BytesIO()
    book.save(out)
    (one,) = read_file("a.xlsx", out.getvalue()).questions
    assert [option.text for option in one.options] == ["5%", "12.5%", "7"]


def test_hidden_sheets_are_told_and_not_read() -> None:
    book = Workbook()
    for name, state in (("看得见", "visible"), ("旧题", "hidden"), ("字典", "veryHidden")):
        sheet = book.create_sheet(name)
        rows = [["单选"], ["多选"]] if name == "字典" else [CHOICE, [name, "甲", "乙", "丙", "A"]]
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = state
    book["Sheet"].append(["填写说明：请勿修改表头。"])
    out = BytesIO()
    book.save(out)
    found = read_file("a.xlsx", out.getvalue())
    assert [one.stem for one in found.questions] == ["看得见"]
    assert [one.place.sheet for one in found.findings] == ["Sheet", "旧题"]
    assert {one.level for one in found.findings} == {Level.WARNING}
    assert [table.sheet for table in found.columns] == ["看得见"]  # a note is no table to map


def test_columns_to_map_are_those_below_a_title() -> None:
    rows = [("电工考题",), ("考题", "甲", "乙", "标答"), ("哪个是导体", "铜", "玻璃", "A")]
    data = workbook({"题": rows})
    assert read_file("a.xlsx", data).columns[0].headings == ("考题", "甲", "乙", "标答")
    by_hand = {"考题": "stem", "甲": "option_a", "乙": "option_b", "标答": "answer"}
    (one,) = read_file("a.xlsx", data, by_hand).questions
    assert (one.stem, one.key) == ("哪个是导体", ChoiceKey(letters=("A",)))


def test_lines_may_end_as_on_old_macs() -> None:
    data = table([CHOICE, ("导体是", "铜", "橡胶", "玻璃", "A")], encoding="gb18030")
    (one,) = read_file("a.csv", data.replace(b"\r\n", b"\r")).questions
    assert one.stem == "导体是"
