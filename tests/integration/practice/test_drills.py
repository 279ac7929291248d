"""Drills on both databases: frozen, resumable, idempotent, never showing what is for exams."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person
from tests.practice_factory import RIGHT, WRONG, Learning, items_of, make_learning, mixed

from lianbing.banks.rules import QuestionType, QuestionUse
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.grades import SkillGrade
from lianbing.people.models import Person
from lianbing.practice import drill_pages, queries
from lianbing.practice.errors import (
    AnswerMisshapen,
    NothingChosen,
    NothingToDrill,
    NotYetAsked,
)
from lianbing.practice.models import Drill, DrillItem, PracticeAnswer
from lianbing.practice.rules import LEFT_BEHIND_AFTER, Given
from lianbing.subjects.rules import SubjectKind, SubjectPlan
from lianbing.subjects.use_cases import load_occupations

NOW = utc_now()


@pytest.fixture
def learning(session: Session) -> Learning:
    return make_learning(session, mixed(12))


def figures_of(session: Session, learning: Learning) -> list[queries.ScopeFigures]:
    bank = queries.get_practice_bank(session, learning.actor, learning.bank_id)
    return queries.list_scope_figures(session, learning.actor, bank)


def count_answers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PracticeAnswer)) or 0


def test_a_drill_asks_ten_different_questions(learning: Learning) -> None:
    codes = [code for code, _ in items_of(learning.start(now=NOW))]
    assert len(codes) == len(set(codes)) == 10


def test_exam_only_questions_are_never_drawn(session: Session) -> None:
    entries = [make_question(f"E{number}", use=QuestionUse.EXAM) for number in range(20)]
    entries += [make_question("P1", use=QuestionUse.PRACTICE), make_question("B1")]
    learning = make_learning(session, entries)
    assert {code for code, _ in items_of(learning.start(now=NOW))} == {"P1", "B1"}


def test_a_bank_of_exam_questions_alone_is_not_offered(session: Session) -> None:
    learning = make_learning(session, [make_question("E1", use=QuestionUse.EXAM)])
    assert queries.list_practice_banks(session, learning.actor) == []
    with pytest.raises(NotFound):
        learning.start(now=NOW)


def test_the_bank_of_the_own_occupation_is_offered_first(session: Session) -> None:
    learning = make_learning(session, mixed(3))
    with transaction() as writing:
        load_occupations(writing, SYSTEM, now=NOW)
    electricians = SubjectPlan(
        kind=SubjectKind.OCCUPATION, edition="2022", code="6-31-01-03", grades=(SkillGrade.JUNIOR,)
    )
    bank = replace(make_bank(mixed(3), code="z-last", title="电工"), subject=electricians)
    load(bank, learning.union.id)
    offered = queries.list_practice_banks(session, learning.actor)
    assert [row.title for row in offered] == [learning.file.title, "电工"]
    learning.person.occupation_edition, learning.person.occupation_code = "2022", "6-31-01-03"
    session.commit()
    offered = queries.list_practice_banks(session, learning.actor)
    assert [row.title for row in offered] == ["电工", learning.file.title]
    chosen = queries.choose_among(session, learning.actor, offered)
    assert chosen is not None
    assert chosen.title == "电工"


def test_next_drill_asks_what_was_not_yet_seen(learning: Learning) -> None:
    first = learning.start(now=NOW)
    learning.run(first, now=NOW)
    second = [code for code, _ in items_of(learning.start(seed=2, now=NOW))]
    unseen = {f"Q{number:02d}" for number in range(12)} - {code for code, _ in items_of(first)}
    assert unseen <= set(second)


def test_starting_again_resumes_the_open_drill_for_a_day(learning: Learning) -> None:
    first = learning.start(now=NOW)
    learning.answer(first, 1, RIGHT[items_of(first)[0][1]], now=NOW)
    assert learning.start(seed=2, now=NOW + timedelta(hours=5)) == first
    later = learning.start(seed=3, now=NOW + LEFT_BEHIND_AFTER + timedelta(hours=1))
    assert later != first


def test_a_finished_drill_is_not_resumed(learning: Learning) -> None:
    first = learning.start(now=NOW)
    learning.run(first, now=NOW)
    assert learning.start(seed=2, now=NOW) != first


def test_a_scope_drill_stays_in_its_scope(session: Session) -> None:
    learning = make_learning(session, mixed(4) + mixed(4, point="B01", prefix="R"))
    figures = queries.list_scope_figures(
        session,
        learning.actor,
        queries.get_practice_bank(session, learning.actor, learning.bank_id),
    )
    scope = next(row for row in figures if row.title == "范围B")
    codes = {code for code, _ in items_of(learning.start(now=NOW, scope_id=scope.id))}
    assert codes == {"R00", "R01", "R02", "R03"}


def test_a_scope_of_another_bank_has_nothing_to_drill(learning: Learning) -> None:
    with pytest.raises(NothingToDrill):
        learning.start(now=NOW, scope_id=10_000)


def test_edited_question_keeps_the_wording_it_was_drawn_with(
    session: Session, learning: Learning
) -> None:
    drill_id = learning.start(now=NOW)
    learning.reload(
        make_question(entry.code, kind=entry.type, stem=f"新题干 {entry.code} {{{{1}}}}{{{{2}}}}")
        for entry in learning.file.questions
    )
    page = drill_pages.get_page(session, learning.actor, drill_id, 1)
    assert page.question is not None
    assert page.question.parts[0].text.startswith("题干")


def test_question_turned_exam_only_is_skipped_and_never_shown(
    session: Session, learning: Learning
) -> None:
    drill_id = learning.start(now=NOW)
    (first, kind), (second, _), (_, third_kind) = items_of(drill_id)[:3]
    learning.answer(drill_id, 1, WRONG[kind], now=NOW)
    learning.turn_exam_only([first, second])
    page = drill_pages.get_page(session, learning.actor, drill_id, 2)
    assert page.question is None
    assert page.waits
    learning.answer(drill_id, 2, Given(gave_up=True), now=NOW)
    learning.answer(drill_id, 3, RIGHT[third_kind], now=NOW)
    assert session.get_one(DrillItem, (drill_id, 2)).skipped_at == NOW
    assert count_answers(session) == 2
    answered = drill_pages.get_page(session, learning.actor, drill_id, 1)
    assert (answered.question, answered.feedback) == (None, None)


def test_summary_names_no_withdrawn_question(session: Session, learning: Learning) -> None:
    drill_id = learning.start(now=NOW)
    last, _ = items_of(drill_id)[-1]
    for position, (_, kind) in enumerate(items_of(drill_id)[:-1], start=1):
        learning.answer(drill_id, position, RIGHT[kind], now=NOW)
    with pytest.raises(NotYetAsked):
        drill_pages.get_summary(session, learning.actor, drill_id)
    learning.turn_exam_only([last])
    learning.answer(drill_id, 10, Given(), now=NOW)
    summary = drill_pages.get_summary(session, learning.actor, drill_id)
    assert (summary.right, summary.answered, summary.skipped) == (9, 9, 1)
    assert summary.lines[-1].stem is None
    assert session.get_one(Drill, drill_id).finished_at == NOW


def test_a_retry_changes_nothing_even_with_another_answer(
    session: Session, learning: Learning
) -> None:
    drill_id = learning.start(now=NOW)
    _, kind = items_of(drill_id)[0]
    learning.answer(drill_id, 1, WRONG[kind], now=NOW)
    learning.answer(drill_id, 1, WRONG[kind], now=NOW)
    learning.answer(drill_id, 1, RIGHT[kind], now=NOW)
    assert session.scalars(select(PracticeAnswer.verdict)).all() in (["wrong"], ["partial"])
    assert session.get_one(Drill, drill_id).position == 2


def run_together(app: Flask, work: Callable[[], object], threads: int = 2) -> list[BaseException]:
    barrier, failures = Barrier(threads), list[BaseException]()

    def one() -> None:
        with app.app_context():
            try:
                barrier.wait(timeout=10)
                work()
            except BaseException as error:  # shown by the test, whatever it is
                failures.append(error)
            finally:
                db.session.remove()

    started = [Thread(target=one) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(timeout=30)
    return failures


def test_same_position_from_two_threads_is_one_answer(
    app: Flask, session: Session, learning: Learning
) -> None:
    drill_id = learning.start(now=NOW)
    for position, (_, kind) in enumerate(items_of(drill_id)[:5], start=1):
        session.rollback()
        given = WRONG[kind]
        failures = run_together(
            app, lambda p=position, g=given: learning.answer(drill_id, p, g, now=NOW)
        )
        assert failures == []
    session.rollback()
    assert count_answers(session) == 5
    assert session.get_one(Drill, drill_id).position == 6
    assert sum(row.done for row in figures_of(session, learning)) == 5


def test_two_starts_at_once_are_one_drill(app: Flask, session: Session, learning: Learning) -> None:
    session.rollback()
    assert run_together(app, lambda: learning.start(now=NOW)) == []
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Drill)) == 1
    assert session.scalar(select(func.count()).select_from(DrillItem)) == 10


def test_questions_are_answered_in_their_order(session: Session, learning: Learning) -> None:
    drill_id = learning.start(now=NOW)
    with pytest.raises(NotYetAsked):
        learning.answer(drill_id, 2, Given(choices=("A",)), now=NOW)
    for outside in (0, 11):
        with pytest.raises(NotFound):
            learning.answer(drill_id, outside, Given(), now=NOW)
    ahead = drill_pages.get_page(session, learning.actor, drill_id, 2)
    assert ahead.question is not None
    assert ahead.feedback is None
    with pytest.raises(NotYetAsked):
        drill_pages.get_page(session, learning.actor, drill_id, 3)


@pytest.mark.parametrize(
    ("kind", "given", "error"),
    [
        (QuestionType.SINGLE_CHOICE, Given(), NothingChosen),
        (QuestionType.MULTIPLE_CHOICE, Given(), NothingChosen),
        (QuestionType.TRUE_FALSE, Given(), NothingChosen),
        (QuestionType.FILL_BLANK, Given(blanks=("", " ")), NothingChosen),
        (QuestionType.SINGLE_CHOICE, Given(choices=("Z",)), AnswerMisshapen),
        (QuestionType.MULTIPLE_CHOICE, Given(choices=("A", "A")), AnswerMisshapen),
        (QuestionType.TRUE_FALSE, Given(choices=("B",)), AnswerMisshapen),
        (QuestionType.FILL_BLANK, Given(blanks=("接地",)), AnswerMisshapen),
        (QuestionType.FILL_BLANK, Given(blanks=("x" * 300, "")), AnswerMisshapen),
    ],
)
def test_an_answer_that_says_nothing_or_does_not_fit_is_refused(
    session: Session, kind: QuestionType, given: Given, error: type[Exception]
) -> None:
    learning = make_learning(session, [make_question("Q1", kind=kind)])
    drill_id = learning.start(now=NOW)
    with pytest.raises(error):
        learning.answer(drill_id, 1, given, now=NOW)
    assert count_answers(session) == 0
    assert session.get_one(Drill, drill_id).position == 1


def test_another_persons_drill_is_not_found(session: Session, learning: Learning) -> None:
    drill_id = learning.start(now=NOW)
    other = actor_for(session, make_person(session, "李旁人", organisation=learning.union))
    with pytest.raises(NotFound):
        drill_pages.get_page(session, other, drill_id, 1)
    mine, learning.actor = learning.actor, other
    with pytest.raises(NotFound):
        learning.answer(drill_id, 1, Given(choices=("A",)), now=NOW)
    learning.actor = mine
    assert count_answers(session) == 0


def test_a_bank_of_another_union_is_not_open(session: Session, learning: Learning) -> None:
    elsewhere = make_organisation(session, "白水市总工会")
    report = load(make_bank(mixed(3), code="other"), elsewhere.id)
    offered = [bank.id for bank in queries.list_practice_banks(session, learning.actor)]
    assert offered == [learning.bank_id]
    learning.bank_id = report.bank_id
    with pytest.raises(NotFound):
        learning.start(now=NOW)


def test_scope_figures_count_the_last_answer(session: Session, learning: Learning) -> None:
    drill_id = learning.start(now=NOW)
    codes = [code for code, _ in items_of(drill_id)]
    learning.run(drill_id, wrong=codes[:4], now=NOW)
    (row,) = figures_of(session, learning)
    assert (row.title, row.total, row.done, row.right) == ("范围A", 12, 10, 6)


def test_answers_of_a_merged_identity_count_for_the_person(
    session: Session, learning: Learning
) -> None:
    drill_id = learning.start(now=NOW)
    learning.run(drill_id, now=NOW)
    kept = make_person(session, "王小练", organisation=learning.union)
    session.get_one(Person, learning.person.id).kept_id = kept.id
    session.commit()
    learning.actor = actor_for(session, kept)
    identities = queries.identities_of(session, learning.actor)
    assert queries.count_answered_today(session, identities, now=NOW) == 10
    (row,) = figures_of(session, learning)
    assert row.done == 10
    assert drill_pages.get_summary(session, learning.actor, drill_id).right == 10


def test_the_system_does_not_practise(learning: Learning) -> None:
    learning.actor = SYSTEM
    with pytest.raises((Forbidden, NotFound)):
        learning.start(now=NOW)
