"""Challenge runs on both databases: the server's clock, the end, the daily cap, no way round."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.banks_factory import make_question
from tests.people_factory import actor_for, make_person
from tests.practice_factory import RIGHT, WRONG, Learning, items_of, make_learning, mixed

from lianbing.banks.rules import QuestionType
from lianbing.infra.database import transaction
from lianbing.kernel.errors import NotFound
from lianbing.people.models import Person
from lianbing.practice import drill_pages
from lianbing.practice.challenge import queries, use_cases
from lianbing.practice.challenge.errors import NoRunsLeft
from lianbing.practice.challenge.queries import RunRow
from lianbing.practice.challenge.rules import GRACE, QUICK_TYPES, SECONDS_A_QUESTION, Ending
from lianbing.practice.errors import NothingChosen, NothingToDrill, NotYetAsked
from lianbing.practice.models import PracticeAnswer, WrongBookItem
from lianbing.practice.rules import Given

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WHOLE = timedelta(seconds=SECONDS_A_QUESTION)


class Runner:
    """Plays runs of one learner."""

    def __init__(self, session: Session, learning: Learning) -> None:
        self.session, self.learning = session, learning

    def begin(self, *, now: datetime = NOON, seed: int = 1) -> int:
        with transaction() as session:
            return use_cases.begin_run(
                session, self.learning.actor, self.learning.bank_id, seed=seed, now=now
            )

    def ask(self, drill_id: int, *, now: datetime = NOON) -> None:
        with transaction() as session:
            use_cases.ask(session, self.learning.actor, drill_id, now=now)

    def give(self, drill_id: int, position: int, given: Given, *, now: datetime = NOON) -> None:
        with transaction() as session:
            use_cases.answer_run(session, self.learning.actor, drill_id, position, given, now=now)

    def settle(self, drill_id: int, *, now: datetime) -> None:
        with transaction() as session:
            use_cases.settle(session, self.learning.actor, drill_id, now=now)

    def play(self, drill_id: int, right: int, *, now: datetime = NOON) -> None:
        """Answer so many right, then one wrong if questions are left."""
        for position, (_code, kind) in enumerate(items_of(drill_id)[: right + 1], start=1):
            self.ask(drill_id, now=now)
            given = RIGHT[kind] if position <= right else WRONG[kind]
            self.give(drill_id, position, given, now=now)

    def row(self, drill_id: int) -> RunRow:
        self.session.rollback()
        return queries.get_run(self.session, self.learning.actor, drill_id)

    def answers(self) -> int:
        self.session.rollback()
        return self.session.scalar(select(func.count()).select_from(PracticeAnswer)) or 0


@pytest.fixture
def runner(session: Session) -> Runner:
    return Runner(session, make_learning(session, mixed(12)))


def test_a_wrong_answer_ends_the_run_and_the_best_is_kept(session: Session, runner: Runner) -> None:
    first = runner.begin()
    runner.play(first, 3)
    row = runner.row(first)
    assert (row.score, row.ending) == (3, Ending.WRONG)
    runner.ask(first)
    runner.give(first, 5, Given(choices=("B",)))
    assert runner.row(first).score == 3
    second = runner.begin(seed=2)
    runner.play(second, 1)
    session.rollback()
    standing = queries.get_standing(
        session, runner.learning.actor, runner.learning.bank_id, on=NOON.date()
    )
    assert (standing.left, standing.best, standing.open_run) == (1, 3, None)
    assert queries.best_before(session, runner.learning.actor, second) == 3
    assert queries.best_before(session, runner.learning.actor, first) is None


def test_only_what_can_be_answered_by_choosing_is_asked(session: Session) -> None:
    runner = Runner(
        session,
        make_learning(
            session,
            [make_question(f"T{n}", kind=kind) for n, kind in enumerate(QuestionType)],
        ),
    )
    kinds = {kind for _, kind in items_of(runner.begin())}
    assert kinds == set(QUICK_TYPES)


def test_a_bank_without_quick_questions_has_no_run_and_costs_none(session: Session) -> None:
    blank = make_question("F1", kind=QuestionType.FILL_BLANK)
    runner = Runner(session, make_learning(session, [blank]))
    with pytest.raises(NothingToDrill):
        runner.begin()
    standing = queries.get_standing(
        session, runner.learning.actor, runner.learning.bank_id, on=NOON.date()
    )
    assert standing.left == 3


def test_an_answer_in_time_counts_and_one_after_the_grace_ends_the_run(runner: Runner) -> None:
    drill_id = runner.begin()
    (_, first), (_, second), *_ = items_of(drill_id)
    runner.ask(drill_id, now=NOON)
    runner.give(drill_id, 1, RIGHT[first], now=NOON + WHOLE + GRACE)
    assert runner.row(drill_id).score == 1
    later = NOON + timedelta(hours=1)
    runner.ask(drill_id, now=later)
    runner.ask(drill_id, now=later + 40 * SECOND)
    runner.give(drill_id, 2, RIGHT[second], now=later + WHOLE + GRACE + SECOND)
    row = runner.row(drill_id)
    assert (row.score, row.ending) == (1, Ending.TIME)
    assert runner.answers() == 1
    assert runner.session.scalars(select(WrongBookItem)).all() == []


def test_a_run_left_alone_ends_by_the_clock_but_not_between_questions(runner: Runner) -> None:
    drill_id = runner.begin()
    runner.settle(drill_id, now=NOON + timedelta(days=1))
    assert runner.row(drill_id).ending is None
    runner.ask(drill_id, now=NOON)
    runner.settle(drill_id, now=NOON + 30 * SECOND)
    assert runner.row(drill_id).ending is None
    runner.settle(drill_id, now=NOON + timedelta(minutes=5))
    assert runner.row(drill_id).ending is Ending.TIME


def test_a_question_not_yet_shown_takes_no_answer_and_shows_nothing(
    session: Session, runner: Runner
) -> None:
    drill_id = runner.begin()
    kinds = [kind for _, kind in items_of(drill_id)]
    runner.give(drill_id, 1, RIGHT[kinds[0]])
    assert runner.answers() == 0
    runner.ask(drill_id)
    runner.give(drill_id, 2, RIGHT[kinds[1]])
    assert runner.answers() == 0
    for position in (1, 2):
        with pytest.raises(NotYetAsked):
            drill_pages.get_page(session, runner.learning.actor, drill_id, position)


def test_the_plain_drill_is_no_way_round_the_clock(runner: Runner) -> None:
    drill_id = runner.begin()
    runner.ask(drill_id)
    with pytest.raises(NotFound):
        runner.learning.answer(drill_id, 1, RIGHT[items_of(drill_id)[0][1]], now=NOON)


def test_saying_nothing_is_told_and_the_clock_runs_on(runner: Runner) -> None:
    drill_id = runner.begin()
    runner.ask(drill_id)
    with pytest.raises(NothingChosen):
        runner.give(drill_id, 1, Given(), now=NOON + 5 * SECOND)
    assert runner.row(drill_id).clock.asked_at == NOON


def test_a_retry_changes_nothing(runner: Runner) -> None:
    drill_id = runner.begin()
    kind = items_of(drill_id)[0][1]
    runner.ask(drill_id)
    runner.give(drill_id, 1, RIGHT[kind])
    runner.give(drill_id, 1, WRONG[kind])
    row = runner.row(drill_id)
    assert (row.score, row.ending) == (1, None)


def test_three_runs_a_day_over_all_identities_then_tomorrow(
    session: Session, runner: Runner
) -> None:
    runner.play(runner.begin(), 0)
    open_run = runner.begin()
    assert runner.begin() == open_run
    runner.play(open_run, 0)
    kept = make_person(session, "王小练", organisation=runner.learning.union)
    session.get_one(Person, runner.learning.person.id).kept_id = kept.id
    session.commit()
    runner.learning.actor = actor_for(session, kept)
    runner.play(runner.begin(), 0)
    with pytest.raises(NoRunsLeft):
        runner.begin(now=NOON + timedelta(hours=1))
    tomorrow = NOON + timedelta(days=1)
    assert runner.begin(now=tomorrow)


def test_every_question_right_ends_the_run_with_all_of_them(session: Session) -> None:
    runner = Runner(session, make_learning(session, [make_question("S1"), make_question("S2")]))
    drill_id = runner.begin()
    runner.play(drill_id, 2)
    row = runner.row(drill_id)
    assert (row.score, row.ending) == (2, Ending.ALL)


def test_a_question_withdrawn_meanwhile_is_passed_over(runner: Runner) -> None:
    drill_id = runner.begin()
    codes = [code for code, _ in items_of(drill_id)]
    runner.ask(drill_id)
    runner.learning.turn_exam_only(codes[:1])
    runner.give(drill_id, 1, Given(choices=("A",)))
    assert runner.row(drill_id).ending is None
    runner.ask(drill_id)
    runner.give(drill_id, 2, RIGHT[items_of(drill_id)[1][1]])
    assert runner.row(drill_id).score == 1


def test_another_persons_run_is_not_there(session: Session, runner: Runner) -> None:
    drill_id = runner.begin()
    runner.learning.actor = actor_for(
        session, make_person(session, "李旁人", organisation=runner.learning.union)
    )
    for act in (runner.ask, lambda run: runner.give(run, 1, Given(choices=("B",)))):
        with pytest.raises(NotFound):
            act(drill_id)
    with pytest.raises(NotFound):
        runner.row(drill_id)
    with pytest.raises(NotFound):
        use_cases.settle(session, runner.learning.actor, runner.learning.start(now=NOON), now=NOON)
