"""Mass quizzes over HTTP: an organiser drafts and publishes, a worker tries, leaders follow."""

import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from tests.people_factory import make_organisation, make_person, sign_in
from tests.quiz_factory import PLAN, QUESTIONS, QuizWorld, make_quiz_world, open_now

from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizTry
from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.infra import outbox
from lianbing.infra.audit import AuditEntry
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.people.models import Membership, Person
from lianbing.practice.rewards.models import BoardRefusal, DayBonus, PracticeDay


@pytest.fixture
def world(session: Session, client: FlaskClient) -> QuizWorld:
    world = make_quiz_world(session, publish=False)
    now = utc_now()
    world.draft(open_now(), now=now)
    world.publish(now=now)
    sign_in(client, world.worker)
    return world


def begin(client: FlaskClient, world: QuizWorld) -> dict[str, Any]:
    page = client.post(f"/quizzes/{world.quiz_id}/start", follow_redirects=True)
    assert page.status_code == 200
    found = re.search(r'id="exam-data">(.*?)</script>', page.text, re.S)
    assert found, page.text
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def call(client: FlaskClient, data: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    token = {"X-Attempt-Token": data["token"]}
    response = client.post(data[what], json=body, headers=token)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.get_json()
    return answer


def try_once(client: FlaskClient, world: QuizWorld, *, right: int = QUESTIONS) -> int:
    data = begin(client, world)
    try_id = int(data["attempt"]["id"].split("-")[1])
    entries = [
        {"seq": one.seq, "question": one.question, "answer": one.answer}
        for one in world.right(try_id, count=right)
    ]
    world.session.rollback()  # a snapshot held here keeps SQLite from being written
    call(client, data, "hand_in_url", entries=entries)
    return try_id


def text_of(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return unescape(response.text)


def end_the_quiz(session: Session) -> None:
    """Put the end into the past, far enough for everything to be final."""
    session.rollback()
    session.execute(update(MassQuiz).values(closes_at=utc_now() - timedelta(minutes=2)))
    session.commit()


def leader(world: QuizWorld, role: Role, place: Any) -> Person:
    world.session.rollback()
    return make_person(world.session, "顾长河", organisation=world.team, roles=[(role, place)])


def test_a_try_is_sat_marked_and_shown_without_keys_until_the_quiz_is_over(
    client: FlaskClient, session: Session, world: QuizWorld
) -> None:
    home = text_of(client, "/")
    assert "安康杯" in home
    assert "今天还剩 2 次" in home
    data = begin(client, world)
    paper = client.get(data["paper_url"], headers={"X-Attempt-Token": data["token"]}).get_json()
    assert len(paper["questions"]) == QUESTIONS
    assert "解析" not in json.dumps(paper, ensure_ascii=False)
    assert "key" not in json.dumps(paper)
    saved = call(client, data, "save_url", entries=[{"seq": 1, "question": 1, "answer": "B"}])
    assert [one["outcome"] for one in saved["results"]] == ["counted"]
    refused = call(client, data, "save_url", entries=[{"seq": 2, "question": 1, "answer": 3}])
    assert refused["results"][0]["outcome"] == "refused"
    state = client.get(data["state_url"], headers={"X-Attempt-Token": data["token"]}).get_json()
    assert state["state"] == "open"
    assert client.get(data["result_url"]).location.endswith("/sit")
    try_id = try_once(client, world, right=3)
    result = text_of(client, f"/quizzes/tries/{try_id}")
    assert "15" in result
    assert "要点A01" in result
    assert "解析 Q" not in result
    assert "题干 Q" not in result
    end_the_quiz(session)
    final = text_of(client, f"/quizzes/tries/{try_id}")
    assert "解析 Q" in final
    for table in (AnswerEntry, Attempt):
        assert session.scalar(select(table.__table__.c[0]).limit(1)) is None


def test_a_quiz_that_explains_shows_keys_after_each_try(
    client: FlaskClient, session: Session
) -> None:
    world = make_quiz_world(session, publish=False)
    now = utc_now()
    world.draft(open_now(explains=True), now=now)
    world.publish(now=now)
    sign_in(client, world.worker)
    assert "解析 Q" in text_of(client, f"/quizzes/tries/{try_once(client, world)}")


def test_the_page_shows_place_tries_left_and_refuses_one_too_many(
    client: FlaskClient, world: QuizWorld
) -> None:
    for _ in range(PLAN.tries):
        try_once(client, world)
    page = text_of(client, f"/quizzes/{world.quiz_id}")
    assert "1 / 1" in page
    assert "今天的次数已用完" in page
    assert page.count("/quizzes/tries/") == PLAN.tries
    refused = client.post(f"/quizzes/{world.quiz_id}/start", follow_redirects=True)
    assert "今天的次数已用完" in unescape(refused.text)
    assert world.session.query(MassQuizTry).count() == PLAN.tries


def test_a_stranger_finds_nothing(client: FlaskClient, world: QuizWorld) -> None:
    try_id = try_once(client, world)
    world.session.rollback()
    elsewhere = make_organisation(world.session, "别处")
    sign_in(client, make_person(world.session, "外人", organisation=elsewhere))
    addresses = [
        f"/quizzes/{world.quiz_id}",
        f"/quizzes/{world.quiz_id}/places",
        f"/quizzes/tries/{try_id}",
        f"/quizzes/tries/{try_id}/sit",
    ]
    assert [client.get(one).status_code for one in addresses] == [404] * len(addresses)
    assert client.post(f"/quizzes/{world.quiz_id}/start").status_code == 404
    assert "安康杯" not in text_of(client, "/quizzes/")
    assert "安康杯" not in text_of(client, "/")
    forged = client.get("/api/quizzes/state", headers={"X-Attempt-Token": "made-up"})
    assert forged.status_code in (400, 401, 403)


def test_who_left_the_boards_stands_on_none_and_comes_back(
    client: FlaskClient, world: QuizWorld
) -> None:
    try_once(client, world)
    address = f"/quizzes/{world.quiz_id}"
    assert "1 / 1" in text_of(client, address)
    assert client.post("/practice/together/leave").status_code == 302
    assert "1 / 1" not in text_of(client, address)
    try_once(client, world)
    assert "1 / 1" not in text_of(client, address)
    assert client.post("/practice/together/return").status_code == 302
    assert "1 / 1" in text_of(client, address)


def test_points_come_once_a_day_below_the_cap_and_go_with_a_voided_try(
    client: FlaskClient, world: QuizWorld
) -> None:
    tries = [try_once(client, world), try_once(client, world)]
    while outbox.deliver_due():
        pass
    session = world.session
    session.rollback()
    assert session.scalars(select(DayBonus.points)).all() == [PLAN.points]
    assert session.scalars(select(PracticeDay.points)).all() == [PLAN.points]
    organise(client, world)
    for try_id in tries:
        client.post(f"/quizzes/desk/tries/{try_id}/void", data={"reason": "代答"})
    while outbox.deliver_due():
        pass
    session.rollback()
    assert session.scalars(select(DayBonus.points)).all() == [0]
    assert session.scalars(select(PracticeDay.points)).all() == [0]


def organise(client: FlaskClient, world: QuizWorld) -> None:
    assert world.organiser.person_id is not None
    world.session.rollback()
    sign_in(client, world.organiser.person_id)


def fields(world: QuizWorld, **changes: Any) -> dict[str, Any]:
    plan = open_now()
    return {
        "title": "夏季安康杯",
        "about": "",
        "organisation_id": world.unit.id,
        "blueprint_id": world.blueprint_id,
        "opens_on": plan.opens_on.isoformat(),
        "closes_on": plan.closes_on.isoformat(),
        "minutes": 10,
        "tries": 3,
        "counting": "day_bests",
        "points": 0,
        "points_for": "try",
        "names": "none",
    } | changes


def test_an_organiser_drafts_changes_publishes_and_closes(
    client: FlaskClient, world: QuizWorld
) -> None:
    organise(client, world)
    assert "四题" in text_of(client, "/quizzes/desk/new")
    made = client.post("/quizzes/desk/new", data=fields(world))
    quiz_id = int(made.location.split("/")[-2])
    page = f"/quizzes/desk/{quiz_id}/"
    assert "草稿" in text_of(client, page)
    assert "夏季安康杯" in text_of(client, f"/quizzes/desk/{quiz_id}/edit")
    client.post(f"/quizzes/desk/{quiz_id}/edit", data=fields(world, title="秋季安康杯"))
    client.post(f"/quizzes/desk/{quiz_id}/publish")
    assert "进行中" in text_of(client, page)
    assert client.get(f"/quizzes/desk/{quiz_id}/edit").status_code == 302
    told = client.post(f"/quizzes/desk/{quiz_id}/close", data={}, follow_redirects=True)
    assert "请简要说明原因" in unescape(told.text)
    client.post(f"/quizzes/desk/{quiz_id}/close", data={"reason": "停电"})
    assert "已结束" in text_of(client, page)
    assert "秋季安康杯" in text_of(client, "/quizzes/desk/")
    world.session.rollback()
    actions = world.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.like("exam.%quiz"))
    ).all()
    assert {"exam.draft_quiz", "exam.publish_quiz", "exam.close_quiz"} <= set(actions)


