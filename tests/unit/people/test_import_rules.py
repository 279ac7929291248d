"""Lists of people as they really come: headings by any name, cells by any hand."""

import io
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from lianbing.kernel.grades import SkillGrade
from lianbing.people.imports.columns import HEADERS, Column, plain
from lianbing.people.imports.errors import (
    FileNotReadable,
    FileTooLarge,
    NoHeader,
    NoRows,
    OldExcel,
    SameColumnTwice,
)
from lianbing.people.imports.reading import read_table
from lianbing.people.imports.rules import Reading, read_list
from lianbing.people.imports.template import make_template
from lianbing.people.persons.rules import EmploymentForm, Sex

ON = date(2026, 11, 20)


def read(*rows: list[str]) -> Reading:
    return read_list(rows, on=ON)


def problems(reading: Reading) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in reading.problems]


def test_no_heading_means_two_columns() -> None:
    names = [plain(name) for names in HEADERS.values() for name in names]
    assert len(names) == len(set(names))


def test_headings_are_known_by_any_name_below_a_title() -> None:
    reading = read(
        ["青山重机职工名单", "", "", ""],
        ["序号", "职工姓名", "联系电话（手机）", " 工 号 "],
        ["1", "王小明", "13812345678", "A17"],
        ["", "", "", ""],
        ["2", "李  四", "+86 13812345679", ""],
    )
    assert [(line.row, line.name, line.phone) for line in reading.lines] == [
        (3, "王小明", "13812345678"),
        (5, "李 四", "13812345679"),
    ]
    assert reading.ignored == ("序号",)
    assert reading.problems == ()


def test_every_cell_is_understood() -> None:
    reading = read(
        [
            "姓名",
            "身份证",
            "性别",
            "是否农民工",
            "用工形式",
            "工种编码",
            "技能等级",
            "发证日期",
            "出生年月",
        ],
        [
            "王",
            "11010519491231002X",
            "女",
            "是",
            "平台就业",
            "6-31-01-03",
            "三级",
            "2022年6月1日",
            "1949.12",
        ],
    )
    assert reading.problems == ()
    [line] = reading.lines
    assert line.sex is Sex.FEMALE
    assert line.is_migrant is True
    assert line.employment_form is EmploymentForm.PLATFORM
    assert line.occupation_code == "6-31-01-03"
    assert line.grade is SkillGrade.SENIOR
    assert line.grade_since == date(2022, 6, 1)
    assert line.birth_year == 1949


def test_all_problems_of_all_rows_are_told_with_row_and_column() -> None:
    reading = read(
        ["姓名", "手机", "身份证号", "性别", "等级"],
        ["", "1381234567", "", "", ""],
        ["王", "", "", "", ""],
        ["李", "13812345678", "110105194912310000", "男性", "顶级"],
        ["赵", "13812345677", "11010519491231002X", "男", ""],
    )
    assert reading.lines == ()
    assert problems(reading) == [
        (2, "姓名"),
        (2, "手机"),
        (3, "手机"),
        (4, "身份证号"),
        (4, "性别"),
        (4, "等级"),
        (5, "性别"),
    ]


def test_rounded_id_number_is_told_as_such() -> None:
    reading = read(
        ["姓名", "身份证号"], ["王", "110105194912310000"], ["李", "1.10105194912310e+17"]
    )
    assert all("rounded" in problem.message for problem in reading.problems)
    assert len(reading.problems) == 2


def test_same_number_twice_names_the_other_row() -> None:
    reading = read(
        ["姓名", "手机", "工号"], ["王", "13812345678", "A"], ["李", "138 1234 5678", "A"]
    )
    assert [(p.column, p.params["other"]) for p in reading.problems] == [("手机", 2), ("工号", 2)]


def test_table_without_heading_rows_or_with_two_alike_is_refused() -> None:
    with pytest.raises(NoHeader):
        read(["王", "13812345678"])
    with pytest.raises(NoRows):
        read(["姓名", "手机"], ["", ""])
    with pytest.raises(SameColumnTwice):
        read(["姓名", "手机", "手机号码"], ["王", "13812345678", ""])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_of_wps_and_excel(encoding: str, comma: str) -> None:
    text = f'姓名{comma}手机\r\n"王{comma}小明"{comma}13812345678\r\n'
    assert read_table(text.encode(encoding)) == [
        ["姓名", "手机"],
        [f"王{comma}小明", "13812345678"],
    ]


def workbook(cells: dict[tuple[int, int], object]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for (row, column), value in cells.items():
        sheet.write(row, column, value)
    book.close()
    return buffer.getvalue()


def test_numbers_and_dates_of_a_spreadsheet_become_text() -> None:
    content = workbook({(0, 0): "姓名", (0, 1): "手机", (1, 0): "王", (1, 1): 13812345678})
    assert read_table(content) == [["姓名", "手机"], ["王", "13812345678"]]


def test_template_is_understood_by_the_import_in_both_languages() -> None:
    for chinese in (True, False):
        table = read_table(make_template(chinese=chinese))
        table.append(["王小明", "13812345678", *[""] * (len(Column) - 2)])
        reading = read_list(table, on=ON)
        assert reading.problems == ()
        assert reading.ignored == ()
        assert set(reading.headings) == set(Column)


def test_cell_far_out_is_refused_before_it_is_laid_out() -> None:
    with pytest.raises(FileTooLarge):
        read_table(workbook({(0, 0): "姓名", (1_048_575, 0): "x"}))
    with pytest.raises(FileTooLarge):
        read_table(workbook({(0, 0): "姓名", (0, 16_383): "x"}))


def bomb(*, claimed: int | None = None) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(130):
            part.write(b"\x00" * (1 << 20))
    content = bytearray(buffer.getvalue())
    if claimed is not None:
        directory = content.rindex(b"PK\x01\x02")
        struct.pack_into("<I", content, directory + 24, claimed)
    return bytes(content)


@pytest.mark.slow
def test_zip_bomb_is_refused_also_when_it_lies_about_its_size() -> None:
    assert len(bomb()) < 200_000
    for content in (bomb(), bomb(claimed=10)):
        with pytest.raises(FileTooLarge):
            read_table(content)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(OldExcel):
        read_table(b"\xd0\xcf\x11\xe0rest")
    with pytest.raises(FileNotReadable):
        read_table(b"PK\x03\x04 no zip at all")
    with pytest.raises(FileNotReadable):
        read_table(b"\xff\xfe\x00\x00")
    with pytest.raises(FileNotReadable):
        read_table(b"a" * 600)
    with pytest.raises(FileTooLarge):
        read_table(b"a\n" * 5_300_000)
    with pytest.raises(FileTooLarge):
        read_table(b"a,b\n" * 20_100)


def test_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(FileNotReadable):
        read_table(path.read_bytes())
