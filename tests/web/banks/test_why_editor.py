"""The editor takes why an option is wrong, shows it, and keeps it."""

from html import unescape

from flask.testing import FlaskClient
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE

REASON = "颜色不改变人体电阻。"


def test_a_reason_is_written_shown_and_edited(trainer: FlaskClient, world: World) -> None:
    new = f"/banks/{world.bank_id}/questions/new/single_choice"
    saved = trainer.post(new, data=CHOICE | {"why_b": REASON})
    assert saved.status_code == 302
    assert REASON in unescape(trainer.get(saved.location).text)
    form = unescape(trainer.get(f"{saved.location}/edit").text)
    assert f'value="{REASON}"' in form
    wrong = trainer.post(
        f"{saved.location}/edit", data=CHOICE | {"why_b": "选项A才对", "base_number": "1"}
    )
    assert wrong.status_code != 302
    assert "选项A才对" in wrong.text
