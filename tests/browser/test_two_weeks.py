"""Two weeks of a worker's life: the demo's plant, a new electrician, a clock moved day by day.

What a worker would do at a glance is done in the browser, the bulk of the answers by the same
use cases as behind the pages. Each stage says what must be true then; its screens are kept in
``test-artifacts/two-weeks``.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.fortnight import Memory, Worker, given_for
from tests.browser.fortnight_world import SEED, Fortnight, two_weeks
from tests.browser.moved_clock import MovedClock
from tests.browser.serving import Served
from tests.exams_factory import TEST_DOOR, right_answers, save
from tests.rewards_factory import add_days

from lianbing.banks.rules import ChoiceKey, TruthKey
from lianbing.exams import sitting
from lianbing.exams.use_cases import ExamPlan, enrol, publish_results, schedule_exam
from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.ids import ExamId, PaperId
from lianbing.papers.models import Paper
from lianbing.papers.queries import get_frozen_paper
from lianbing.papers.vault import list_released
from lianbing.practice.campaigns import queries as campaigns
from lianbing.practice.campaigns import use_cases as asking
from lianbing.practice.campaigns.demo import TITLE as CAMPAIGN
from lianbing.practice.campaigns.models import Campaign
from lianbing.practice.campaigns.rules import Binding, CampaignForm, Plan
from lianbing.practice.challenge import use_cases as challenge
from lianbing.practice.challenge.queries import get_standing
from lianbing.practice.duel import use_cases as duel
from lianbing.practice.models import PracticeAnswer
from lianbing.practice.rewards.queries import find_league
from lianbing.practice.rules import DrillMode
from lianbing.practice.starting import start_book_drill, start_drill
from lianbing.subjects.models import AssessmentPoint
from lianbing.training.demo import MATERIAL_TITLE, POINT

IN_A_ROW = 3
MATE, LEADER = "13800000011", "13800000002"
EXAM_RIGHT = 60


@pytest.fixture
def fortnight(
    moved_served: tuple[Served, MovedClock], open_context: OpenContext, project_root: Path
) -> Iterator[Fortnight]:
    album = project_root / "test-artifacts" / "two-weeks"
    with two_weeks(*moved_served, open_context, album) as world:
        yield world


def test_two_weeks_of_a_worker(fortnight: Fortnight) -> None:
    the_first_ten_by_hand(fortnight, fortnight.go_to(0))
    a_campaign_is_joined(fortnight, fortnight.go_to(1))
    a_challenge_ends_at_a_mistake(fortnight, fortnight.go_to(2))
    a_missed_day_is_a_rest_day(fortnight, fortnight.go_to(4))
    a_duel_is_decided(fortnight, fortnight.go_to(5))
    two_missed_days_end_the_streak_and_the_league_moves(fortnight, fortnight.go_to(8))
    for day in (9, 10):
        the_wrong_book_is_gone_through(fortnight, fortnight.go_to(day))
    a_mock_is_sat(fortnight, fortnight.clock.now())
    a_weak_point_offers_material(fortnight, fortnight.go_to(11))
    an_assignment_is_told_and_done(fortnight, fortnight.clock.now())
    exam_id = an_exam_is_no_answer_key(fortnight, fortnight.go_to(12))
    its_result_reaches_the_map(fortnight, exam_id, fortnight.go_to(13))
    the_boards_are_left(fortnight, fortnight.clock.now())


def the_first_ten_by_hand(two: Fortnight, now: datetime) -> None:
    """Reasons on request, explanations with their source, a favourite with a note, a summary."""
    page = two.open("/practice/")
    two.keep("01-first-day")
    page.locator(".practice-tops form .btn-primary").click()
    expect(page.locator("[data-answer]")).to_be_visible()
    drill_id = int(page.url.split("/")[-2])
    good, shown = 0, False
    for position, question_id, content in two.worker.items(drill_id):
        expect(page.locator("h1")).to_contain_text(f"第 {position} 题")
        if position == 1:
            page.locator(".drill-why summary").click()
            expect(page.locator(".drill-why p")).to_contain_text("新内容")
        by_choice = isinstance(content.key, ChoiceKey | TruthKey)
        right = two.worker.decide(question_id, now, right=None if by_choice else False)
        good += right
        for value in given_for(content, right=right).choices:
            page.locator(f"[name=answer][value={value}]").check()
        page.get_by_role("button", name="确定" if by_choice else "不会", exact=True).click()
        expect(page.locator(".explanation")).to_be_visible()
        expect(page.locator("article")).to_contain_text("依据")
        if not right and by_choice and not shown:
            shown = True
            keep_and_note(two)
        page.locator("[data-next]").click()
    expect(page.locator(".drill-result")).to_have_text(f"答了 10 题，答对 {good} 题")
    two.keep("03-first-summary")
    assert shown
    two.check_book()
    assert two.streak() == 1
    assert two.answers_on_the_map(now) == 10


def keep_and_note(two: Fortnight) -> None:
    """A question to remember: the star, then a note; both come back to where one was."""
    page = two.page
    where = page.url
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="收藏此题").click()
    expect(page.get_by_role("button", name="取消收藏")).to_be_visible()
    page.locator(".keep summary").click()
    page.locator(".keep textarea").fill("并联：先取倒数再相加。")
    page.get_by_role("button", name="保存笔记").click()
    expect(page.locator(".keep textarea")).to_have_value("并联：先取倒数再相加。")
    assert page.url.split("?")[0].split("#")[0] == where
    two.keep("02-a-mistake-explained")
    two.open("/practice/favourites/")
    expect(page.locator("main")).to_contain_text("并联：先取倒数再相加。")
    two.keep("02-favourites")
    two.open(where.removeprefix(two.url))


def a_campaign_is_joined(two: Fortnight, now: datetime) -> None:
    """Voluntary: nobody is in it before they say so."""
    two.daily(now)
    campaign_id = db.session.scalars(select(Campaign.id).where(Campaign.title == CAMPAIGN)).one()
    assert not campaigns.get_own(db.session(), two.me, campaign_id, now=now).takes_part
    page = two.open(f"/practice/campaigns/{campaign_id}")
    page.get_by_role("button", name="参加", exact=True).click()
    expect(page.get_by_role("button", name="退出活动")).to_be_visible()
    with transaction() as session:
        drill_id = asking.start(session, two.me, campaign_id, seed=SEED, now=now)
    two.worker.play(drill_id, now)
    two.open(f"/practice/campaigns/{campaign_id}")
    expect(page.locator("main")).to_contain_text("这次已完成")
    two.keep("04-campaign")
    db.session.rollback()
    own = campaigns.get_own(db.session(), two.me, campaign_id, now=now)
    assert (own.credit.periods, own.done_now) == (1, True)
    two.check_book()


def a_challenge_ends_at_a_mistake(two: Fortnight, now: datetime) -> None:
    """Three right, then a wrong answer: the run is over and the record stands."""
    two.daily(now)
    with transaction() as session:
        drill_id = challenge.begin_run(session, two.me, two.bank_id, seed=SEED, now=now)
    for position, question_id, content in two.worker.items(drill_id)[: IN_A_ROW + 1]:
        right = two.worker.decide(question_id, now, right=position <= IN_A_ROW)
        with transaction() as session:
            challenge.ask(session, two.me, drill_id, now=now)
            given = given_for(content, right=right)
            challenge.answer_run(session, two.me, drill_id, position, given, now=now)
    two.open("/practice/challenge/")
    two.keep("05-challenge")
    db.session.rollback()
    standing = get_standing(db.session(), two.me, two.bank_id, on=local_date(now))
    assert (standing.best, standing.left) == (IN_A_ROW, 2)
    two.check_book()
    assert two.streak() == 3


def a_missed_day_is_a_rest_day(two: Fortnight, now: datetime) -> None:
    """Thursday was missed; on Friday the streak goes on."""
    two.daily(now)
    assert two.streak() == 4
    page = two.open("/practice/together/")
    expect(page.locator(".reward-figure .figure")).to_have_text("4")
    expect(page.locator("main")).to_contain_text("算休息日")
    two.keep("06-rest-day")


def a_duel_is_decided(two: Fortnight, now: datetime) -> None:
    """A colleague takes up the link and plays; nobody sees a score before both are done."""
    two.daily(now)
    page = two.open("/practice/duels/")
    page.get_by_role("button", name="发起对战").click()
    expect(page.locator(".duel-code")).to_be_visible()
    expect(page.get_by_role("button", name="复制链接")).to_be_visible()
    two.keep("07-duel-invited")
    token, mate = page.url.rsplit("/", 1)[-1], two.other(MATE)
    db.session.rollback()
    with transaction() as session:
        duel.take_up(session, mate, token, now=now)
    with transaction() as session:
        theirs = duel.play(session, mate, token, now=now)
    good = Worker(actor=mate, memory=Memory(SEED + 1)).play(theirs, now)
    page.reload()
    expect(page.locator("main")).to_contain_text("陆小满")
    expect(page.locator(".duel-score")).to_have_count(0)
    with transaction() as session:
        mine = duel.play(session, two.me, token, now=now)
    own = two.worker.play(mine, now)
    page.reload()
    expect(page.locator(".duel-score")).to_contain_text(f"{good} 陆小满")
    expect(page.locator(".duel-score")).to_contain_text(f"您 {own}")
    two.keep("08-duel-decided")
    two.check_book()


def two_missed_days_end_the_streak_and_the_league_moves(two: Fortnight, now: datetime) -> None:
    """Sunday and Monday were missed. The week has turned: first of a group moves up."""
    assert two.streak() == 0
    for mate in two.people.workers:
        add_days(db.session(), mate, {two.monday + timedelta(days=1): 12})
    two.daily(now)
    assert two.streak() == 1
    db.session.rollback()
    page = two.open("/practice/together/")
    expect(page.locator("main")).to_contain_text("上周您升了一级")
    expect(page.locator(".reward-figure .figure")).to_have_text("1")
    two.keep("09-moved-up")
    db.session.rollback()
    league = find_league(db.session(), two.me, now=now)
    assert league is not None
    assert league.tier > 1
    the_wrong_book_is_gone_through(two, now)


def the_wrong_book_is_gone_through(two: Fortnight, now: datetime) -> None:
    """All of it, right: a question leaves with its third day, never before."""
    before = dict(two.worker.book.inside)
    two.old_mistakes = two.old_mistakes or set(before) - two.worker.entered_on(now)
    two.check_book()
    todo = len(before)
    while todo > 0:
        with transaction() as session:
            drill_id = start_book_drill(session, two.me, seed=SEED, now=now)
        items = two.worker.items(drill_id)
        two.worker.play(drill_id, now, right=True)
        todo -= len(items)
    two.check_book()
    third = {question for question, days in before.items() if days == 2}
    gone = before.keys() - two.worker.book.inside.keys()
    assert gone <= third
    if local_date(now) == two.monday + timedelta(days=10):
        assert gone
        assert not two.old_mistakes & two.worker.book.inside.keys()
    else:
        two.open("/practice/wrong-book")
        two.keep(f"10-wrong-book-{local_date(now):%d}")


def a_mock_is_sat(two: Fortnight, now: datetime) -> None:
    """The offered blueprint, on the exam's page; marked and explained at once."""
    known = two.answers_on_the_map(now)
    page = two.open("/practice/mock/")
    two.keep("11-mock-offered")
    page.locator(".row-list .btn-primary").first.click()
    page.wait_for_url("**/sit")
    expect(page.locator("#card fieldset")).to_be_visible()
    page.locator("#card input").first.check(force=True)
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    page.wait_for_url("**/result")
    expect(page.locator(".review-item").first).to_be_visible()
    expect(page.locator(".review-why").first).to_be_visible()
    two.keep("11-mock-result")
    assert two.answers_on_the_map(now) == known + 1
    [(question_id, verdict)] = db.session.execute(
        select(PracticeAnswer.question_id, PracticeAnswer.verdict).where(
            PracticeAnswer.person_id == two.me.person_id,
            PracticeAnswer.mode == DrillMode.MOCK.value,
        )
    )
    two.worker.decide(question_id, now, right=verdict == Verdict.RIGHT.value)
    two.check_book()