def test_what_makes_no_sense_is_told_in_chinese(client: FlaskClient, world: QuizWorld) -> None:
    organise(client, world)
    past = {"opens_on": "2020-01-01", "closes_on": "2020-01-02"}
    page = client.post("/quizzes/desk/new", data=fields(world, **past))
    assert "最后一天不能已过去" in unescape(page.text)
    reserved = client.post("/quizzes/desk/new", data=fields(world, reserved_only="y"))
    assert reserved.status_code == 200
    assert world.session.query(MassQuiz).count() == 1


def test_a_draft_is_discarded(client: FlaskClient, world: QuizWorld) -> None:
    organise(client, world)
    made = client.post("/quizzes/desk/new", data=fields(world))
    quiz_id = int(made.location.split("/")[-2])
    assert client.post(f"/quizzes/desk/{quiz_id}/discard").status_code == 302
    assert client.get(f"/quizzes/desk/{quiz_id}/").status_code == 404


def test_an_organiser_voids_and_restores_a_try_with_a_reason(
    client: FlaskClient, world: QuizWorld
) -> None:
    try_id = try_once(client, world)
    own = f"/quizzes/tries/{try_id}"
    organise(client, world)
    page = f"/quizzes/desk/{world.quiz_id}/people/{world.worker.id}"
    assert "计入成绩" in text_of(client, page)
    told = client.post(f"/quizzes/desk/tries/{try_id}/void", data={}, follow_redirects=True)
    assert "请简要说明原因" in unescape(told.text)
    data = {"reason": "有人代答", "give_back": "y"}
    client.post(f"/quizzes/desk/tries/{try_id}/void", data=data)
    assert "有人代答" in text_of(client, page)
    sign_in(client, world.worker)
    assert "有人代答" in text_of(client, own)
    organise(client, world)
    client.post(f"/quizzes/desk/tries/{try_id}/restore", data={"reason": "查清了"})
    assert "计入成绩" in text_of(client, page)


