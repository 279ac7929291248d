"""What is understood of each file that a trainer's tool wrote."""

from decimal import Decimal

import pytest
from tests.trainer_files import FILES

from lianbing.banks.interchange.drafts import DraftQuestion, Level, ReadFile
from lianbing.banks.interchange.reading import read_file
from lianbing.banks.interchange.words import SAMPLES
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

READ = {
    "内部练习题.xlsx": ("B ABC × C ?", 1),
    "题目选项表.xlsx": ("A AB × ?", 1),
    "题型模板.xlsx": ("B A ABC × √ 填 答", 0),
    "WPS导出.csv": ("C ABC × 填 E", 0),
    "english.csv": ("A √", 0),
    "电工题库.docx": ("B B A ABD × √ 填 答", 0),
    "WPS文字.docx": ("A B 连 序 例", 0),
    "理论练习.txt": ("B C ABC √ × 填 答 ?", 1),
    "composed.txt": ("连 连 序 例 例 A", 0),
    "moodle.xml": ("A AB √ 填 连 填 答", 1),
    "moodle.gift": ("A AB √ 填 填 连", 0),
    "aiken.txt": ("A A", 1),
    "qti21.zip": ("B 序", 0),
    "qti22.zip": ("连 填", 1),
    "qti30.zip": ("AC 填 ×", 0),
    "班组题库.zip": ("A 序", 0),
}
"""The keys of each file's questions, ``?`` for none, and its errors."""


def read(name: str) -> ReadFile:
    return read_file(name, FILES[name]())


def sign(draft: DraftQuestion) -> str:
    match draft.key:
        case ChoiceKey(letters=letters):
            return "".join(letters)
        case TruthKey(value=value):
            return "√" if value else "×"
        case BlanksKey():
            return "填"
        case MatchingKey():
            return "连"
        case OrderingKey():
            return "序"
        case ModelKey():
            return "答"
        case CaseKey():
            return "例"
        case _:
            return "?"


@pytest.mark.parametrize("name", FILES)
def test_every_question_and_error_of_a_file_is_found(name: str) -> None:
    found = read(name)
    errors = sum(1 for one in found.findings if one.level is Level.ERROR)
    assert (" ".join(sign(one) for one in found.questions), errors) == READ[name]


def test_raised_signs_keep_their_place_in_every_format() -> None:
    word, moodle = read("电工题库.docx").questions[2], read("moodle.xml").questions[0]
    assert word.stem == "一根铜导线的截面积是2.5 mm²，合（  ）m²。"
    assert word.options[0].text == "2.5×10⁻⁶"
    assert moodle.options[0].text == "3.6×10⁶"
    assert "10⁻² 的精度" in read("qti30.zip").questions[1].stem


def test_pictures_come_with_the_words_that_the_tool_kept() -> None:
    word, moodle = read("电工题库.docx"), read("moodle.xml")
    assert "![圆圈内写有字母A的电路符号](image1.png)" in word.questions[1].stem
    assert set(word.pictures) == {"image1.png"}
    assert "![圆圈里一个字母A](ammeter_sign.png)" in moodle.questions[1].stem
    assert set(moodle.pictures) == {"ammeter_sign.png"}


def test_a_row_an_option_without_a_right_one_is_told_at_its_column() -> None:
    (finding,) = read("题目选项表.xlsx").findings
    assert (finding.place.row, finding.place.column) == (11, "是否正确项")


def test_matchings_of_text_stand_as_arrows_or_as_two_columns() -> None:
    arrows, columns = read("composed.txt").questions[:2]
    assert arrows.stem == "把安全色和含义连起来。"
    assert arrows.prompts == ("红色", "黄色", "蓝色")
    assert [one.text for one in arrows.options] == ["禁止", "警告", "指令", "装饰"]
    assert columns.prompts == ("R", "U", "I")
    assert [one.text for one in columns.options] == ["电阻", "电压", "电流", "电容"]
    assert columns.key == MatchingKey(letters=("A", "B", "C"))


def test_steps_of_text_come_in_the_order_that_the_answer_gives() -> None:
    steps = read("composed.txt").questions[2].options
    assert [one.text for one in steps] == ["断开开关", "验电", "换上新灯泡", "合上开关试亮"]
    lifted = read("WPS文字.docx").questions[3].options
    assert [one.text for one in lifted] == ["停电", "验电", "接接地端", "接导体端"]


def test_cases_of_text_hold_their_material_parts_and_weights() -> None:
    welder, height = read("composed.txt").questions[3:5]
    assert welder.stem == "某车间一台电焊机的电源线破皮，焊工未穿绝缘鞋，\n作业时触电。"
    assert [(part.type, part.weight) for part in welder.parts] == [
        (QuestionType.SINGLE_CHOICE, 2),
        (QuestionType.MULTIPLE_CHOICE, 1),
        (QuestionType.FILL_BLANK, 1),
        (QuestionType.TRUE_FALSE, 1),
    ]
    assert welder.parts[0].stem == "事故的直接原因是（　　）。"
    assert welder.key == CaseKey(
        keys=(
            ChoiceKey(letters=("A",)),
            ChoiceKey(letters=("A", "B")),
            BlanksKey(blanks=(TextBlank(accept=("接地", "保护接地")),)),
            TruthKey(value=False),
        )
    )
    assert (welder.explanation, welder.point) == ("带电部分露出。", "A02")
    assert welder.difficulty == Decimal("0.8")
    assert height.key == CaseKey(keys=(TruthKey(value=True), ChoiceKey(letters=("A",))))


def test_statements_in_brackets_belong_to_the_stem_of_a_choice() -> None:
    choice = read("composed.txt").questions[5]
    assert choice.stem.endswith("（1）钳形表不必断开电路；\n（2）兆欧表可以测带电设备。")
    assert choice.options[0].text == "只有（1）"
    assert (choice.explanation, choice.difficulty) == ("兆欧表要在停电后使用。", Decimal("0.4"))


def test_points_of_an_answer_are_no_questions() -> None:
    essay = read("电工题库.docx").questions[7]
    assert essay.key == ModelKey(text="（1）清除口中异物；\n（2）使气道通畅。")


def test_what_is_missing_in_a_composed_question_is_told() -> None:
    text = (
        "1.【案例题】材料。\n（1）没有答案的一问。\n2.【案例题】只有材料。\n"
        "3.【连线题】连\n（1）甲  A. 乙\n答案：2-B"
    )
    assert [str(one) for one in read_file("a.txt", text.encode()).findings] == [
        "Part 1 has no answer that a choice, true or false, or fill-in has.",
        "This case has no parts. Number them (1), (2)… below the material.",
        "The answer 2-B means nothing for this type of question.",
    ]


def test_the_help_of_the_import_page_shows_what_is_read() -> None:
    text = "\n".join(sample for _title, sample in SAMPLES)
    found = read_file("help.txt", text.encode())
    assert found.findings == ()
    assert " ".join(sign(one) for one in found.questions) == "B × 填 答 连 连 序 例"
