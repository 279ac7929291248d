"""The reading list in the browser: decide of a page, be told what is missing, lose nothing."""

from flask.testing import FlaskClient
from tests.web.banks.conftest import World
from tests.web.banks.test_review_pages import edited, second
from tests.web.banks.typed import CHOICE

__all__ = ["second"]

CODES = ("A01-si00", "A01-si10", "A02-si00")


def sent(trainer: FlaskClient, world: World, *codes: str) -> list[int]:
    ids = [world.ids[code] for code in codes]
    for question_id in ids:
        edited(trainer, question_id, f"第 {question_id} 题改过的题干")
        trainer.post(f"/banks/review/{question_id}/submit", data={"reviewer": ""})
    return ids


def form(*decided: tuple[int, str, str]) -> dict[str, object]:
    data: dict[str, object] = {"seen": [f"{id_}:2" for id_, _verdict, _reason in decided]}
    for id_, verdict, reason in decided:
        data |= {f"verdict-{id_}": verdict, f"reason-{id_}": reason}
    return data


def test_a_page_is_decided_of_in_one_go_and_taken_back(
    trainer: FlaskClient, second: FlaskClient, world: World
) -> None:
    one, two, three = sent(trainer, world, *CODES)
    page = second.get("/banks/review/read").text
    assert all(f"第 {id_} 题改过的题干" in page for id_ in (one, two, three))
    answer = second.post(
        "/banks/review/read",
        data=form((one, "approve", ""), (two, "reject", "限值写错了"), (three, "", "")),
        follow_redirects=True,
    ).text
    assert "1 approved" in answer
    assert "1 sent back" in answer
    assert f"第 {three} 题改过的题干" in answer
    assert f"第 {one} 题改过的题干" not in answer
    assert "限值写错了" in trainer.get(f"/banks/questions/{two}").text
    number = answer.split("/banks/review/rounds/")[1].split("/")[0]
    back = second.post(f"/banks/review/rounds/{number}/undo", follow_redirects=True).text
    assert all(f"第 {id_} 题改过的题干" in back for id_ in (one, two, three))


def test_a_missing_reason_is_asked_for_and_nothing_typed_is_lost(
    trainer: FlaskClient, second: FlaskClient, world: World
) -> None:
    one, two, three = sent(trainer, world, *CODES)
    decided = form((one, "approve", ""), (two, "reject", " "), (three, "reject", "出处太旧"))
    answer = second.post("/banks/review/read", data=decided)
    assert answer.status_code == 409
    assert f'name="verdict-{one}" value="approve" checked' in answer.text
    assert "出处太旧" in answer.text
    assert f'id="told-{two}"' in answer.text
    assert f'id="told-{three}"' not in answer.text
    assert second.post("/banks/review/read", data={"seen": "x:y"}).status_code == 400


def test_what_was_changed_meanwhile_is_told_and_the_rest_stays_chosen(
    trainer: FlaskClient, second: FlaskClient, world: World
) -> None:
    one, two = sent(trainer, world, *CODES[:2])
    decided = form((one, "approve", ""), (two, "approve", ""))
    changed = {**CHOICE, "stem": "又改了一次", "base_number": "2"}
    trainer.post(f"/banks/questions/{one}/edit", data=changed)
    answer = second.post("/banks/review/read", data=decided)
    assert answer.status_code == 409
    assert f"{CODES[0]}</span> It was edited" in answer.text
    assert f'name="verdict-{two}" value="approve" checked' in answer.text
    trainer.post(f"/banks/review/{one}/submit", data={"reviewer": ""})
    again = second.post("/banks/review/read", data=decided).text
    assert "又改了一次" in again
    assert f'name="verdict-{one}" value="approve" checked' not in again
    assert f'name="verdict-{two}" value="approve" checked' in again


def test_exam_only_content_stands_there_only_behind_its_door(
    trainer: FlaskClient, second: FlaskClient, world: World
) -> None:
    secret = world.ids["X1"]
    changed = {**CHOICE, "stem": "绝密的题干", "use": "exam", "base_number": "1"}
    assert trainer.post(f"/banks/questions/{secret}/edit", data=changed).status_code == 302
    trainer.post(f"/banks/review/{secret}/submit", data={"reviewer": ""})
    assert "绝密的题干" not in second.get("/banks/review/read").text
    second.post(f"/banks/secrecy/{world.bank_id}", data={"pledge": "1", "purpose": "审题"})
    assert "绝密的题干" in second.get("/banks/review/read").text
    views = trainer.get(f"/banks/secrecy/{world.bank_id}/views").text
    assert "孙某" in views
