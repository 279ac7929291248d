"""The page of a bank's grants: what is refused stands in its form again."""

from flask.testing import FlaskClient
from tests.web.banks.conftest import World


def test_a_refused_grant_keeps_what_was_typed(trainer: FlaskClient, world: World) -> None:
    address = f"/banks/{world.bank_id}/grants"
    assert "Shared with nobody yet" in trainer.get(address).text
    sent = {"organisation": "没有这个单位", "right": "draw", "valid_to": ""}
    answer = trainer.post(address, data=sent)
    assert answer.status_code == 400
    assert 'value="没有这个单位"' in answer.text
    assert '<option value="draw" selected>' in answer.text
    assert "Enter its code" in answer.text
