"""Mentoring in words."""

from flask_babel import lazy_gettext as _

from lianbing.practice.mentoring.rules import PairState

STATE_WORDS = {
    PairState.PROPOSED: (_("Waits for the second signature"), "wait"),
    PairState.DECLINED: (_("Declined or taken back"), "stop"),
    PairState.AGREED: (_("Agreed, not begun"), "plain"),
    PairState.IN_FORCE: (_("The pair is in force"), "good"),
    PairState.OVER: (_("Over"), "plain"),
}
"""Each state with the tone of its badge."""
