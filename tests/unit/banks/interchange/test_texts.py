"""Plain text, Word, Aiken and GIFT as people have them."""

from decimal import Decimal

import pytest
from tests.import_files_factory import stored, word

from lianbing.banks.interchange.drafts import PARTLY_RIGHT, DraftQuestion, FileFormat
from lianbing.banks.interchange.formats.gift import UNREADABLE
from lianbing.banks.interchange.reading import read_file
from lianbing.banks.rules import (
    BlanksKey,
    ChoiceKey,
    MatchingKey,
    ModelKey,
    NumberBlank,
    QuestionType,
    TextBlank,
    TruthKey,
)


def keys(questions: tuple[DraftQuestion, ...]) -> list[object]:
    found: list[object] = []
    for one in questions:
        match one.key:
            case ChoiceKey(letters=letters):
                found.append("".join(letters))
            case TruthKey(value=value):
                found.append(value)
            case _:
                found.append(one.key)
    return found


def options(one: DraftQuestion) -> list[str]:
    return [option.text for option in one.options]


def test_a_trainers_text_is_read_in_all_its_shapes() -> None:
    read = read_file("电工.txt", stored("trainer.txt"))
    assert read.format is FileFormat.TEXT
    assert read.findings == ()
    numbers = BlanksKey(
        blanks=(
            NumberBlank(number=Decimal(120), tolerance=Decimal(0)),
            TextBlank(accept=("√3", "1.732")),
        )
    )
    assert keys(read.questions) == [
        "B",
        "B",
        "A",
        "AC",
        False,
        True,
        numbers,
        ModelKey(text="先切断电源，\n再实施抢救。"),
    ]
    frequency, conductor, voltage = read.questions[:3]
    assert frequency.stem == "我国工频交流电的频率为（　）Hz。"
    assert options(frequency) == ["40", "50", "60", "100"]
    assert (conductor.explanation, conductor.point) == ("铜是良好的导体。", "A01")
    assert conductor.difficulty == Decimal("0.2")
    assert options(voltage) == ["12V", "36V", "110V", "220V"]
    assert read.questions[4].stem == "停电后无需验电即可挂接地线。"
    assert (
        read.questions[6].stem == "三相交流电的相位差为{{1}}度，星形联结的线电压是相电压的{{2}}倍。"
    )
    assert read.questions[3].type is QuestionType.MULTIPLE_CHOICE
    assert read.questions[2].place.row == 14


def test_answers_gathered_at_the_end_go_to_the_questions_of_their_heading() -> None:
    read = read_file("卷.txt", stored("gathered.txt").decode().encode("gb18030"))
    assert read.findings == ()
    assert keys(read.questions) == ["A", "C", "ABD", False, True]
    assert options(read.questions[0]) == ["I=U/R", "I=UR", "I=R/U", "U=I/R"]


def test_a_question_without_an_answer_is_told_by_its_line() -> None:
    read = read_file("a.txt", "1. 电流的单位是\nA. 伏\nB. 安\nC. 欧\n".encode())
    assert [(one.place.row, str(one)) for one in read.findings] == [
        (1, "No answer was found for this question.")
    ]


def test_word_gives_automatic_numbers_formulas_pictures_and_underlined_blanks() -> None:
    read = read_file("题.docx", word())
    assert read.findings == ()
    assert keys(read.questions)[:2] == ["B", "A"]
    current, meter, blank = read.questions
    assert current.stem == r"电路中的电流 $I=\frac{U}{R_{1}}$，其单位是"
    assert options(current) == ["伏", "安", "欧"]
    assert meter.stem == "图中仪表是![图](image1.png)"
    assert options(meter) == ["电流表", "电压表", "功率表"]
    assert set(read.pictures) == {"image1.png"}
    assert blank.stem == "工频为{{1}}Hz。"


def test_aiken_is_told_from_other_texts() -> None:
    read = read_file("quiz.txt", stored("moodle.aiken.txt"))
    assert read.format is FileFormat.AIKEN
    assert keys(read.questions) == ["A", "A"]
    assert options(read.questions[1]) == ["切断电源", "呼喊", "泼水"]


