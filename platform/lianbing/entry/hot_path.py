"""Putting the hot path together: token signers, the writers of this process, routes."""

from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from lianbing.entry.counting import Store, count_saves
from lianbing.exams import hot_hand_in, hot_paper, hot_save, hot_shell, hot_start
from lianbing.exams.attempt_tokens import SeatTokens, Tickets
from lianbing.exams.hot import HotPath, Route
from lianbing.exams.hot_hand_in import Click, Clicked
from lianbing.exams.journal import Journal, Save, Saved
from lianbing.exams.seb.gate import SebGate
from lianbing.exams.shells import Shells
from lianbing.exams.sitting import hand_in_many
from lianbing.exams.starting import Entrance, Started, start_many
from lianbing.infra.database import db, transaction
from lianbing.infra.group_commit import GroupCommitWriter
from lianbing.infra.settings import Settings
from lianbing.kernel.errors import DomainError
from lianbing.practice.answering import hot_answer
from lianbing.practice.answering import use_cases as drilling
from lianbing.practice.answering.tokens import DrillTokens
from lianbing.practice.answering.use_cases import Told
from lianbing.web.layout import mark_of

LINGER_SECONDS = 0.006
"""How long a small batch waits for company: fewer commits, for 6 ms of nobody's time."""
PACE_SECONDS = 0.25
"""How far apart batches of starts and of hand-ins begin while they are few: a batch is dear, a
candidate in it is not, and nobody loses a quarter of a second of the exam by it."""
DRILL_PACE_SECONDS = 0.2
DRILL_COMPANY = 32
"""Answers in drills: a batch is dear here too, and no clock runs while one waits (ADR 0092)."""
PACED_COMPANY = 40
"""So many do not wait for the pace: each holds a thread of the server, which saves need too."""

PAGES = 12
"""Pages a process computes at once. Three less than it has connections, so that the writers of
starts, hand-ins and drills find one however many pages are asked for."""


def init_exams(app: Flask, settings: Settings) -> None:
    """Give the exam path its token signers, the one writer a kind of this process, its routes."""
    seats = app.extensions["lianbing_seats"] = SeatTokens(settings.secret_key)
    shells = app.extensions["lianbing_shells"] = Shells()
    tickets = app.extensions["lianbing_tickets"] = Tickets(settings.secret_key)
    with app.app_context():
        engine = db.engine
    gate = SebGate(engine, public_url=settings.public_url)
    app.extensions["lianbing_seb_gate"] = gate
    saves, hand_ins, starts = _writers(app, engine)
    save = hot_save.SaveRoute(engine=engine, seats=seats, submit=saves.submit, admit=gate)
    start = hot_start.StartRoute(
        engine=engine,
        tickets=tickets,
        seats=seats,
        submit=starts.submit,
        admit=gate,
        secure=settings.secure_cookies,
    )
    shell = hot_shell.ShellRoute(
        tickets=tickets,
        shells=shells,
        admit=gate,
        mark_of=lambda person_id: mark_of(person_id, settings.secret_key),
    )
    routes: dict[tuple[str, str], Route] = {
        ("POST", hot_save.PATH): save,
        ("POST", hot_hand_in.PATH): hot_hand_in.HandInRoute(saves=save, submit=hand_ins.submit),
        ("POST", hot_start.PATH): start,
        ("GET", hot_shell.PATH): shell,
        ("GET", hot_paper.COPY_PATH): hot_paper.CopyRoute(engine=engine),
        ("GET", hot_paper.PAPER_PATH): hot_paper.PaperRoute(engine=engine, seats=seats, admit=gate),
    }
    routes["POST", hot_answer.PATH] = _drill_route(app, settings)
    app.wsgi_app = HotPath(app.wsgi_app, routes, pages=PAGES)  # type: ignore[method-assign]


def _drill_route(app: Flask, settings: Settings) -> Route:
    """Answers in drills, with a writer of their own."""
    tokens = app.extensions["lianbing_drill_tokens"] = DrillTokens(settings.secret_key)
    writer = GroupCommitWriter[drilling.Click, list[Told] | DomainError](
        lambda clicks: _answer(app, clicks),
        hopeless=(OperationalError,),
        pace=DRILL_PACE_SECONDS,
        company=DRILL_COMPANY,
    )
    return hot_answer.AnswerRoute(tokens=tokens, submit=writer.submit)


def _answer(app: Flask, clicks: Sequence[drilling.Click]) -> Sequence[list[Told] | DomainError]:
    with app.app_context(), transaction() as session:
        return drilling.answer_many(session, clicks)


def _writers(
    app: Flask, engine: Engine
) -> tuple[
    GroupCommitWriter[Save, Saved],
    GroupCommitWriter[Click, Clicked],
    GroupCommitWriter[Entrance, Started | None],
]:
    """The writers of saves, hand-ins and starts; each is a thread, begun when first used."""
    metrics, away = app.extensions["lianbing_metrics"], (OperationalError,)
    paced: dict[str, Any] = {"pace": PACE_SECONDS, "company": PACED_COMPANY}
    store, store_last = (count_saves(metrics, _journal(engine).store) for _ in range(2))
    return (
        GroupCommitWriter(store, hopeless=away, linger=LINGER_SECONDS),
        GroupCommitWriter(lambda clicks: _hand_in(app, store_last, clicks), hopeless=away, **paced),
        GroupCommitWriter(lambda batch: _start(app, batch), hopeless=away, **paced),
    )


def _journal(engine: Engine) -> Journal:
    """A journal with a connection of its own, for one writer thread."""
    journal = Journal(engine)
    event.listen(engine, "engine_disposed", lambda _engine: journal.close())
    return journal


def _start(app: Flask, entrances: Sequence[Entrance]) -> Sequence[Started | None]:
    with app.app_context(), transaction() as session:
        return start_many(session, entrances)


def _hand_in(app: Flask, store: Store, clicks: Sequence[Click]) -> Sequence[Clicked]:
    """Store what all of a batch brought, then end their attempts: the journal first, as ever."""
    saved = store([click.save for click in clicks])
    with app.app_context(), transaction() as session:
        ended = hand_in_many(session, [click.hand_in for click in clicks])
    return [Clicked(saved=one, ended=end) for one, end in zip(saved, ended, strict=True)]
