"""The way of a file through the pages: sent, looked at, taken in, its errors as a workbook."""

import re
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from tests.import_files_factory import stored, workbook
from tests.people_factory import sign_in
from tests.web.banks.conftest import World

from lianbing.banks.interchange import views
from lianbing.banks.interchange.reading import read_file

HEADS = ("题干", "选项A", "选项B", "选项C", "答案", "解析", "知识点")
GOOD = ("电流的单位是", "伏", "安", "欧", "B", "安培。", "A01")
BAD = ("+1 没有答案", "伏", "安", "欧", "", "", "A01")


def send(client: FlaskClient, world: World, name: str, data: bytes) -> str:
    sent = {
        "file": (BytesIO(data), name),
        "point": "A01",
        "grade": "",
        "use": "both",
        "difficulty": "0.5",
        "source": "file",
    }
    answer = client.post(f"/banks/{world.bank_id}/import", data=sent)
    assert answer.status_code == 302, answer.text
    return answer.location


def test_a_trainer_takes_a_file_in_and_undoes_it(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainer)
    assert client.get(f"/banks/{world.bank_id}/import").status_code == 200
    place = send(client, world, "题.xlsx", workbook({"甲": [HEADS, GOOD]}))
    preview = client.get(place).text
    assert "电流的单位是" in preview
    client.post(f"{place}/accept")
    assert "撤销这次导入" in client.get(place).text
    client.post(f"{place}/undo")
    assert "已撤销" in client.get(place).text


def test_a_large_file_waits_and_its_progress_says_for_what(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE_BYTES", 0)  # every file is large
    sign_in(client, world.trainer)
    place = send(client, world, "题.xlsx", workbook({"甲": [HEADS, GOOD]}))
    assert f"{place}/state" in client.get(place).text
    told = client.get(f"{place}/state").get_json()
    assert told == {"progress": 0, "under_way": True, "words": "等待读取"}


def test_errors_come_back_in_the_trainers_own_workbook(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainer)
    place = send(client, world, "题.xlsx", workbook({"甲": [HEADS, GOOD, BAD]}))
    page = client.get(f"{place}?told=1").text
    assert "没有找到这道题的答案" in page
    assert "电流的单位是" not in re.sub(r"<script.*?</script>", "", page)
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{place}/findings.xlsx").data))
    cells = book.get_sheet_by_index(0).to_python()
    assert cells[0][-1] == "哪里有误"
    assert cells[1][0] == "电流的单位是"
    assert "没有找到这道题的答案" in cells[2][-1]
    refused = client.post(f"{place}/accept", follow_redirects=True).text
    assert "没有入库" in refused


def test_findings_of_other_formats_come_as_a_list(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainer)
    place = send(client, world, "quiz.xml", stored("moodle.xml"))
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{place}/findings.xlsx").data))
    assert book.get_sheet_by_index(0).to_python()[0][0] == "工作表"


def test_a_file_that_nothing_is_read_of_says_why(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainer)
    place = send(client, world, "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert ".xlsx" in client.get(place).text
    empty = client.post(f"/banks/{world.bank_id}/import", data={"difficulty": "0.5"})
    assert empty.status_code == 400


def test_trainers_below_do_not_import_into_the_bank_above(
    client: FlaskClient, world: World
) -> None:
    sign_in(client, world.below)
    assert client.get(f"/banks/{world.bank_id}/import").status_code == 403


def test_the_samples_of_the_help_are_read_as_they_stand_there(
    client: FlaskClient, world: World
) -> None:
    sign_in(client, world.trainer)
    page = client.get(f"/banks/{world.bank_id}/import").text
    samples = re.findall(r'<pre class="import-shape">(.*?)</pre>', page, re.S)
    read = read_file("help.txt", unescape("\n".join(samples)).encode())
    assert read.findings == ()
    assert " ".join(one.type.value for one in read.questions) == (
        "single_choice true_false fill_blank short_answer matching matching ordering case"
    )


def test_a_table_in_text_is_marked_where_its_preview_says(
    client: FlaskClient, world: World
) -> None:
    sign_in(client, world.trainer)
    text = (
        '题目,选项A,选项B,选项C,答案,知识点\n"两行的\n题干",伏,安,欧,A,A01\n错的,伏,安,欧,E,A01\n'
    )
    place = send(client, world, "题.csv", text.encode())
    assert "第 3 行" in client.get(place).text
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{place}/findings.xlsx").data))
    cells = book.get_sheet_by_index(0).to_python()
    assert cells[1][0] == "两行的\n题干"
    assert cells[2][0] == "错的"
    assert "答案中的 E 不在选项里" in cells[2][-1]


def test_the_preview_shows_each_key_and_names_the_column_of_an_error(
    client: FlaskClient, world: World
) -> None:
    sign_in(client, world.trainer)
    wrong = ("电压的单位是", "伏", "安", "欧", "E", "", "A01")
    place = send(client, world, "题.xlsx", workbook({"甲 表": [HEADS, GOOD, wrong]}))
    page = client.get(place).text
    assert ">B 安<" in page
    line = page[page.index("电压的单位是") :]
    assert line.index("<strong>答案</strong>") < line.index("没有解析")
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{place}/findings.xlsx").data))
    assert book.sheet_names == ["甲 表"]