def test_gift_as_moodle_exports_it() -> None:
    read = read_file("quiz.gift", stored("moodle.gift"))
    assert read.format is FileFormat.GIFT
    assert read.findings == ()
    frequency, truth, many, word_blank, number, matching, essay, escaped = read.questions
    assert (frequency.stem, frequency.code, frequency.point) == ("我国工频为", "频率", "A01")
    assert options(frequency) == ["50 Hz", "60 Hz", "100 Hz"]
    assert frequency.explanation == "我国电网额定频率 50 Hz。"
    assert truth.key == TruthKey(value=True)
    assert keys((many,)) == ["AB"]
    assert word_blank.stem == "电流的单位是 {{1}} 。"
    assert word_blank.key == BlanksKey(blanks=(TextBlank(accept=("安培", "安", "A")),))
    blank = NumberBlank(number=Decimal(5), tolerance=Decimal("0.1"))
    assert number.key == BlanksKey(blanks=(blank,))
    assert matching.key == MatchingKey(letters=("A", "B", "C"))
    assert matching.prompts == ("红色", "黄色", "绿色")
    assert essay.type is QuestionType.SHORT_ANSWER
    assert escaped.stem == "电路 {a} 中 I=U/R 成立。"


@pytest.mark.parametrize(
    "line",
    [
        "1. {blanks}x",
        "A. {blanks}x",
        "1.【案例题】x\n（1）y\n答案：（1）A{blanks}x",
        "1.【连线题】x\n（1）甲{blanks}x\n答案：1{blanks}x",
    ],
)
def test_no_line_keeps_the_reader_busy(line: str) -> None:
    """Thirty thousand blanks, which the patterns tried one by one, are read as eight."""
    long, short = (line.format(blanks=blanks) for blanks in (" \t" * 4_000, " " * 8))
    read = [read_file("a.txt", f"1. 甲\n{text}".encode()).questions for text in (long, short)]
    assert read[0] == read[1]


def test_no_stem_keeps_the_answer_that_stands_below_too() -> None:
    text = """1、应采用（ABD）。
A、三级配电；B、保护零线；C、一闸多机；D、二级保护
答案：ABD
错因：C：一闸只可控制一机
2、应当上锁。（√）
答案：对
3.哪些是导体？（多选题）
A.铜 B.玻璃 C.铝
答案：AC
"""
    many, truth, last = read_file("a.txt", text.encode()).questions
    assert many.stem == "应采用（　）。"
    assert options(many) == ["三级配电", "保护零线", "一闸多机", "二级保护"]
    assert many.options[2].why == "一闸只可控制一机"
    assert (truth.stem, truth.key) == ("应当上锁。", TruthKey(value=True))
    assert (last.stem, last.type) == ("哪些是导体？", QuestionType.MULTIPLE_CHOICE)


def test_feedback_of_gift_says_why() -> None:
    text = "::a::导体是{~玻璃#是绝缘体 =铜#金属导电 ~橡胶}\n\n湿手可以操作。{F#水会导电}\n"
    choice, truth = read_file("a.gift", text.encode()).questions
    assert [option.why for option in choice.options] == ["是绝缘体", "", ""]
    assert (choice.explanation, truth.explanation) == ("金属导电", "水会导电")


def test_answers_that_earn_part_of_the_marks_are_no_keys() -> None:
    text = "首都是{=北京 =%50%北平}\n\n电阻是{#=4.5:0.5 =%50%4:1}\n\n全是半对{=%50%甲 =%50%乙}\n"
    read = read_file("a.gift", text.encode())
    words, number = read.questions
    assert words.key == BlanksKey(blanks=(TextBlank(accept=("北京",)),))
    blank = NumberBlank(number=Decimal("4.5"), tolerance=Decimal("0.5"))
    assert number.key == BlanksKey(blanks=(blank,))
    assert [one.message for one in read.findings] == [PARTLY_RIGHT, PARTLY_RIGHT, UNREADABLE]
