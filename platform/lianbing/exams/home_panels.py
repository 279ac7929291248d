"""Exams on the home page: what comes next for a candidate, what waits for an organiser."""

from flask import render_template
from markupsafe import Markup

from lianbing.exams.agenda import find_next_exam, list_exam_tasks
from lianbing.infra.database import db
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now


def next_exam(actor: Actor) -> Markup | str:
    """Home's "what next": the exam to sit, with its countdown."""
    if actor.person_id is None:
        return ""
    row = find_next_exam(db.session(), actor.person_id, now=utc_now())
    if row is None:
        return ""
    return Markup(render_template("exams/_next_panel.html", row=row))  # noqa: S704 - own template


def organiser_tasks(actor: Actor) -> Markup | str:
    """Home's tasks: exams that run, come, or wait for their result list."""
    tasks = list_exam_tasks(db.session(), actor, now=utc_now())
    if not tasks:
        return ""
    return Markup(render_template("exams/_tasks_panel.html", tasks=tasks))  # noqa: S704 - own template
