"""What candidates get carries no key; what is frozen reads back equal; letters are dealt anew."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.banks_factory import make_question

from lianbing.banks.rules import (
    BlanksKey,
    ChoiceKey,
    MatchingKey,
    Option,
    OrderingKey,
    QuestionContent,
    QuestionType,
    SourceNote,
    part_contents,
)
from lianbing.kernel.ids import PaperId, QuestionVersionId
from lianbing.papers.freezing import body_hash, deal_letters, paper_body, read_body
from lianbing.papers.rules import FrozenPaper, candidate_paper, form_order

SECRET = "不可示人"


def content(number: int, kind: QuestionType = QuestionType.SINGLE_CHOICE) -> QuestionContent:
    entry = make_question(f"Q{number}", kind=kind)
    return QuestionContent(
        version_id=QuestionVersionId(987_654_000 + number),
        type=kind,
        stem=entry.stem,
        options=entry.options,
        key=entry.key,
        explanation=f"{SECRET}解析{number}",
        source=SourceNote(title=f"{SECRET}来源", edition=SECRET, clause=SECRET),
        difficulty=Decimal("0.5"),
        point_code=f"{SECRET}P",
        scope_code=f"{SECRET}S",
        prompts=entry.prompts,
        parts=entry.parts,
    )


def paper(count: int = 16, *, seed: int = 5) -> FrozenPaper:
    kinds = list(QuestionType)
    questions = [
        (content(index, kinds[index * len(kinds) // count]), Decimal("2.5"))
        for index in range(count)
    ]
    return read_body(PaperId(7), paper_body("试卷", questions, seed=seed))


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def test_a_candidates_paper_leaks_nothing() -> None:
    shown = list(leaves(candidate_paper(paper())))
    assert set(filter(lambda leaf: isinstance(leaf, str) and leaf.isidentifier(), shown)) >= {
        "paper",
        "title",
        "questions",
        "number",
        "type",
        "marks",
        "stem",
        "options",
        "blanks",
    }
    for leaf in shown:
        assert leaf not in ("key", "letters", "value", "accept", "tolerance", "explanation")
        assert leaf not in ("matches", "sequence", "model", "weight")
        assert "断电、验电" not in str(leaf)  # the model answer
        assert leaf not in ("version", "version_id", "source", "difficulty", "seed", "point")
        assert SECRET not in str(leaf)
        assert "987654" not in str(leaf)
        assert not isinstance(leaf, bool)


def test_a_candidates_paper_holds_no_accepted_answer() -> None:
    fill = content(1, QuestionType.FILL_BLANK)
    assert isinstance(fill.key, BlanksKey)
    only = read_body(PaperId(1), paper_body("卷", [(fill, Decimal(2))], seed=1))
    shown = [str(leaf) for leaf in leaves(candidate_paper(only))]
    assert "保护接地" not in shown
    assert "50" not in shown
    assert "2" in shown


def test_a_frozen_paper_reads_back_equal_and_is_named_by_its_content() -> None:
    questions = [(content(index, kind), Decimal("1.5")) for index, kind in enumerate(QuestionType)]
    body = paper_body("试卷", questions, seed=9)
    frozen = read_body(PaperId(3), body)
    assert frozen.content_hash == body_hash(body)
    assert frozen.total_marks == Decimal(12)
    assert [question.number for question in frozen.questions] == list(range(1, 9))
    for question, (source, _marks) in zip(frozen.questions, questions, strict=True):
        same = replace(question.content, options=source.options, key=source.key, parts=source.parts)
        assert same == source


def test_another_seed_or_title_is_another_paper() -> None:
    questions = [(content(1), Decimal(1))]
    hashes = {
        body_hash(paper_body(title, questions, seed=seed)) for title in "甲乙" for seed in (1, 2)
    }
    assert len(hashes) == 4


def test_an_unknown_format_is_refused() -> None:
    body = paper_body("卷", [(content(1), Decimal(1))], seed=1)
    with pytest.raises(ValueError, match="unknown format"):
        read_body(PaperId(1), body.replace("lianbing-paper/1", "lianbing-paper/9"))


choices = st.integers(3, 6).flatmap(
    lambda count: st.tuples(
        st.just("ABCDEF"[:count]),
        st.sets(st.sampled_from("ABCDEF"[:count]), min_size=1, max_size=count),
        st.randoms(use_true_random=False),
    )
)


@given(choices)
def test_dealing_letters_keeps_what_is_right(dealt) -> None:  # type: ignore[no-untyped-def]
    letters, right, rng = dealt
    before = replace(
        content(1),
        options=tuple(Option(letter=letter, text=f"text {letter}") for letter in letters),
        key=ChoiceKey(letters=tuple(sorted(right))),
    )
    after = deal_letters(before, rng)
    assert "".join(option.letter for option in after.options) == letters
    assert sorted(option.text for option in after.options) == [f"text {one}" for one in letters]
    assert isinstance(after.key, ChoiceKey)
    assert list(after.key.letters) == sorted(after.key.letters)
    texts = {option.letter: option.text for option in after.options}
    assert {texts[letter] for letter in after.key.letters} == {f"text {one}" for one in right}


def test_a_banks_habit_of_letters_does_not_reach_its_papers() -> None:
    questions = [(content(index), Decimal(1)) for index in range(400)]
    frozen = read_body(PaperId(1), paper_body("卷", questions, seed=11))
    keys = [question.content.key for question in frozen.questions]
    counts = [sum(key == ChoiceKey(letters=(letter,)) for key in keys) for letter in "ABCD"]
    assert min(counts) > 60


@given(seed=st.integers(0, 2**63 - 1), questions=st.booleans(), options=st.booleans())
def test_a_form_is_a_permutation_that_keeps_types_together(
    seed: int, questions: bool, options: bool
) -> None:
    whole = paper()
    form = form_order(whole, seed=seed, shuffle_questions=questions, shuffle_options=options)
    again = form_order(whole, seed=seed, shuffle_questions=questions, shuffle_options=options)
    assert form == again
    numbers = [question.number for question in whole.questions]
    assert sorted(form.questions) == numbers
    kinds = {question.number: question.content.type for question in whole.questions}
    assert [kinds[number] for number in form.questions] == [kinds[number] for number in numbers]
    for question in whole.questions:
        own = [option.letter for option in question.content.options]
        assert sorted(form.letters[question.number]) == own
    if not questions:
        assert list(form.questions) == numbers
    if not options:
        assert all(list(dealt) == sorted(dealt) for dealt in form.letters.values())
    for question in whole.questions:
        key, dealt = question.content.key, form.letters[question.number]
        if isinstance(key, MatchingKey | OrderingKey):
            assert dealt[: len(key.letters)] != key.letters
        parts = [tuple(sorted(letters)) for letters in form.part_letters.get(question.number, ())]
        own_parts = [tuple(one.letter for one in part.options) for part in question.content.parts]
        assert parts == own_parts


@given(st.integers(0, 2**32))
def test_dealing_moves_the_keys_of_every_type_along(seed: int) -> None:
    kinds = (QuestionType.MATCHING, QuestionType.ORDERING, QuestionType.CASE)
    questions = [(content(index, kind), Decimal(1)) for index, kind in enumerate(kinds)]
    frozen = read_body(PaperId(1), paper_body("卷", questions, seed=seed))
    for question, (source, _marks) in zip(frozen.questions, questions, strict=True):
        assert solved(question.content) == solved(source)
        key = question.content.key
        if isinstance(key, MatchingKey | OrderingKey):
            assert key.letters != tuple("ABCD"[: len(key.letters)])


def solved(whole: QuestionContent) -> list[list[str]]:
    """The texts of what is right, in the key's order, of a question or of each part."""
    found = []
    for one in part_contents(whole) or (whole,):
        texts = {option.letter: option.text for option in one.options}
        if isinstance(one.key, ChoiceKey | MatchingKey | OrderingKey):
            found.append([texts[letter] for letter in one.key.letters])
    return found


def test_papers_of_before_the_later_types_read_as_they_did() -> None:
    body = paper_body("卷", [(content(1), Decimal(1))], seed=1)
    assert '"parts"' not in body
    assert '"prompts"' not in body
    assert read_body(PaperId(1), body).questions[0].content.parts == ()