def test_a_team_leader_sees_who_has_not_taken_part_and_no_more(
    client: FlaskClient, world: QuizWorld
) -> None:
    world.colleague("高远山")
    try_once(client, world)
    chief = leader(world, Role.TEAM_LEADER, world.team)
    sign_in(client, chief)
    desk = f"/quizzes/desk/{world.quiz_id}"
    assert "安康杯" in text_of(client, "/quizzes/desk/")
    missing = text_of(client, f"{desk}/missing")
    assert "共 3 人，已参加 1 人" in missing
    assert "高远山" in missing
    assert "一班" in text_of(client, f"{desk}/people")
    assert client.get(f"{desk}/missing?organisation={world.unit.id}").status_code == 404
    assert client.get(f"{desk}/people/{world.worker.id}").status_code == 403
    assert client.post(f"{desk}/close", data={"reason": "停"}).status_code == 403
    assert client.get("/quizzes/desk/new").status_code == 403
    sheet = client.post(f"{desk}/missing/export")
    book = openpyxl.load_workbook(BytesIO(sheet.data))
    names = [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)]
    assert names == ["高远山", "顾长河"]


def test_a_leader_of_other_people_does_not_find_the_quiz(
    client: FlaskClient, world: QuizWorld
) -> None:
    world.session.rollback()
    elsewhere = make_organisation(world.session, "别处")
    stranger = make_person(
        world.session, "外人", organisation=elsewhere, roles=[(Role.ORGANISER, elsewhere)]
    )
    sign_in(client, stranger)
    desk = f"/quizzes/desk/{world.quiz_id}"
    for path in ("/", "/people", "/missing", "/edit", f"/people/{world.worker.id}"):
        assert client.get(desk + path).status_code in (403, 404), path
    for path in ("/publish", "/discard", "/missing/export", "/people/export", "/places/export"):
        assert client.post(desk + path).status_code in (403, 404), path


