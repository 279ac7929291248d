"""The marking rule that an organiser ticks when scheduling."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lianbing.exams.forms import ExamFields


@pytest.mark.parametrize("ticked", [(), ("blanks_whole", "pairs_whole", "steps_count")])
def test_what_is_ticked_says_what_counts_in_part(ticked: tuple[str, ...]) -> None:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="x" * 32, WTF_CSRF_ENABLED=False)
    typed = {
        "multiple": "exact",
        "partial_share": "0.5",
        "per_option": "0.5",
        **dict.fromkeys(ticked, "y"),
    }
    with app.test_request_context():
        rule = ExamFields(formdata=MultiDict(typed)).marking()
    assert (rule.each_blank, rule.each_pair, rule.each_step) == (
        not ticked,
        not ticked,
        bool(ticked),
    )
