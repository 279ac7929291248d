"""What a format can hold comes back from it as it was: for every type, by random questions."""

import string
from dataclasses import astuple, replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.import_files_factory import PIXEL

from lianbing.banks.interchange.drafts import (
    DraftQuestion,
    Place,
    lettered,
    with_reasons,
)
from lianbing.banks.interchange.formats.excel_writer import write_excel
from lianbing.banks.interchange.formats.gift_writer import gift_holds, write_gift
from lianbing.banks.interchange.formats.lines import OPTION
from lianbing.banks.interchange.formats.moodle_writer import moodle_holds, write_moodle_xml
from lianbing.banks.interchange.formats.qti_writer import write_qti
from lianbing.banks.interchange.formats.text_composed import ITEM
from lianbing.banks.interchange.formats.word_writer import KeysAt, write_word
from lianbing.banks.interchange.keys import GAP
from lianbing.banks.interchange.reading import read_file
from lianbing.banks.rendering import is_rich
from lianbing.banks.rules import (
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    MatchingKey,
    ModelKey,
    NumberBlank,
    OrderingKey,
    QuestionType,
    QuestionUse,
    TextBlank,
    TruthKey,
)
from lianbing.subjects.rules import SkillGrade

SIGNS = string.ascii_letters + string.digits + "电工接地=+-@'\"<>&~#:%*,.;；。、（）()[]/\\|→$_ "
word = st.text(SIGNS, min_size=1, max_size=14).map(lambda text: " ".join(text.split()))
texts = word.map(lambda text: f"问{text}问")
"""Signs that formats use for themselves, between two that none does."""
decimals = st.decimals(-9999, 9999, places=2, allow_nan=False).map(lambda d: d.normalize() + 0)
plain_decimals = decimals.map(lambda d: Decimal(f"{d:f}"))
numbers = st.builds(
    NumberBlank,
    number=plain_decimals,
    tolerance=plain_decimals.map(abs),
    unit=st.sampled_from(["", "Hz", "m/s", "个/分"]),
)
text_blanks = st.lists(texts | st.just("50"), min_size=1, max_size=3, unique=True).map(
    lambda found: TextBlank(accept=tuple(found))
)
columns = st.lists(texts, min_size=3, max_size=6, unique=True)


@st.composite
def simple(draw: st.DrawFn, kind: QuestionType) -> dict[str, object]:
    match kind:
        case QuestionType.SINGLE_CHOICE | QuestionType.MULTIPLE_CHOICE:
            options = lettered(draw(columns))
            letters = [option.letter for option in options]
            least = 1 if kind is QuestionType.SINGLE_CHOICE else 2
            most = 1 if kind is QuestionType.SINGLE_CHOICE else len(letters)
            right = draw(
                st.lists(st.sampled_from(letters), min_size=least, max_size=most, unique=True)
            )
            key: object = ChoiceKey(letters=tuple(sorted(right)))
            reasons = {letter: draw(st.just("") | texts) for letter in letters}
            wrong = {letter: text for letter, text in reasons.items() if letter not in right}
            options = with_reasons(options, wrong)
            return {"type": kind, "stem": draw(texts), "options": options, "key": key}
        case QuestionType.TRUE_FALSE:
            return {"type": kind, "stem": draw(texts), "key": TruthKey(value=draw(st.booleans()))}
        case _:
            blanks = draw(st.lists(numbers | text_blanks, min_size=1, max_size=3))
            gaps = "问".join(f"{{{{{at}}}}}" for at in range(1, len(blanks) + 1))
            end = draw(st.sampled_from(["", "。"]))
            stem = f"{draw(texts)}{gaps}{end}"
            return {"type": kind, "stem": stem, "key": BlanksKey(blanks=tuple(blanks))}


PARTS = (
    QuestionType.SINGLE_CHOICE,
    QuestionType.MULTIPLE_CHOICE,
    QuestionType.TRUE_FALSE,
    QuestionType.FILL_BLANK,
)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, object]:
    kind = draw(st.sampled_from(list(QuestionType)))
    if kind in PARTS:
        return draw(simple(kind))
    said: dict[str, object] = {"type": kind, "stem": draw(texts)}
    match kind:
        case QuestionType.MATCHING:
            options = lettered(draw(columns))
            count = draw(st.integers(2, len(options)))
            prompts = draw(st.lists(texts, min_size=count, max_size=count, unique=True))
            letters = tuple(option.letter for option in options[:count])
            said |= {"prompts": tuple(prompts), "options": options}
            return said | {"key": MatchingKey(letters=letters)}
        case QuestionType.ORDERING:
            options = lettered(draw(columns))
            letters = tuple(option.letter for option in options)
            return said | {"options": options, "key": OrderingKey(letters=letters)}
        case QuestionType.SHORT_ANSWER:
            return said | {"key": ModelKey(text=draw(texts))}
        case _:
            found = draw(st.lists(st.sampled_from(PARTS).flatmap(simple), min_size=2, max_size=3))
            weights = [draw(st.integers(1, 10)) for _part in found]
            parts = tuple(
                CasePart(
                    type=one["type"],  # type: ignore[arg-type]
                    stem=one["stem"],  # type: ignore[arg-type]
                    options=one.get("options", ()),  # type: ignore[arg-type]
                    weight=weight,
                )
                for one, weight in zip(found, weights, strict=True)
            )
            keys = tuple(one["key"] for one in found)
            return said | {"parts": parts, "key": CaseKey(keys=keys)}  # type: ignore[arg-type]


