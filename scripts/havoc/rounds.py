"""A round: one exam of its own under load, one fault, then closing, publishing and comparing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from time import monotonic, sleep

from proving.throwaway import CannotMeasure
from proving.world import add_exam, enrol_all, legal_answers, start_attempts, tokens_of
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from havoc.books import Findings, compare, open_attempts, undelivered
from havoc.candidates import Candidate, Crowd
from havoc.scene import Scene, wait_for
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.use_cases import publish_results
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId, PersonId

GRACE = timedelta(seconds=3)
WINDOW = timedelta(hours=2)
WARM_UP_SECONDS = 2.0
RECOVERY_SECONDS = 30.0
FLUSH_SECONDS = 40.0
CLOSING_SECONDS = 60.0
DELIVERY_SECONDS = 60.0
SERVED_SHARE = 0.9


@dataclass(kw_only=True)
class Outcome:
    """What a round found; ``recovered`` in seconds after the fault, None when it did not."""

    fault: str
    note: str = ""
    skipped: bool = False
    seconds: float = 0.0
    recovered: float | None = None
    retries: int = 0
    findings: Findings = field(default_factory=Findings)
    troubles: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing at all was found; a skipped round neither passed nor failed."""
        found = self.findings
        wrong = (found.lost, found.strange, found.marks, found.records, found.chains)
        return not self.skipped and not self.troubles and not any(wrong)


class Round:
    """One exam. A third hand in by a click, a third are closed during the fault, the rest after."""

    def __init__(self, scene: Scene, people: Sequence[PersonId], *, length: float) -> None:
        self.length = length
        self._scene = scene
        world = scene.world
        self.exam_id: ExamId = add_exam(
            world,
            opens_in=-timedelta(minutes=1),
            window=WINDOW,
            pass_mark=Decimal("0.5"),
            grace=GRACE,
        )
        enrol_all(self.exam_id, people)
        due = utc_now() + timedelta(minutes=60)
        seats = start_attempts(world, self.exam_id, people, due_at=due, grace=GRACE)
        tokens = tokens_of(world.app, seats)
        self.candidates = [
            Candidate(index=index, attempt_id=seat.attempt_id, token=token)
            for index, (seat, token) in enumerate(zip(seats, tokens, strict=True))
        ]
        answers = legal_answers(world.paper)
        self.crowd = Crowd(
            scene.product.port, self.candidates, answers, scene.weather, pace=1.0, threads=16
        )

    def acknowledged(self) -> dict[int, set[int]]:
        """What is acknowledged now, by candidate."""
        return {who.index: set(who.acknowledged) for who in self.candidates}

    def forget_all_but(self, known: dict[int, set[int]]) -> int:
        """Strike what a restored backup cannot hold from the books; return how much that is."""
        struck = 0
        for who in self.candidates:
            later = set(who.acknowledged) - known[who.index]
            struck += len(later)
            for seq in later:
                del who.acknowledged[seq]
        return struck

    def end_within(self, chosen: Callable[[int], bool], after: timedelta) -> None:
        """Let the time of some attempts run out."""
        due = utc_now() + after
        ids = [who.attempt_id for who in self.candidates if chosen(who.index)]
        with transaction() as session:
            session.execute(
                update(Attempt)
                .where(Attempt.id.in_(ids), Attempt.state == "open")
                .values(due_at=due, final_at=due + GRACE)
            )

    def publish(self) -> None:
        """Close the window, sign and publish, as the organiser would."""
        now = utc_now()
        with transaction() as session:
            closed = now - 2 * GRACE
            session.execute(update(Exam).where(Exam.id == self.exam_id).values(closes_at=closed))
        with transaction() as session:
            publish_results(session, SYSTEM, self.exam_id, now=now, sign=current_keyring().sign)


def play(
    scene: Scene,
    people: Sequence[PersonId],
    name: str,
    strike: Callable[[Scene, Round], str],
    *,
    length: float,
    while_closing: bool,
) -> Outcome:
    """Play one round; whatever goes wrong is told in the outcome."""
    began = monotonic()
    outcome = Outcome(fault=name)
    around = Round(scene, people, length=length)
    around.crowd.start()
    try:
        sleep(WARM_UP_SECONDS)
        if while_closing:
            around.crowd.answering = False
            sleep(1.0)
            around.end_within(lambda _index: True, timedelta(0))
            sleep(GRACE.total_seconds())
        else:
            around.end_within(lambda index: index % 3 == 1, timedelta(seconds=length / 2))
        outcome.note = strike(scene, around)
        _recover(around, outcome, while_closing=while_closing)
        _finish(scene, around, outcome)
    except (CannotMeasure, DBAPIError, OSError, RuntimeError) as error:
        outcome.troubles.append(f"{type(error).__name__}: {str(error)[:300]}")
    finally:
        scene.weather.clear()
        around.crowd.stop()
    outcome.retries = around.crowd.retries
    outcome.seconds = monotonic() - began
    return outcome


def _recover(around: Round, outcome: Outcome, *, while_closing: bool) -> None:
    """The next answer of nearly everybody who may still answer must be taken in bounded time."""
    if while_closing:
        outcome.recovered = 0.0
        return
    over = monotonic()
    may_answer = sum(who.index % 3 != 1 for who in around.candidates)
    wanted = int(SERVED_SHARE * may_answer)
    outcome.recovered = wait_for(
        lambda: around.crowd.served_since(over) >= wanted, RECOVERY_SECONDS
    )
    if outcome.recovered is None:
        served = around.crowd.served_since(over)
        outcome.troubles.append(
            f"{served} of {may_answer} were served again within {RECOVERY_SECONDS:.0f} s"
        )


def _finish(scene: Scene, around: Round, outcome: Outcome) -> None:
    db.session.remove()
    db.engine.dispose()  # its connections may be of a server that is gone
    around.crowd.answering = False
    for who in around.candidates:
        who.wants_hand_in = who.index % 3 == 0
    if wait_for(lambda: around.crowd.unsent() == 0, FLUSH_SECONDS) is None:
        outcome.troubles.append(f"{around.crowd.unsent()} entries were never answered for")
    around.crowd.stop()
    around.end_within(lambda _index: True, -GRACE)  # nobody sends any more: no grace to wait for
    _await(outcome, lambda s: open_attempts(s, around.exam_id), CLOSING_SECONDS, "not closed")
    around.publish()
    _await(outcome, undelivered, DELIVERY_SECONDS, "events not delivered")
    outcome.findings = compare(db.session(), around.exam_id, around.candidates)
    db.session.remove()


def _await(
    outcome: Outcome, count: Callable[[Session], int], seconds: float, otherwise: str
) -> None:
    def nothing_left() -> bool:
        with Session(db.engine) as session:
            return count(session) == 0

    if wait_for(nothing_left, seconds) is None:
        with Session(db.engine) as session:
            outcome.troubles.append(f"{count(session)} {otherwise} within {seconds:.0f} s")
