"""The checker tells every error of a bank folder with its file and line."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.banks_factory import BANK_YAML, QUESTIONS_YAML, write_bank

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.rules import BlanksKey, ChoiceKey, NumberBlank, TextBlank, TruthKey

BANK = "tiny/bank.yaml"
QUESTIONS = "tiny/questions/all.yaml"


def line_of(text: str, part: str) -> int:
    """The line, from 1, on which the text first holds the part."""
    return text[: text.index(part)].count("\n") + 1


def test_a_right_bank_reads_whole(tmp_path: Path) -> None:
    read = read_bank(write_bank(tmp_path))
    assert read.problems == ()
    assert read.bank is not None
    single, multiple, truth, fill = read.bank.questions
    assert (single.key, single.difficulty) == (ChoiceKey(letters=("C",)), Decimal("0.30"))
    assert multiple.key == ChoiceKey(letters=("A", "C"))
    assert truth.key == TruthKey(value=True)
    number = NumberBlank(number=Decimal(50), tolerance=Decimal("0.5"), unit="Hz")
    assert fill.key == BlanksKey(blanks=(number, TextBlank(accept=("地", "大地"))))
    assert read.bank.scopes[1].scopes[0].points[0].code == "B101"
    assert str(read.bank.sources[0].valid_from) == "2012-06-01"


WRONG_BANKS = {
    "format": ("format: lianbing-bank/1", "format: bank/9", "the format must be"),
    "folder": ("code: tiny", "code: other", "make them equal"),
    "unknown field": ("language: zh_CN", "languages: zh_CN", "'languages' is not a field here"),
    "kind": ("  kind: occupation", "  kind: hobby", "choose one of occupation"),
    "grade": ("  grades: [junior, intermediate]", "  grades: [novice]", "name each grade once"),
    "date": ("    valid_from: 2012-06-01", "    valid_from: 1 June", "write a date as"),
    "source kind": ("    kind: physics", "    kind: rumour", "choose one of law"),
    "weights": ("    weight: 60", "    weight: 50", "add up to 90, not to 100"),
    "inner weights": ("        weight: 40", "        weight: 30", "add up to 30, not to 40"),
    "weight no number": ("    weight: 60", "    weight: much", "write a plain decimal number"),
    "importance": ("importance: X}", "importance: Q}", "choose one of X, Y, Z"),
    "scope twice": ("  - code: B\n", "  - code: A\n", "scope code 'A' is used twice"),
    "point twice": ("{code: B101, ", "{code: A01, ", "point code 'A01' is used twice"),
    "key twice": ("language: zh_CN", "code: tiny", "'code' stands here twice"),
    "anchor": ("    title: 欧姆定律", "    title: &t 欧姆定律", "anchors and aliases"),
    "tag": ("language: zh_CN", "language: !!python/name:os.system x", "tags (!) are not used"),
    "control": ("language: zh_CN", "language: zh\x07", "control character"),
    "no titles": ("title: {zh_CN: 小小题库, en: Tiny bank}", "title: 小小题库", "not a map"),
}
SPOTS = {  # where a problem shows when it is not on the changed line itself
    "weights": "scopes:",
    "inner weights": "    scopes:",
}


@pytest.mark.parametrize("name", WRONG_BANKS)
def test_a_wrong_bank_file_is_told_at_its_line(tmp_path: Path, name: str) -> None:
    right, wrong, message = WRONG_BANKS[name]
    text = BANK_YAML.replace(right, wrong, 1)
    assert text != BANK_YAML
    line = line_of(text, SPOTS[name]) if name in SPOTS else line_of(BANK_YAML, right)
    problems = [str(problem) for problem in read_bank(write_bank(tmp_path, bank=text)).problems]
    first = f"{BANK}:{line}: "
    assert [told for told in problems if told.startswith(first) and message in told], problems


WRONG_QUESTIONS = {
    "id": ("- id: A01-001", "- id: -1-", "An id is 1 to 40 letters"),
    "id twice": ("- id: A01-002", "- id: A01-001", "stands at tiny/questions/all.yaml:1 too"),
    "point": ("  point: A01\n", "  point: A99\n", "no point A99"),
    "grade": ("  grade: junior", "  grade: chief", "one of the bank's grades: junior, intermed"),
    "type": ("  type: single_choice", "  type: riddle", "choose one of single_choice"),
    "use": ("  use: both", "  use: never", "choose one of practice"),
    "difficulty": ("  difficulty: 0.30", "  difficulty: 1.2", "a share from 0 to 1"),
    "fine difficulty": ("  difficulty: 0.30", "  difficulty: 0.1234", "three decimals"),
    "difficulty word": ("  difficulty: 0.30", "  difficulty: hard", "plain decimal number"),
    "no number": ("  difficulty: 0.30", "  difficulty: .nan", "plain decimal number"),
    "stem": ("  stem: 金属外壳应当接地。", "  stem: ''", "stem is missing or empty"),
    "same stem": (
        "  stem: 下列属于导体的有",
        "  stem: 两只10欧电阻并联,等效电阻为",
        "asks the same as A01-001",
    ),
    "option empty": ("    A: 20 欧", "    A: ''", "Option A is empty"),
    "option twice": ("    B: 10 欧", "    B: ２０欧", "Option B says the same"),
    "key beyond": ("  key: C", "  key: E", "names E, which is not among the options"),
    "two keys": ("  key: C", "  key: BC", "exactly one right option"),
    "one key": ("  key: AC", "  key: A", "at least two right options"),
    "key order": ("  key: AC", "  key: CA", "in order, each once"),
    "truth": ("  key: true", "  key: yes", "write true or false"),
    "explanation": ("  explanation: 保护接地的要求。", "  explanation: ", "explanation is missing"),
    "letter named": (
        "  explanation: 两等值",
        "  explanation: 故选C，两等值",
        "option by its letter",
    ),
    "source": (
        "source: {id: ohm, clause: 导体}",
        "source: {id: watt, clause: 导体}",
        "no source watt",
    ),
    "source shape": ("source: {id: ohm, clause: 导体}", "source: ohm", "source is missing or not"),
    "blank missing": ("  stem: 工频为{{1}}Hz，", "  stem: 工频为50Hz，", "Mark each blank once"),
    "blank twice": (
        "  stem: 工频为{{1}}Hz，",
        "  stem: 工频{{1}}为{{1}}Hz，",
        "Mark each blank once",
    ),
    "tolerance": ('tolerance: "0.5"', 'tolerance: "-1"', "zero or more"),
    "accept same": ("    - {accept: [地, 大地]}", "    - {accept: [ａ, A]}", "are the same"),
    "accept none": ("    - {accept: [地, 大地]}", "    - {accept: []}", "at least one accepted"),
    "stray blank": (
        "  stem: 金属外壳应当接地。",
        "  stem: 金属外壳应当{{1}}。",
        "Only a fill-in has blanks",
    ),
    "stray field": ("  key: true", "  keys: true", "'keys' is not a field here"),
}


@pytest.mark.parametrize("name", WRONG_QUESTIONS)
def test_a_wrong_question_is_told_at_its_line(tmp_path: Path, name: str) -> None:
    right, wrong, message = WRONG_QUESTIONS[name]
    text = QUESTIONS_YAML.replace(right, wrong, 1)
    assert text != QUESTIONS_YAML
    folder = write_bank(tmp_path, questions=text)
    problems = [str(problem) for problem in read_bank(folder).problems]
    first = f"{QUESTIONS}:{line_of(QUESTIONS_YAML, right)}: "
    assert [told for told in problems if told.startswith(first) and message in told], problems


def test_options_out_of_order_are_told_at_the_options(tmp_path: Path) -> None:
    text = QUESTIONS_YAML.replace("    D: 2.5 欧", "    E: 2.5 欧", 1)
    problems = read_bank(write_bank(tmp_path, questions=text)).problems
    assert [(problem.line, "in order" in problem.message) for problem in problems] == [(8, True)]


def test_every_error_is_told_at_once(tmp_path: Path) -> None:
    text = QUESTIONS_YAML.replace("key: C", "key: E").replace("key: true", "key: maybe")
    bank = BANK_YAML.replace("code: tiny", "code: other")
    folder = write_bank(tmp_path, bank=bank, questions=text)
    assert len(read_bank(folder).problems) == 3


def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    folder = write_bank(tmp_path, questions=QUESTIONS_YAML + "- id: [unclosed\n")
    problem = read_bank(folder).problems[0]
    assert problem.file == QUESTIONS
    assert problem.line > QUESTIONS_YAML.count("\n")
    assert "not readable as YAML" in problem.message


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    folder = write_bank(tmp_path)
    path = folder / "questions" / "all.yaml"
    path.write_bytes(path.read_bytes()[:30] + "电阻".encode("gb18030"))
    problem = read_bank(folder).problems[0]
    assert (problem.line, "UTF-8" in problem.message) == (3, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 5000, "nested too deeply"),
        ("- " * 200 + "x", "nested too deeply"),
        ("a: &a [x]\nb: *a\n", "anchors and aliases"),
        ("a: 1\n---\nb: 2\n", "not readable as YAML"),
        ("? [a, b]\n: c\n", "a key must be a plain word"),
        ("", "must be a map"),
        ("- a\n", "must be a map"),
    ],
)
def test_hostile_or_shapeless_yaml_is_one_plain_problem(
    tmp_path: Path, text: str, message: str
) -> None:
    problems = read_bank(write_bank(tmp_path, bank=text)).problems
    assert [problem for problem in problems if message in problem.message]


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    folder = write_bank(tmp_path, questions="# " + "x" * (4 * 1024 * 1024) + "\n")
    assert "larger than 4 MiB" in read_bank(folder).problems[0].message


def test_a_folder_without_a_bank_says_what_to_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    read = read_bank(tmp_path / "empty")
    assert read.bank is None
    assert "question_banks/README.md" in read.problems[0].message


def test_a_bank_without_questions_is_refused(tmp_path: Path) -> None:
    folder = write_bank(tmp_path)
    (folder / "questions" / "all.yaml").unlink()
    assert "no readable question" in read_bank(folder).problems[0].message