@st.composite
def drafts(draw: st.DrawFn) -> DraftQuestion:
    body = draw(bodies())
    return DraftQuestion(
        place=Place(),
        explanation=draw(st.just("") | texts),
        point=draw(st.sampled_from(["A01", "B101"])),
        code=draw(st.sampled_from(["A01-001", "w1-00001"])),
        difficulty=draw(st.sampled_from([Decimal("0.1"), Decimal("0.35"), Decimal(1)])),
        use=draw(st.sampled_from(list(QuestionUse))),
        grade=draw(st.sampled_from([None, SkillGrade.JUNIOR])),
        source=draw(st.just("") | texts),
        clause=draw(st.just("") | texts),
        **body,  # type: ignore[arg-type]
    )


def came_back(data: bytes, name: str) -> list[DraftQuestion]:
    read = read_file(name, data)
    assert read.findings == ()
    return [replace(one, place=Place()) for one in read.questions]


KEYS = (KeysAt.BESIDE, KeysAt.END)
many = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(drafts())
def test_excel_holds_everything(draft: DraftQuestion) -> None:
    assert came_back(write_excel([draft]), "a.xlsx") == [draft]


@many
@given(drafts())
def test_qti_holds_everything(draft: DraftQuestion) -> None:
    assert came_back(write_qti([draft], {}), "a.zip") == [draft]


@many
@given(drafts().filter(moodle_holds))
def test_moodle_xml_holds_what_it_says_it_holds(draft: DraftQuestion) -> None:
    assert came_back(write_moodle_xml([draft], {}), "a.xml") == [draft]


def is_plain_on_paper(draft: DraftQuestion) -> bool:
    """No formula, and no text that itself looks like the mark of an option, entry or blank.

    Nor a lone dollar sign: on one line two of them set what stands between as a formula.
    """
    marks = (OPTION, ITEM, GAP)
    return not any(
        is_rich(text) or "$" in text or any(mark.search(text) for mark in marks)
        for text in said(astuple(draft))
    )


def without_reasons(part: CasePart) -> CasePart:
    return replace(part, options=with_reasons(part.options, {}))


def said(value: object) -> list[str]:
    """Every text of a draft."""
    if isinstance(value, str):
        return [value]
    return [text for one in value for text in said(one)] if isinstance(value, tuple) else []


@many
@given(drafts().filter(is_plain_on_paper), st.sampled_from(KEYS))
def test_word_holds_all_but_the_number(draft: DraftQuestion, keys_at: KeysAt) -> None:
    """With the keys below each question and with all of them at the end."""
    data = write_word("题库", [draft], {}, keys_at)
    kept = replace(draft, code="")
    if keys_at is KeysAt.END:  # the parts' keys stand on one line there
        kept = replace(kept, parts=tuple(without_reasons(part) for part in kept.parts))
    assert came_back(data, "a.docx") == [kept]


@many
@given(drafts().filter(gift_holds))
def test_gift_holds_what_it_says_it_holds(draft: DraftQuestion) -> None:
    kept = replace(draft, difficulty=None, use=None, grade=None, source="", clause="")
    assert came_back(write_gift([draft]), "a.gift") == [kept]


def test_a_picture_and_a_formula_come_back_from_word_with_their_words() -> None:
    name = "0" * 32
    stem = f"功率 $P=\\frac{{U^{{2}}}}{{R}}$ 由此表测得：\n![功率表的表盘](pic:{name})"
    draft = DraftQuestion(
        place=Place(), type=QuestionType.TRUE_FALSE, stem=stem, key=TruthKey(value=True)
    )
    data = write_word("题库", [draft], {f"pic:{name}": ("a.png", PIXEL)}, KeysAt.BESIDE)
    read = read_file("a.docx", data)
    assert read.questions[0].stem == stem.replace(f"pic:{name}", "image1.png")
    assert set(read.pictures) == {"image1.png"}
