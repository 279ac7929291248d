"""Classes in words."""

from flask_babel import lazy_gettext as _

from lianbing.training.classes.rules import ClassForm, ExamOutcome, Presence

FORM_WORDS = {
    ClassForm.OFFLINE: _("On site"),
    ClassForm.ONLINE: _("Online"),
    ClassForm.MIXED: _("On site and online"),
}
PRESENCE_WORDS = {
    Presence.PRESENT: _("Attended"),
    Presence.ABSENT: _("Did not attend"),
    Presence.LEAVE: _("On leave"),
}
OUTCOME_WORDS = {
    ExamOutcome.NONE: _("No exam"),
    ExamOutcome.WAITING: _("Results not published"),
    ExamOutcome.MISSED: _("Not sat"),
    ExamOutcome.FAILED: _("Not passed"),
    ExamOutcome.PASSED: _("Passed"),
}