def test_boards_of_places_and_people_are_paged_and_exported(
    client: FlaskClient, world: QuizWorld
) -> None:
    try_once(client, world, right=3)
    for kind in ("unit", "team"):
        for by in ("share", "average", "total", "nonsense"):
            page = text_of(client, f"/quizzes/{world.quiz_id}/places?kind={kind}&by={by}")
            assert "参与率" in page
    assert client.get(f"/quizzes/{world.quiz_id}/places?kind=nonsense").status_code == 404
    world.take_up(utc_now())
    organise(client, world)
    desk = f"/quizzes/desk/{world.quiz_id}"
    assert "机械厂" in text_of(client, f"{desk}/")
    assert "一班" in text_of(client, f"{desk}/?kind=team&by=total")
    sheet = client.post(f"{desk}/people/export?organisation={world.union.id}")
    rows = list(
        openpyxl.load_workbook(BytesIO(sheet.data)).active.iter_rows(min_row=2, values_only=True)
    )
    assert rows[0][:4] == (1, "程立新", "一班", 15)
    places = client.post(f"{desk}/places/export?kind=unit")
    line = next(
        openpyxl.load_workbook(BytesIO(places.data)).active.iter_rows(min_row=2, values_only=True)
    )
    assert line[:4] == (1, "机械厂", 1, 1)


def test_an_organiser_reads_names_of_participants_only(
    client: FlaskClient, world: QuizWorld
) -> None:
    world.session.rollback()
    elsewhere = make_organisation(world.session, "别处")
    stranger = make_person(world.session, "欧阳外人", organisation=elsewhere)
    try_once(client, world)
    organise(client, world)
    desk = f"/quizzes/desk/{world.quiz_id}/people"
    assert "程立新" in text_of(client, f"{desk}/{world.worker.id}")
    refused = client.get(f"{desk}/{stranger.id}")
    assert refused.status_code == 404
    assert "欧阳外人" not in refused.text


def test_who_moved_away_and_stands_on_no_board_still_finds_the_own_tries(
    client: FlaskClient, world: QuizWorld
) -> None:
    try_once(client, world)
    world.session.rollback()
    elsewhere = make_organisation(world.session, "别处")
    world.session.execute(
        update(Membership)
        .where(Membership.person_id == world.worker.id)
        .values(organisation_id=elsewhere.id)
    )
    world.session.execute(insert(BoardRefusal).values(person_id=world.worker.id, since=utc_now()))
    world.session.commit()
    assert "我的答题记录" in text_of(client, f"/quizzes/{world.quiz_id}")