def a_weak_point_offers_material(two: Fortnight, now: datetime) -> None:
    """A mistake at the point it is tied to brings the material, and the map does too."""
    two.daily(now)
    point_id = db.session.scalars(
        select(AssessmentPoint.id)
        .where(AssessmentPoint.code == POINT)
        .where(AssessmentPoint.title.contains("接地"))
    ).first()
    assert point_id is not None
    db.session.rollback()
    with transaction() as session:
        drill_id = start_drill(session, two.me, two.bank_id, point_id=point_id, seed=SEED, now=now)
    two.worker.play(drill_id, now, right=False)
    page = two.open(f"/practice/drills/{drill_id}/1")
    offer = page.locator(".study-offers").get_by_role("link", name=MATERIAL_TITLE)
    expect(offer).to_be_visible()
    offer.click()
    expect(page.locator("h1")).to_have_text(MATERIAL_TITLE)
    two.keep("12-material")
    two.open("/practice/map/")
    two.keep("13-map-before-the-exam")


def an_assignment_is_told_and_done(two: Fortnight, now: datetime) -> None:
    """Required: who asks and why stands there; done, it asks no more."""
    today = local_date(now)
    plan = Plan(
        title="三天内十题",
        form=CampaignForm.ASSIGNMENT,
        binding=Binding.REQUIRED,
        why="下周设备大修，接地不能再出错。",
        opens_on=today,
        closes_on=today + timedelta(days=3),
        questions=10,
        tries=2,
        points=1,
    )
    place = two.people.organisations["DEMO-T1"]
    leader = two.other(LEADER)
    db.session.rollback()
    with transaction() as session:
        new = asking.NewCampaign(plan=plan, organisation_id=place, bank_id=two.bank_id)
        campaign_id = asking.open_campaign(session, leader, new, now=now)
    page = two.open("/practice/")
    expect(page.locator(".campaign-panel")).to_contain_text("顾长河布置")
    two.keep("14-assignment-told")
    with transaction() as session:
        drill_id = asking.start(session, two.me, campaign_id, seed=SEED, now=now)
    two.worker.play(drill_id, now)
    two.open("/practice/")
    expect(page.locator("main")).to_contain_text("今日十题")
    expect(page.locator("main")).not_to_contain_text("三天内十题")


