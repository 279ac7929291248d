"""Matching, ordering, short answer and case in bank files: read whole, errors at their lines."""

from pathlib import Path

import pytest
from tests.banks_factory import write_bank

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.encoding import (
    key_from_json,
    key_to_json,
    parts_from_json,
    parts_to_json,
)
from lianbing.banks.rules import (
    BlanksKey,
    CaseKey,
    ChoiceKey,
    MatchingKey,
    ModelKey,
    OrderingKey,
    QuestionType,
    TextBlank,
    TruthKey,
)

HEAD = """\
  point: A01
  grade: junior
  use: both
  difficulty: 0.5
  explanation: 规程如此。
  source: {id: ohm, clause: 一}
"""
FILE = f"""\
- id: M-1
{HEAD}\
  type: matching
  stem: 把安全色与含义连起来。
  pairs:
    - {{left: 红色, right: 禁止}}
    - {{left: 黄色, right: 警告}}
  extra: [提示]
- id: O-1
{HEAD}\
  type: ordering
  stem: 排列停电检修的步骤。
  steps:
    - 断电
    - 验电
    - 接地
- id: S-1
{HEAD}\
  type: short_answer
  stem: 简述停电检修的步骤。
  answer: 断电、验电、接地、挂牌。
- id: C-1
{HEAD}\
  type: case
  stem: 某车间检修时一名电工触电。
  parts:
    - type: single_choice
      stem: 首先应当
      options: {{A: 断电, B: 拉人, C: 呼救}}
      key: A
      weight: 2
    - type: true_false
      stem: 可以直接用手拉开伤者。
      key: false
    - type: fill_blank
      stem: 检修前先{{{{1}}}}电。
      blanks:
        - {{accept: [验]}}
"""


def test_every_type_is_read_whole(tmp_path: Path) -> None:
    read = read_bank(write_bank(tmp_path, questions=FILE))
    assert read.problems == ()
    assert read.bank is not None
    matching, ordering, short, case = read.bank.questions
    assert matching.prompts == ("红色", "黄色")
    assert [option.text for option in matching.options] == ["禁止", "警告", "提示"]
    assert matching.key == MatchingKey(letters=("A", "B"))
    assert [option.text for option in ordering.options] == ["断电", "验电", "接地"]
    assert ordering.key == OrderingKey(letters=("A", "B", "C"))
    assert short.key == ModelKey(text="断电、验电、接地、挂牌。")
    assert [(part.type, part.weight) for part in case.parts] == [
        (QuestionType.SINGLE_CHOICE, 2),
        (QuestionType.TRUE_FALSE, 1),
        (QuestionType.FILL_BLANK, 1),
    ]
    assert case.key == CaseKey(
        keys=(
            ChoiceKey(letters=("A",)),
            TruthKey(value=False),
            BlanksKey(blanks=(TextBlank(accept=("验",)),)),
        )
    )
    for entry in read.bank.questions:
        assert key_from_json(key_to_json(entry.key)) == entry.key
        assert parts_from_json(parts_to_json(entry.parts)) == entry.parts


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("right: 警告", "right: 禁止", "right: 禁止", "same as another"),
        ("right: 警告", "wrong: 警告", "wrong: 警告", "not a field here"),
        ("    - {left: 黄色, right: 警告}\n", "", "  pairs:", "2 to 8 pairs"),
        ("extra: [提示]", "extra: [警告]", "extra: [警告]", "same as another"),
        ("    - 接地\n", "", "  steps:", "3 to 8 steps"),
        ("    - 接地\n", "    - 断 电\n", "    - 断 电", "same as another"),
        ("  answer: 断电、验电、接地、挂牌。", "  answer: ''", "  answer: ''", "missing or empty"),
        ("      key: A\n", "      key: D\n", "      key: D", "not among the options"),
        ("      weight: 2", "      weight: 0", "      weight: 0", "1 to 10"),
        ("      weight: 2", "      weight: 1.5", "      weight: 1.5", "whole number"),
        ("    - type: true_false", "    - type: matching", "type: matching", "part's type is"),
        ("    - type: true_false", "    - type: case", "type: case", "part's type is"),
        ("先{{1}}电", "先验电", "先验电", "Mark each blank once"),
        ("      key: false", "      key: nein", "      key: nein", "true or false"),
    ],
)
def test_each_misfit_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, line: str, told: str
) -> None:
    assert before in FILE
    text = FILE.replace(before, after, 1)
    read = read_bank(write_bank(tmp_path, questions=text))
    assert read.bank is None
    number = [index for index, row in enumerate(text.splitlines(), start=1) if line in row][-1]
    places = [(one.line, one.message) for one in read.problems]
    if line == "right: 禁止":
        assert any(told in message for _line, message in places)
    else:
        assert any(where == number and told in message for where, message in places), places
