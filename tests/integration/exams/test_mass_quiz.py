"""Mass quizzes on both databases: tries and days, the clock, counting, voiding, races."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person
from tests.quiz_factory import DAY, PLAN, QUESTIONS, QuizWorld, at, make_quiz_world

from lianbing.banks.models import QuestionVersion
from lianbing.banks.rules import QuestionUse
from lianbing.exams.errors import BadToken
from lianbing.exams.mass_quiz import following, queries, results, rolls, tries, trying, use_cases
from lianbing.exams.mass_quiz.errors import (
    BadQuiz,
    NoTriesToday,
    QuizClosed,
    QuizFixed,
    QuizNotFound,
    QuizNotOpen,
    ReasonMissing,
    TryUnderWay,
)
from lianbing.exams.mass_quiz.following import PlaceOrder
from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizPlace, MassQuizTry
from lianbing.exams.mass_quiz.places import refresh_places
from lianbing.exams.mass_quiz.rules import GRACE, Counting
from lianbing.exams.mass_quiz.taking_up import settle_quizzes
from lianbing.exams.mass_quiz.trying import QuizTokens
from lianbing.exams.rules import AttemptState
from lianbing.exams.scratch import Seat
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards.models import BoardTable
from lianbing.leaderboards.sql_board import SqlBoard
from lianbing.papers.errors import BlueprintInfeasible
from lianbing.people.models import Person
from lianbing.people.organisations.profile import UnitFacts
from lianbing.people.organisations.use_cases import state_facts

SECOND = timedelta(seconds=1)


@pytest.fixture
def world(session: Session) -> QuizWorld:
    return make_quiz_world(session)


def own(world: QuizWorld, *, hour: int = 9, day: int = 0) -> queries.OwnQuiz:
    world.session.rollback()
    return queries.get_own(world.session, world.actor, world.quiz_id, now=at(hour, day=day))


def test_a_try_is_drawn_from_the_bank_and_made_again_letter_by_letter(world: QuizWorld) -> None:
    try_id = world.begin(at(9))
    one = world.row(try_id)
    assert len(one.questions) == QUESTIONS
    assert tries.paper_of(world.session, one) == tries.paper_of(world.session, world.row(try_id))
    assert one.due_at == at(9, 10)
    world.sit(at(9, 1))
    other = world.begin(at(10), seed=8)
    assert world.row(other).questions != one.questions


def test_going_on_continues_the_open_try_and_puts_the_earlier_page_out(world: QuizWorld) -> None:
    try_id = world.begin(at(9))
    first = world.seat(try_id)
    with transaction() as session:
        trying.save_try(session, first, world.right(try_id, count=1), now=at(9, 1))
    assert world.begin(at(9, 2)) == try_id
    second = world.seat(try_id)
    world.session.rollback()
    with transaction() as session:
        dropped = trying.save_try(session, first, world.right(try_id), now=at(9, 3))
    assert len(dropped.answers) == 1
    world.end(first, [], now=at(9, 4))
    assert world.row(try_id).is_open
    world.end(second, [], now=at(9, 4))
    assert world.row(try_id).marks == 5
    assert own(world).tries_left == 1


def test_handing_in_again_changes_nothing(world: QuizWorld) -> None:
    try_id = world.begin(at(9))
    seat = world.seat(try_id)
    world.end(seat, world.right(try_id, count=2), now=at(9, 1))
    world.end(seat, world.right(try_id), now=at(9, 2))
    one = world.row(try_id)
    assert (one.marks, one.seconds) == (10, 60)
    assert world.standing().tries == 1


def test_tries_are_of_the_local_day_on_which_they_began(world: QuizWorld) -> None:
    world.sit(at(9))
    late = world.sit(at(23, 59, 59), seconds=120)
    assert world.row(late).day == DAY
    with pytest.raises(NoTriesToday):
        world.begin(at(23, 59, 59))
    assert own(world, hour=23).tries_left == 0
    new = world.begin(at(0, day=1))
    assert (world.row(new).day, world.row(new).try_no) == (DAY + timedelta(days=1), 1)


def test_a_try_under_way_at_midnight_is_gone_on_with_and_is_the_old_days(world: QuizWorld) -> None:
    try_id = world.begin(at(23, 55))
    assert world.begin(at(0, 1, day=1)) == try_id
    world.end(world.seat(try_id), [], now=at(0, 2, day=1))
    assert own(world, hour=1, day=1).tries_left == 2


def test_answers_of_the_last_second_count_through_the_grace_and_not_after(world: QuizWorld) -> None:
    for late, counted in ((GRACE, 1), (GRACE + SECOND, 0)):
        try_id = world.begin(at(9))
        seat = world.seat(try_id)
        over = world.row(try_id).due_at
        entries = world.right(try_id, count=1)
        world.session.rollback()
        with transaction() as session:
            standing = trying.save_try(session, seat, entries, now=over + late)
        assert standing.state is AttemptState.CLOSED
        assert len(standing.answers) == counted
        world.end(seat, [], now=over + late)
        one = world.row(try_id)
        assert (one.ended_at, one.marks) == (over, 5 * counted)


def test_a_try_nobody_ends_is_ended_by_the_sweeper_and_by_looking(world: QuizWorld) -> None:
    swept = world.begin(at(9))
    over = world.row(swept).due_at
    world.session.rollback()
    with transaction() as session:
        assert not trying.settle(session, swept, now=over + GRACE)
        assert trying.list_due(session, now=over + GRACE, limit=9) == []
    later = over + GRACE + 3 * SECOND
    with transaction() as session:
        assert trying.list_due(session, now=later, limit=9) == [swept]
        assert trying.settle(session, swept, now=later)
        assert not trying.settle(session, swept, now=later)
    looked = world.begin(at(10))
    actor = world.actor
    world.session.rollback()
    with transaction() as session:
        trying.settle_own(session, actor, world.quiz_id, now=at(11))
    assert (world.row(looked).is_open, world.row(looked).marks) == (None, 0)
    assert world.standing().tries == 2


@pytest.mark.parametrize(
    ("counting", "marks", "seconds"),
    [(Counting.BEST, 20, 40), (Counting.DAY_BESTS, 35, 130), (Counting.ALL, 45, 190)],
)
def test_what_counts_is_as_the_quiz_says(
    session: Session, counting: Counting, marks: int, seconds: int
) -> None:
    world = make_quiz_world(session, plan=replace(PLAN, counting=counting))
    world.sit(at(9), right=2, seconds=60)
    world.sit(at(10), right=3, seconds=90)
    world.sit(at(9, day=1), right=4, seconds=40)
    standing = world.standing()
    assert (standing.marks, standing.seconds, standing.tries) == (marks, seconds, 3)


def test_nobody_tries_a_draft_or_before_or_after_or_from_outside(
    session: Session, world: QuizWorld
) -> None:
    for moment in (at(23, day=-1), at(0, day=7)):
        with pytest.raises(QuizNotOpen):
            world.begin(moment)
    elsewhere = make_person(session, "外人", organisation=make_organisation(session, "别处"))
    with pytest.raises(QuizNotFound):
        world.begin(at(9), person=elsewhere)
    other = actor_for(session, elsewhere)
    with pytest.raises(QuizNotFound):
        queries.get_own(session, other, world.quiz_id, now=at(9))
    assert queries.page_of_own(session, other, 1, now=at(9)).total == 0
    assert queries.list_open(session, other, now=at(9)) == []
    world.draft()
    with pytest.raises(QuizNotFound):
        world.begin(at(9))
    with pytest.raises(QuizNotFound):
        own(world)


def test_another_persons_try_cannot_be_opened_nor_a_token_made_up(world: QuizWorld) -> None:
    try_id = world.begin(at(9))
    colleague = world.colleague("高远山")
    with pytest.raises(QuizNotFound):
        world.seat(try_id, person=colleague)
    with pytest.raises(BadToken):
        QuizTokens("a").read(QuizTokens("b").issue(world.seat(try_id)))
    stolen = Seat(sitting_id=try_id, person_id=PersonId(colleague.id), number=1)
    with pytest.raises(BadToken):
        trying.try_of(world.session, stolen)


def test_closing_early_ends_tries_under_way_with_what_they_have(world: QuizWorld) -> None:
    try_id = world.begin(at(9))
    seat = world.seat(try_id)
    entries = world.right(try_id, count=1)
    world.session.rollback()
    with transaction() as session:
        trying.save_try(session, seat, entries, now=at(9, 1))
    with pytest.raises(ReasonMissing), transaction() as session:
        use_cases.close_quiz(session, world.organiser, world.quiz_id, reason=" ", now=at(9, 2))
    with transaction() as session:
        use_cases.close_quiz(session, world.organiser, world.quiz_id, reason="停", now=at(9, 2))
    assert world.row(try_id).due_at == at(9, 2)
    with pytest.raises(QuizNotOpen):
        world.begin(at(9, 3))
    with pytest.raises(QuizClosed), transaction() as session:
        use_cases.close_quiz(session, world.organiser, world.quiz_id, reason="停", now=at(9, 4))
    with transaction() as session:
        trying.settle(session, try_id, now=at(9, 5))
    assert world.row(try_id).marks == 5


def test_a_voided_try_counts_no_more_and_may_be_given_back_and_restored(world: QuizWorld) -> None:
    best = world.sit(at(9), right=4)
    world.sit(at(10), right=1)
    world.take_up(at(10, 5))

    def void(*, give_back: bool) -> None:
        world.session.rollback()
        with transaction() as session:
            use_cases.void_try(
                session, world.organiser, best, reason="代答", give_back=give_back, now=at(11)
            )

    void(give_back=False)
    assert (world.standing().marks, world.standing().tries) == (5, 1)
    assert own(world).tries_left == 0
    void(give_back=True)
    assert own(world).tries_left == 1
    world.take_up(at(11, 5))
    board_id = BoardId(world.session.get_one(MassQuiz, world.quiz_id).board_id or 0)
    assert len(SqlBoard(world.session).top(board_id, 5)) == 1
    world.session.rollback()
    with transaction() as session:
        use_cases.restore_try(session, world.organiser, best, reason="查清", now=at(12))
    assert world.standing().marks == 20
    actions = world.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-3:] == ["exam.void_quiz_try"] * 2 + ["exam.restore_quiz_try"]


def test_a_try_under_way_is_not_voided_and_only_organisers_above_may(world: QuizWorld) -> None:
    try_id = world.begin(at(9))
    worker = world.actor
    world.session.rollback()
    with pytest.raises(TryUnderWay), transaction() as session:
        use_cases.void_try(
            session, world.organiser, try_id, reason="代答", give_back=True, now=at(9)
        )
    with pytest.raises(Forbidden), transaction() as session:
        use_cases.void_try(session, worker, try_id, reason="代答", give_back=True, now=at(9))
    with pytest.raises(Forbidden), transaction() as session:
        use_cases.close_quiz(session, worker, world.quiz_id, reason="停", now=at(9))


def test_a_published_quiz_is_fixed_and_a_draft_may_go(world: QuizWorld) -> None:
    with pytest.raises(QuizFixed), transaction() as session:
        use_cases.draft_quiz(
            session, world.organiser, world.new(PLAN), now=at(0), quiz_id=world.quiz_id
        )
    with pytest.raises(QuizFixed), transaction() as session:
        use_cases.discard_draft(session, world.organiser, world.quiz_id, now=at(0))
    draft = world.draft()
    with transaction() as session:
        use_cases.discard_draft(session, world.organiser, draft, now=at(0))
    world.session.rollback()
    assert world.session.get(MassQuiz, draft) is None


def test_a_quiz_the_bank_cannot_fill_or_whose_days_are_past_is_refused(world: QuizWorld) -> None:
    with pytest.raises(BlueprintInfeasible):
        world.draft(replace(PLAN, reserved_only=True))
    with pytest.raises(BadQuiz):
        world.draft(now=at(9, day=8))


def test_only_reserved_questions_are_drawn_when_asked_and_never_explained(
    session: Session,
) -> None:
    plan = replace(PLAN, reserved_only=True, explains=True)
    world = make_quiz_world(session, plan=plan, reserved=6)
    try_id = world.sit(at(9))
    one = world.row(try_id)
    uses = session.scalars(
        select(QuestionVersion.use).where(
            QuestionVersion.id.in_([version for version, _marks in one.questions])
        )
    )
    assert set(uses) == {QuestionUse.EXAM}
    assert results.explain(session, one) == ()
    assert results.list_points(session, one)[0].right == QUESTIONS


def test_keys_wait_for_the_whole_quiz_unless_its_organiser_lets_them(world: QuizWorld) -> None:
    row = own(world).row
    assert not results.may_explain(row, at(9))
    assert not results.may_explain(row, row.closes_at + GRACE)
    assert results.may_explain(row, row.closes_at + 2 * GRACE)
    eager = replace(row, plan=replace(row.plan, explains=True))
    assert results.may_explain(eager, at(9))
    one = world.row(world.sit(at(9)))
    assert len(results.explain(world.session, one)) == QUESTIONS


def test_boards_of_units_and_teams_follow_and_equal_ones_share_a_place(
    session: Session,
) -> None:
    world = make_quiz_world(session, publish=False)
    facts = UnitFacts(head_count=10)
    with transaction() as writing:
        unit = OrganisationId(world.unit.id)
        state_facts(writing, SYSTEM, unit, facts, valid_from=DAY, now=at(0))
    world.draft()
    world.publish()
    other = make_organisation(session, "配送", parent=world.union)
    driver = make_person(session, "苗青", organisation=other)
    world.sit(at(9), right=4)
    world.sit(at(9, 30), right=2, person=world.colleague("高远山"))
    world.sit(at(9, 40), right=3, person=driver)
    world.take_up(at(10))
    line = following.page_of_places(session, world.quiz_id, "unit", PlaceOrder.SHARE, 1).rows[0]
    assert (line.name, line.heads, line.registered) == ("机械厂", 10, True)
    assert (line.participants, line.percent, line.average, line.total) == (
        2,
        Decimal("20.0"),
        Decimal(15),
        Decimal(30),
    )
    sums = following.sum_up(session, world.quiz_id)
    assert (sums.people, sums.tries, sums.average) == (3, 3, Decimal(15))
    session.rollback()
    with transaction() as writing:
        from_day = DAY + timedelta(days=1)
        quiz = writing.get_one(MassQuiz, world.quiz_id)
        refresh_places(writing, quiz, on=from_day)
    shares = following.page_of_places(session, world.quiz_id, "unit", PlaceOrder.AVERAGE, 1).rows
    assert [(row.name, row.rank) for row in shares] == [("机械厂", 1), ("配送", 1)]
    board = following.board_of_places(
        session, world.quiz_id, "unit", PlaceOrder.SHARE, shares[0].organisation_id
    )
    assert [row.name for row in board.top] == ["配送"]
    assert [row.name for row in board.around] == ["机械厂"]
    teams = session.scalars(select(MassQuizPlace).where(MassQuizPlace.kind == "team")).all()
    assert {team.participants for team in teams} == {0, 2}


def test_who_has_not_taken_part_are_the_members_without_a_finished_try(world: QuizWorld) -> None:
    colleague = world.colleague("高远山")
    world.begin(at(9))
    world.sit(at(9), person=colleague)
    place, on = OrganisationId(world.team.id), DAY
    roll = rolls.get_roll(world.session, world.quiz_id, place, 1, on=on)
    assert (roll.people, roll.done) == (2, 1)
    assert [one.name for one in roll.absent.rows] == ["程立新"]
    assert roll.text_names == ("程立新",)
    absent = rolls.all_absent(world.session, world.quiz_id, place, on=on)
    assert [one.team for one in absent] == ["一班"]


def test_a_quiz_settles_when_its_last_try_has_ended_and_is_taken_up(world: QuizWorld) -> None:
    try_id = world.begin(at(23, 55, day=6))
    after = at(0, 5, day=7)
    world.session.rollback()
    with transaction() as session:
        assert settle_quizzes(session, now=after) == 0
        assert trying.settle(session, try_id, now=after)
    with transaction() as session:
        assert settle_quizzes(session, now=after) == 0
    world.take_up(after)
    with transaction() as session:
        assert settle_quizzes(session, now=after) == 1
        assert settle_quizzes(session, now=after) == 0
    assert world.session.scalar(select(BoardTable.closed)) is True
    tries = select(func.count()).where(MassQuizTry.is_open.is_(True))
    assert world.session.scalar(tries) == 0


def test_tries_of_a_merged_person_count_together_and_once(world: QuizWorld) -> None:
    twin = world.colleague("程立新")
    world.sit(at(9), right=2, person=twin)
    world.take_up(at(9, 5))
    world.session.rollback()
    world.session.execute(
        update(Person).where(Person.id == twin.id).values(kept_id=world.worker.id)
    )
    world.session.commit()
    assert own(world).tries_left == PLAN.tries - 1
    world.sit(at(10), right=3)
    world.take_up(at(10, 5))
    standing = world.standing()
    assert (standing.marks, standing.tries) == (15, 2)
    assert following.sum_up(world.session, world.quiz_id).people == 1
    board_id = BoardId(world.session.get_one(MassQuiz, world.quiz_id).board_id or 0)
    assert len(SqlBoard(world.session).top(board_id, 5)) == 1