def an_exam_is_no_answer_key(two: Fortnight, now: datetime) -> ExamId:
    """The theory exam is sat; until its results are out the map says what it said before."""
    two.daily(now)
    db.session.rollback()
    paper_id = PaperId(db.session.scalars(select(Paper.id).order_by(Paper.id)).first() or 0)
    frozen = get_frozen_paper(db.session(), paper_id)
    plan = ExamPlan(
        title="电工四级理论（示例）",
        organisation_id=two.people.city,
        paper_id=paper_id,
        opens_at=now - timedelta(minutes=5),
        closes_at=now + timedelta(hours=2),
        duration=timedelta(minutes=60),
        pass_mark=Decimal(60),
        common_window=False,
    )
    person_id = two.me.person_id
    assert person_id is not None
    known = two.answers_on_the_map(now)
    db.session.rollback()
    with transaction() as session:
        early = now - timedelta(minutes=10)
        exam_id = schedule_exam(session, SYSTEM, plan, now=early)
        enrol(session, SYSTEM, exam_id, (person_id,), now=early)
    with transaction() as session:
        seat = sitting.enter(session, two.me, exam_id, TEST_DOOR, arrived_at=now)
    answers = sorted(right_answers(frozen).items())[:EXAM_RIGHT]
    save(seat, [(seq, number, one) for seq, (number, one) in enumerate(answers, start=1)], at=now)
    with transaction() as session:
        sitting.hand_in(session, seat, arrived_at=now + timedelta(minutes=30))
    assert two.answers_on_the_map(now + timedelta(hours=1)) == known
    return exam_id


def its_result_reaches_the_map(two: Fortnight, exam_id: ExamId, now: datetime) -> None:
    """Published: from this moment on the exam's answers count, each question once."""
    known = two.answers_on_the_map(now)
    organiser = two.other("13800000004")
    db.session.rollback()
    with transaction() as session:
        publish_results(session, organiser, exam_id, sign=current_keyring().sign, now=now)
        list_released(session, now=now)
    later = two.answers_on_the_map(now)
    assert later == known + 80
    two.open("/practice/map/")
    two.keep("15-map-after-the-exam")


def the_boards_are_left(two: Fortnight, now: datetime) -> None:
    """Out of league and boards at once; streak and points go on, the unit still counts one more."""
    two.daily(now)
    page = two.open("/practice/together/")
    expect(page.locator(".reward-figure .figure")).to_have_text("6")
    page.locator(".reward-leave summary").click()
    page.locator(".reward-leave form button[type=submit]").click()
    expect(page.get_by_role("button", name="重新上榜")).to_be_visible()
    expect(page.locator(".league-table")).to_have_count(0)
    two.keep("16-left-the-boards")
    assert two.streak() == 6
    two.check_book()
