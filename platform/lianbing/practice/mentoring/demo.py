"""The demo's pair: the team leader mentors the worker, both have signed. Invented throughout."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.people.demo import DemoPeople
from lianbing.people.queries import load_actor
from lianbing.practice.mentoring.models import MentoringPair
from lianbing.practice.mentoring.queries import bank_of, get_pair
from lianbing.practice.mentoring.use_cases import (
    Pact,
    leave_note,
    propose_pair,
    set_drill,
    sign_pact,
)
from lianbing.subjects.queries import scope_tree

MENTOR, APPRENTICE = "13800000002", "13800000001"
PACT = (
    "师傅每周抽半天带徒弟做一次电气测量和接地检查，讲清每一步为什么这样做；"
    "徒弟每天练十题，把不懂的记下来，周五一起过一遍。目标：年底前通过四级理论考试。"
)
NOTE = "先把接地型式认清楚，周五带上摇表，我们到二号配电室看实物。"
SIGNED_BEFORE = timedelta(days=20)


def load_demo(session: Session, *, people: DemoPeople, now: datetime) -> None:
    """Load the pair with a drill and a note where it is missing."""
    mentor, apprentice = people.persons[MENTOR], people.persons[APPRENTICE]
    known = select(MentoringPair.id).where(
        MentoringPair.mentor_id == mentor, MentoringPair.apprentice_id == apprentice
    )
    if session.scalar(known) is not None:
        return
    then = now - SIGNED_BEFORE
    today = local_date(then)
    pact = Pact(as_mentor=True, text=PACT, starts_on=today, ends_on=today + timedelta(days=180))
    teacher, learner = load_actor(session, mentor), load_actor(session, apprentice)
    pair_id = propose_pair(session, teacher, apprentice, pact, now=then)
    sign_pact(session, learner, pair_id, now=then)
    bank = bank_of(session, get_pair(session, teacher, pair_id, now=now))
    if bank is not None:
        scopes = scope_tree(session, bank.subject_id, outline_id=bank.outline_id)
        set_drill(
            session,
            teacher,
            pair_id,
            scope_id=(scopes[3] if len(scopes) > 3 else scopes[-1]).id,
            point_id=None,
            wanted=20,
            due_on=local_date(now) + timedelta(days=5),
            now=now,
        )
    leave_note(session, teacher, pair_id, NOTE, now=now)
