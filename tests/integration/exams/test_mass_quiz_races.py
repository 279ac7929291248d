"""Quizzes at one instant: two starts, two hand-ins, a start against a closing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.conftest import empty
from tests.locks import wait_until_blocked
from tests.quiz_factory import QuizWorld, at, make_quiz_world

from lianbing.exams.mass_quiz import trying, use_cases
from lianbing.exams.mass_quiz.errors import (
    QuizNotOpen,
)
from lianbing.exams.mass_quiz.models import MassQuizTry
from lianbing.exams.rules import AttemptState
from lianbing.infra.database import db, transaction


@pytest.fixture
def world(session: Session) -> QuizWorld:
    return make_quiz_world(session)


def test_two_starts_at_one_instant_make_one_try(app: Flask, world: QuizWorld) -> None:
    actor, quiz_id, hands = world.actor, world.quiz_id, 6
    world.session.rollback()
    barrier = threading.Barrier(hands)

    def start(seed: int) -> int:
        with app.app_context():
            try:
                barrier.wait()
                with transaction() as session:
                    return trying.begin_try(session, actor, quiz_id, seed=seed, now=at(9))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(hands) as pool:
        found = set(pool.map(start, range(hands)))
    assert len(found) == 1
    assert world.session.query(MassQuizTry).count() == 1


def test_two_hand_ins_at_one_instant_mark_once(app: Flask, world: QuizWorld) -> None:
    try_id = world.begin(at(9))
    seat, entries, hands = world.seat(try_id), world.right(try_id), 4
    world.session.rollback()
    barrier = threading.Barrier(hands)

    def end(_hand: int) -> AttemptState:
        with app.app_context():
            try:
                barrier.wait()
                with transaction() as session:
                    return trying.end_try(session, seat, entries, now=at(9, 1)).state
            finally:
                db.session.remove()

    with ThreadPoolExecutor(hands) as pool:
        states = set(pool.map(end, range(hands)))
    assert states == {AttemptState.HANDED_IN}
    standing = world.standing()
    assert (standing.tries, standing.marks, standing.revision) == (1, 20, 1)


def test_a_start_waits_for_a_closing_in_flight_and_is_refused(
    production_app: Flask,
) -> None:
    with production_app.app_context():
        try:
            _start_during_closing(production_app, make_quiz_world(db.session()))
        finally:
            db.session.remove()
            empty(production_app)


def _start_during_closing(app: Flask, world: QuizWorld) -> None:
    worker, quiz_id = world.actor, world.quiz_id
    world.session.rollback()

    def start() -> int:
        with app.app_context():
            try:
                with transaction() as session:
                    return trying.begin_try(session, worker, quiz_id, seed=1, now=at(9))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            use_cases.close_quiz(session, world.organiser, quiz_id, reason="停", now=at(9))
            session.flush()
            started = pool.submit(start)
            wait_until_blocked()
        with pytest.raises(QuizNotOpen):
            started.result()
    assert world.session.scalar(select(func.count()).select_from(MassQuizTry)) == 0
