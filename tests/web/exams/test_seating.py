"""Rooms, seats, tickets and the door over HTTP: each page, and refusals in the reader's words."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.people_factory import make_person, sign_in
from tests.photo_bytes import jpeg
from tests.seating_factory import SeatingWorld, make_seating

from lianbing.exams.seating import deal_jobs, tasks
from lianbing.exams.seating.rules import CheckInRule
from lianbing.exams.use_cases import cancel_exam
from lianbing.infra.database import transaction

SOON = timedelta(minutes=20)


@pytest.fixture
def world(session: Session) -> SeatingWorld:
    """The first batch opens in twenty minutes: the doors are open."""
    return make_seating(session, opens_in=SOON)


@pytest.fixture
def organiser(app: Flask, world: SeatingWorld) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.exam.organiser_id)
    return client


def base(world: SeatingWorld) -> str:
    return f"/exams/seating/{world.id}"


def room(world: SeatingWorld, number: int = 0, batch: int = 0) -> str:
    return f"{base(world)}/rooms/{world.rooms[number]}/{world.batches[batch]}"


def follow(client: FlaskClient, path: str, **fields: object) -> str:
    return client.post(path, data=fields, follow_redirects=True).text


def test_a_plan_is_made_dealt_and_published_on_its_page(app: Flask, session: Session) -> None:
    world = make_seating(session, dealt=False, seats=(), batches=0)
    organiser = app.test_client()
    sign_in(organiser, world.exam.organiser_id)
    page = f"{base(world)}/"
    assert "还没有考场" in organiser.get(page).text
    fields = {"name": "一号考场", "place": "教学楼 101", "seats": "8"}
    follow(organiser, page + "rooms", **fields, organisation_id=str(world.exam.unit_id))
    refused = organiser.post(page + "rooms", data={**fields, "organisation_id": world.exam.unit_id})
    assert refused.status_code == 400
    assert "已有同名考场" in refused.text
    begins = world.opens_at.astimezone().strftime("%Y-%m-%dT00:00")
    assert "场次须在考试时间之内" in follow(
        organiser, page + "batches", opens_at=begins, minutes="10"
    )
    assert "已编排 6 个座位" in follow(organiser, page + "deal")
    assert "考生可以看到准考证" in follow(organiser, page + "publish")
    assert "座位编排已公布" in follow(organiser, page + "deal")
    assert "已撤回" in follow(organiser, page + "withdraw")
    assert "已移除" in follow(organiser, page + f"rooms/{world_room(organiser, page)}/remove")


def world_room(client: FlaskClient, page: str) -> int:
    found = re.search(r'id="room-(\d+)"', client.get(page).text)
    assert found is not None
    return int(found[1])


def test_too_few_seats_are_said_with_figures(app: Flask, session: Session) -> None:
    world = make_seating(session, dealt=False, seats=(2,), batches=1)
    organiser = app.test_client()
    sign_in(organiser, world.exam.organiser_id)
    assert "有 6 名考生需要座位，各场次合计只有 2 个" in follow(organiser, f"{base(world)}/deal")


def test_seats_are_listed_found_moved_and_swapped(
    organiser: FlaskClient, session: Session, world: SeatingWorld
) -> None:
    one, other = world.seat(session, 0), world.seat(session, 1)
    listed = organiser.get(f"{base(world)}/seats?room={one.room_id}&batch={one.batch_id}").text
    assert "考生0" in listed
    found = organiser.get(f"{base(world)}/seats?q={one.spoken_number.replace(' ', '+')}").text
    assert "考生0" in found
    assert "考生1" not in found
    seat_page = f"{base(world)}/seats/{one.person_id}"
    assert one.spoken_number in organiser.get(seat_page).text
    taken = {"room_id": other.room_id, "batch_id": other.batch_id, "number": other.number}
    assert "该座位已有人" in follow(organiser, seat_page + "/move", **taken, reason="视力")
    free = {"room_id": world.rooms[0], "batch_id": world.batches[0], "number": 4}
    assert "已调整" in follow(organiser, seat_page + "/move", **free, reason="视力")
    wrong = follow(organiser, seat_page + "/swap", other="1234", swap_reason="同户")
    assert "没有与此准考证对应的座位" in wrong
    swapped = follow(organiser, seat_page + "/swap", other=other.ticket_number, swap_reason="同户")
    assert "两人座位已对调" in swapped


def test_many_seats_are_dealt_in_the_background_and_the_page_tells_how_far(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deal_jobs, "MOST_AT_ONCE", 5)
    world = make_seating(session, published=False, dealt=False)
    organiser = app.test_client()
    sign_in(organiser, world.exam.organiser_id)
    page = f"{base(world)}/"
    under_way = follow(organiser, page + "deal")
    assert "正在编排座位" in under_way
    assert f"{page}deal/state" in under_way
    assert "重新编排座位" not in under_way
    told = organiser.get(page + "deal/state").get_json()
    assert told == {"progress": 0, "under_way": True}
    assert "请待编排完成" in follow(organiser, page + "publish")
    tasks.deal_waiting()
    assert organiser.get(page + "deal/state").get_json()["under_way"] is False
    assert "重新编排座位" in organiser.get(page).text


def test_a_deal_that_came_to_nothing_says_why(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deal_jobs, "MOST_AT_ONCE", 5)
    world = make_seating(session, seats=(2,), published=False, dealt=False)
    organiser = app.test_client()
    sign_in(organiser, world.exam.organiser_id)
    follow(organiser, f"{base(world)}/deal")
    tasks.deal_waiting()
    shown = organiser.get(f"{base(world)}/").text
    assert "有 6 名考生需要座位" in shown


def test_a_candidate_sees_seat_and_ticket_and_stores_a_photo(
    client: FlaskClient, session: Session, world: SeatingWorld
) -> None:
    seat = world.seat(session, 0)
    sign_in(client, world.exam.candidates[0])
    assert "您的座位" in client.get(f"/exams/{world.id}/").text
    ticket = client.get(f"/exams/{world.id}/ticket").text
    assert seat.spoken_number in ticket
    assert "data:image/svg+xml" in ticket
    sent = {"photo": (BytesIO(jpeg()), "me.jpg")}
    stored = client.post(f"/exams/{world.id}/ticket/photo", data=sent, follow_redirects=True)
    assert "照片已保存" in stored.text
    photo = client.get(f"{base(world)}/photo/{seat.person_id}")
    assert photo.mimetype == "image/jpeg"
    assert photo.headers["Cache-Control"] == "private, no-cache"
    bad = {"photo": (BytesIO(b"GIF89a"), "me.gif")}
    refused = client.post(f"/exams/{world.id}/ticket/photo", data=bad, follow_redirects=True)
    assert "须为 JPEG 或 PNG 图片" in refused.text
    stranger = client.application.test_client()
    sign_in(stranger, world.exam.candidates[1])
    assert stranger.get(f"{base(world)}/photo/{seat.person_id}").status_code == 403


def test_the_ticket_of_a_cancelled_exam_says_so(app: Flask, world: SeatingWorld) -> None:
    client = app.test_client()
    sign_in(client, world.exam.candidates[0])
    path, void = f"/exams/{world.id}/ticket", "本证无效：考试已取消"
    assert void not in client.get(path).text
    with transaction() as session:
        cancel_exam(session, world.exam.organiser, world.id, reason="停电", now=world.at(-60))
    shown = client.get(path).text
    assert void in shown
    assert "停电" in shown
    assert f"{path}/photo" not in shown
    assert "停电" in client.get(f"/exams/{world.id}/").text


def test_no_ticket_is_shown_before_the_plan_is_published(
    client: FlaskClient, session: Session
) -> None:
    world = make_seating(session, published=False)
    sign_in(client, world.exam.candidates[0])
    assert client.get(f"/exams/{world.id}/ticket").status_code == 409
    assert "您的座位" not in client.get(f"/exams/{world.id}/").text


def test_the_qr_leads_staff_to_the_door_and_the_candidate_to_the_ticket(
    app: Flask, organiser: FlaskClient, client: FlaskClient, session: Session, world: SeatingWorld
) -> None:
    from_qr = scanned_path(app, world.seat(session, 0).candidate_id)
    sign_in(client, world.exam.candidates[0])
    assert client.get(from_qr).location == f"/exams/{world.id}/ticket"
    page = organiser.get(from_qr, follow_redirects=True).text
    assert "考生0" in page
    assert "尚无照片" in page
    assert organiser.get(from_qr[:-2] + "xx").status_code == 404
    sign_in(client, world.exam.candidates[1])
    assert client.get(from_qr, follow_redirects=True).status_code == 403


def scanned_path(app: Flask, candidate_id: int) -> str:
    from lianbing.exams.seating.sheet_views import ticket_address  # noqa: PLC0415

    with app.test_request_context():
        return ticket_address(candidate_id).partition("localhost")[2]


def test_a_named_invigilator_sees_one_room_and_checks_in(
    client: FlaskClient, organiser: FlaskClient, session: Session, world: SeatingWorld
) -> None:
    guard = make_person(session, "孙监考", organisation=world.exam.team_id)
    sign_in(client, guard)
    assert client.get(room(world)).status_code == 403
    who = follow(organiser, f"{base(world)}/rooms/{world.rooms[0]}/invigilators", who="孙监考")
    assert "孙监考" in who
    assert "第1考场" in client.get("/exams/").text
    shown = client.get(room(world)).text
    assert "应到" in shown
    assert client.get(room(world, 1)).status_code == 403
    here = world.seats(session, room_id=world.rooms[0], batch_id=world.batches[0])[0]
    back = {"room_id": world.rooms[0], "batch_id": world.batches[0]}
    door = f"{base(world)}/door/{here.candidate_id}"
    assert "已签到" in follow(client, door + "/check-in", **back)
    assert "该考生已经签到" in follow(client, door + "/check-in", **back)
    assert "签到已撤销" in follow(client, door + "/undo")
    elsewhere = world.seats(session, room_id=world.rooms[1])[0]
    other_door = f"{base(world)}/door/{elsewhere.candidate_id}"
    told = client.get(other_door).text
    assert "考场不对" in told
    assert "证件" not in told
    assert "考场不对" in follow(client, other_door + "/check-in")
    found = client.get(room(world) + f"?q={elsewhere.spoken_number}").text
    assert "第2考场" in found


def test_entering_without_check_in_is_refused_in_words(
    client: FlaskClient, session: Session
) -> None:
    world = make_seating(
        session,
        opens_in=timedelta(minutes=-5),
        batches=1,
        check_in=CheckInRule.REQUIRED,
    )
    sign_in(client, world.exam.candidates[0])
    refused = client.post(f"/exams/{world.id}/enter")
    assert refused.status_code == 409
    assert "请先到监考员处签到" in refused.text


def test_absences_wait_for_the_end_of_the_batch(
    organiser: FlaskClient, world: SeatingWorld
) -> None:
    refused = organiser.post(room(world) + "/absent")
    assert refused.status_code == 409
    assert "本场次入场尚未截止" in refused.text
    assert organiser.post(room(world) + "/absent/undo").status_code == 409


def test_the_sheet_takes_entries_and_says_what_is_wrong(
    organiser: FlaskClient, world: SeatingWorld
) -> None:
    sheet = room(world) + "/sheet"
    assert "没有记录" in organiser.get(sheet).text
    entry = {"happened_at": "2026-01-01T09:00", "kind": "device", "words": "一台电脑死机"}
    page = follow(organiser, sheet, **entry, measure="更换")
    assert "一台电脑死机" in page
    assert "该座位没有人" in follow(organiser, sheet, **entry, seat="99")
    assert organiser.post(sheet + "/sign").status_code == 409


@pytest.mark.parametrize("kind", ["tickets", "stickers", "door-list", "roster"])
def test_everything_of_a_room_prints(
    organiser: FlaskClient, session: Session, world: SeatingWorld, kind: str
) -> None:
    seats = world.seats(session, room_id=world.rooms[0], batch_id=world.batches[0])
    page = organiser.get(f"{room(world)}/print/{kind}")
    assert page.status_code == 200
    shown = [s.ticket_number[-6:] if kind == "door-list" else s.spoken_number for s in seats]
    assert all(number in page.text for number in shown)
    assert organiser.get(f"{room(world)}/print/nothing").status_code == 404


def test_the_check_in_rule_is_set_on_the_plan(
    organiser: FlaskClient, session: Session, world: SeatingWorld
) -> None:
    follow(
        organiser,
        f"{base(world)}/settings",
        check_in=CheckInRule.REQUIRED.value,
        ticket_rules="带安全帽",
    )
    assert "带安全帽" in organiser.get(f"{base(world)}/").text


def test_the_live_screen_shows_seats_and_filters_by_room(
    organiser: FlaskClient, session: Session, world: SeatingWorld
) -> None:
    here = world.seats(session, room_id=world.rooms[0], batch_id=world.batches[0])
    where = f"room={world.rooms[0]}&batch={world.batches[0]}"
    page = organiser.get(f"/exams/invigilation/{world.id}?{where}").text
    assert f"第1考场 · {here[0].number}" in page
    assert page.count('id="candidate-') == len(here)
    rows = organiser.get(f"/exams/invigilation/{world.id}/rows?{where}").get_json()
    assert rows["total"] == len(here) == rows["counts"]["all"]
    assert "第1考场" in next(iter(rows["rows"].values()))


def test_a_make_up_exam_is_made_on_its_page(app: Flask, session: Session) -> None:
    world = make_seating(session, opens_in=timedelta(minutes=-40), batches=1)
    organiser = app.test_client()
    sign_in(organiser, world.exam.organiser_id)
    page = f"{base(world)}/make-up"
    assert "没有需要补考的人" in organiser.get(page).text
    for number in range(2):
        follow(organiser, room(world, number) + "/absent")
    assert "缺考" in organiser.get(f"/exams/manage/{world.id}").text
    assert "考生3" in organiser.get(page).text
    fields = {
        "title": "补考一",
        "opens_at": "2030-01-01T09:00",
        "closes_at": "2030-01-01T11:00",
        "paper_id": "0",
        "reason": "缺考",
    }
    refused = follow(organiser, page, **fields)
    assert "请至少选择一名" in refused
    made = follow(organiser, page, **fields, everybody="y")
    assert "补考一" in made
    assert "电工理论考试" in made


def test_the_entry_is_prolonged_on_the_plan(organiser: FlaskClient, world: SeatingWorld) -> None:
    path = f"{base(world)}/batches/{world.batches[0]}/prolong"
    assert "入场延长至" in follow(organiser, path, minutes="10", reason="停电")
    assert "场次须在考试时间之内" in follow(organiser, path, minutes="500", reason="停电")
    assert "请填写分钟数和理由" in follow(organiser, path, minutes="10")
