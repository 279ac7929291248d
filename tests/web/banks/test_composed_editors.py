"""The editors of matching, ordering, short answer and case, without a script."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE

FACTS = {
    name: CHOICE[name]
    for name in (
        "base_number",
        "point",
        "grade",
        "use",
        "difficulty",
        "explanation",
        "source",
        "clause",
        "source_kind",
    )
}
TYPED: dict[str, dict[str, str]] = {
    "matching": {
        "stem": "把安全色与含义连起来",
        "left_1": "红色",
        "right_1": "禁止",
        "left_2": "黄色",
        "right_2": "警告",
        "left_4": "蓝色",
        "right_4": "指令",
        "extra": "装饰\r\n",
    },
    "ordering": {"stem": "停电检修的顺序", "steps": "断电\r\n验电\r\n\r\n接地\r\n"},
    "short_answer": {"stem": "简述停电检修", "answer": "断电、验电、接地"},
    "case": {
        "stem": "某车间一名电工触电。",
        "part_1-type": "single_choice",
        "part_1-stem": "首先应当",
        "part_1-options": "断电\n拉人\n呼救",
        "part_1-answers": "a",
        "part_1-weight": "2",
        "part_2-type": "true_false",
        "part_2-stem": "可以用手拉开",
        "part_2-answers": "错",
        "part_3-type": "fill_blank",
        "part_3-stem": "频率{{1}}，先{{2}}电",
        "part_3-answers": "50 ± 0.5 Hz\n验 / 检验",
        **{f"part_{number}-type": "single_choice" for number in range(4, 9)},
    },
}
KEYS = {
    "matching": "1 – A；2 – B；3 – C",
    "ordering": "A → B → C",
    "short_answer": "断电、验电、接地",
    "case": "(1) A；(2) False；(3) (1) 50 ± 0.5 Hz；(2) 验 / 检验",
}


@pytest.mark.parametrize("kind", list(TYPED))
def test_a_question_is_written_shown_and_edited(
    trainer: FlaskClient, world: World, kind: str
) -> None:
    new = f"/banks/{world.bank_id}/questions/new/{kind}"
    assert trainer.get(new).status_code == 200
    preview = trainer.post(new, data={**FACTS, **TYPED[kind], "preview": "1"})
    assert preview.status_code == 200
    assert KEYS[kind] in unescape(preview.text)
    saved = trainer.post(new, data={**FACTS, **TYPED[kind]})
    assert saved.status_code == 302
    page = unescape(trainer.get(saved.location).text)
    assert KEYS[kind] in page
    form = unescape(trainer.get(f"{saved.location}/edit").text)
    for value in TYPED[kind].values():
        for line in value.splitlines():
            shown = {"a": "A", "错": "false"}.get(line, line)
            assert shown in form
    same = trainer.post(f"{saved.location}/edit", data={**FACTS, **TYPED[kind], "base_number": "1"})
    assert same.status_code == 302
    assert "Version 2" not in trainer.get(saved.location).text


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        ("matching", {"right_2": "禁止"}, "says the same"),
        ("matching", {"right_4": ""}, "This entry is empty"),
        ("matching", {name: "" for name in TYPED["matching"] if name[-1] in "24"}, "2 to 8 pairs"),
        ("ordering", {"steps": "断电\n验电"}, "3 to 8 steps"),
        ("short_answer", {"answer": " "}, "required"),
        ("case", {"part_1-answers": "D"}, "not among the options"),
        ("case", {"part_1-answers": ""}, "exactly one right"),
        ("case", {"part_2-answers": "maybe"}, "does not fit the type"),
        ("case", {"part_3-answers": "50"}, "Mark each blank once"),
        ("case", {"part_1-type": "case"}, "Not a valid choice"),
        ("case", {"part_1-weight": "99"}, "between 1 and 10"),
        ("case", {"part_3-answers": "9" * 900 + "\n地"}, ""),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    trainer: FlaskClient, world: World, app: Flask, kind: str, changes: dict[str, str], told: str
) -> None:
    new = f"/banks/{world.bank_id}/questions/new/{kind}"
    answer = trainer.post(new, data={**FACTS, **TYPED[kind], **changes})
    assert answer.status_code == (400 if told else 302)
    assert told in unescape(answer.text)
