"""The notice tells each reader where they stand; organisers steer with a reason and a reach."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.contests_factory import ContestWorld, hold_exam, make_contest_world, publish_results
from tests.integration.contests.test_standings import made_up, publish
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.contests.eligibility import AgeRange, AtMostPerUnit, OccupationIn
from lianbing.infra.database import db
from lianbing.kernel.actor import Role

Make = Callable[..., ContestWorld]


@pytest.fixture
def make(app: Flask) -> Make:
    def build(**changes: object) -> ContestWorld:
        with app.app_context():
            world = make_contest_world(db.session(), **changes)  # type: ignore[arg-type]
            db.session.remove()
        return world

    return build


def page_of(world: ContestWorld) -> str:
    return f"/contests/{world.contest_id}"


def enter(client: FlaskClient, world: ContestWorld) -> str:
    address = f"{page_of(world)}/events/{world.event_id}/register"
    return client.post(address, follow_redirects=True).text


def test_worker_finds_reads_registers_and_withdraws(make: Make, client: FlaskClient) -> None:
    world = make(conditions=(AgeRange(lowest=16, highest=60),))
    sign_in(client, world.workers[0])
    assert "青山市职工技能竞赛" in client.get("/").text
    assert "青山市职工技能竞赛" in client.get("/contests/").text
    notice = client.get(page_of(world)).text
    assert "年龄 16 至 60 岁" in notice
    assert "第二段。" in notice
    assert "报名成功" in enter(client, world)
    assert "现在没有竞赛在报名" in client.get("/").text
    assert f"/exams/{world.exam_id}/" in client.get(page_of(world)).text
    assert client.get(f"/exams/{world.exam_id}/").status_code == 200
    address = f"{page_of(world)}/events/{world.event_id}/withdraw"
    assert "已退出报名" in client.post(address, follow_redirects=True).text
    assert client.get(f"/exams/{world.exam_id}/").status_code == 403


def test_unmet_conditions_are_told_with_what_to_do(make: Make, client: FlaskClient) -> None:
    world = make(
        conditions=(AgeRange(lowest=50), OccupationIn(occupations=(("2022", "6-31-01-03"),)))
    )
    sign_in(client, world.workers[0])
    notice = client.get(page_of(world)).text
    assert notice.count("is-unmet") == 2
    assert "您还未达到本项目的年龄" in notice
    assert "请管理员补录" in notice
    assert "/register" not in notice
    address = f"{page_of(world)}/events/{world.event_id}/register"
    assert client.post(address).status_code == 403


def test_draft_is_nobodys_business(make: Make, client: FlaskClient) -> None:
    world = make(publish=False)
    sign_in(client, world.workers[0])
    assert client.get(page_of(world)).status_code == 404
    assert "青山市职工技能竞赛" not in client.get("/contests/").text
    assert "青山市职工技能竞赛" not in client.get("/boards/").text


def test_organiser_publishes_exports_and_cancels_with_a_reason(
    make: Make, client: FlaskClient
) -> None:
    world = make(publish=False, conditions=(AtMostPerUnit(places=2),))
    sign_in(client, world.organiser_id)
    manage = f"/contests/manage/{world.contest_id}"
    assert "草稿" in client.get("/contests/manage/").text
    assert "每个单位最多 2 人" in client.get(manage).text
    client.post(f"{manage}/publish")
    sign_in(client, world.workers[0])
    enter(client, world)
    assert client.get(manage).status_code == 403
    sign_in(client, world.organiser_id)
    assert "参赛0" in client.get(f"{manage}/entries").text
    assert "参赛0" in client.get(f"{manage}/entries?unit={world.unit_id}").text
    assert "参赛0" not in client.get(f"{manage}/entries?unit={world.other_unit_id}").text
    book = openpyxl.load_workbook(BytesIO(client.get(f"{manage}/entries.xlsx").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1][:2] == ("参赛0", "青山重型机械有限公司")
    assert len(rows) == 2
    assert "请写明取消原因" in client.post(f"{manage}/cancel", follow_redirects=True).text
    client.post(f"{manage}/cancel", data={"reason": "台风"})
    sign_in(client, world.workers[0])
    assert "台风" in client.get(page_of(world)).text


def test_organiser_of_another_union_has_no_hand_in_it(
    app: Flask, make: Make, client: FlaskClient
) -> None:
    world = make()
    with app.app_context():
        other = make_organisation(db.session(), "白水市总工会")
        stranger = make_person(
            db.session(), "外", organisation=other, roles=[(Role.ORGANISER, other)]
        ).id
        db.session.remove()
    sign_in(client, stranger)
    manage = f"/contests/manage/{world.contest_id}"
    for path in (manage, f"{manage}/entries", f"{manage}/entries.xlsx"):
        assert client.get(path).status_code == 403
    for step in ("publish", "results"):
        assert client.post(f"{manage}/{step}").status_code == 403
    assert client.post(f"{manage}/cancel", data={"reason": "x"}).status_code == 403


def form_of(world: ContestWorld) -> dict[str, object]:
    start = world.plan.exam.opens_at + timedelta(days=9)

    def local(hours: int) -> str:
        return (start + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")

    return {
        "title": "安全知识竞赛",
        "organisation_id": world.city_id,
        "level": "city",
        "contest_class": "二类",
        "kind": "safety",
        "event_title": "安全",
        "notice": "欢迎参加。",
        "contact": "工会办公室",
        "registration_opens_at": local(-200),
        "registration_closes_at": local(-20),
        "lowest_age": "16",
        "within": world.city_id,
        "employed_only": "y",
        "lowest_grade": "junior",
        "highest_grade": "",
        "employment_forms": ["contract", "platform"],
        "places_per_unit": "5",
        "paper_id": world.plan.exam.paper_id,
        "opens_at": local(0),
        "closes_at": local(2),
        "duration_minutes": "60",
        "pass_mark": "60",
        "grace_seconds": "30",
        "common_window": "y",
        "multiple": "exact",
        "partial_share": "0.5",
        "per_option": "0.5",
        "results_release": "on_publication",
        "explanations_release": "on_publication",
        "paper_release": "by_clock",
        "mask_policy": "surname",
    }


def test_one_form_makes_contest_event_and_exam(make: Make, client: FlaskClient) -> None:
    world = make()
    sign_in(client, world.organiser_id)
    assert client.get("/contests/manage/new").status_code == 200
    made = client.post("/contests/manage/new", data=form_of(world), follow_redirects=True)
    assert made.status_code == 200
    for told in ("草稿已保存", "年满 16 岁", "属于青山市总工会", "每个单位最多 5 人", "就业形态："):
        assert told in made.text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"registration_closes_at": "2020-01-01T00:00"}, "报名截止时间应晚于开始时间"),
        ({"pass_mark": "1000"}, "及格线须在 0 与试卷总分之间"),
        ({"highest_age": "15"}, "最大年龄不能小于最小年龄"),
        ({"highest_grade": "apprentice"}, "最高等级不能低于最低等级"),
        ({"title": ""}, "需要修改"),
    ],
)
def test_fault_in_the_form_is_named_and_nothing_is_made(
    make: Make, client: FlaskClient, change: dict[str, str], told: str
) -> None:
    world = make()
    sign_in(client, world.organiser_id)
    answer = client.post("/contests/manage/new", data={**form_of(world), **change})
    assert answer.status_code == 200
    assert told in answer.text
    assert "安全知识竞赛" not in client.get("/contests/manage/").text


def test_notice_and_times_may_still_be_changed(make: Make, client: FlaskClient) -> None:
    world = make()
    sign_in(client, world.organiser_id)
    address = f"/contests/manage/{world.contest_id}/edit"
    assert "第二段。" in client.get(address).text
    given = {key: form_of(world)[key] for key in ("contact", "registration_opens_at")}
    closes = (world.plan.exam.opens_at + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
    opens = (world.plan.exam.opens_at - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    given |= {"notice": "改过的通知。", "registration_opens_at": opens}
    late = (world.plan.exam.closes_at + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    refused = client.post(address, data={**given, "registration_closes_at": late})
    assert "报名应在理论考试结束前截止" in refused.text
    saved = client.post(
        address, data={**given, "registration_closes_at": closes}, follow_redirects=True
    )
    assert "改过的通知。" in saved.text
    sign_in(client, world.workers[0])
    assert client.post(address, data=given).status_code == 403


def test_results_close_the_contest(app: Flask, make: Make, client: FlaskClient) -> None:
    world = make()
    with app.app_context():
        hold_exam(db.session(), world, (9, 3))
        publish_results(world)
        db.session.remove()
    sign_in(client, world.workers[0])
    notice = client.get(page_of(world)).text
    assert "成绩已公布" in notice
    published = client.get(f"/exams/{world.exam_id}/published")
    assert "参**" in published.text
    sign_in(client, world.organiser_id)
    assert "成绩已公布" in client.get(f"/contests/manage/{world.contest_id}").text


def test_the_standing_takes_the_make_up_and_tells_what_is_missing(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        world, exam_id = made_up(db.session(), right=8)
        db.session.remove()
    sign_in(client, world.workers[2])
    assert "含补考总排名" in client.get(page_of(world)).text
    before = client.get(f"{page_of(world)}/standing").text
    assert "有 1 场补考尚未公布成绩单" in before
    assert "您的名次" not in before
    with app.app_context():
        publish(world, exam_id)
    after = client.get(f"{page_of(world)}/standing").text
    assert "您的名次：第 2 名，共 3 人" in after
    assert f"/exams/{exam_id}/published" in after
    assert "尚未公布成绩单" not in after
    assert "参赛1" not in after


def test_there_is_no_standing_before_the_results(make: Make, client: FlaskClient) -> None:
    world = make()
    sign_in(client, world.workers[0])
    assert client.get(f"{page_of(world)}/standing").status_code == 404
