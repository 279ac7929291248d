"""Leave the boards or come back, and write the rules of points of an organisation."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz.taking_up import take_up_anew
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.models import BoardEntry, BoardTable
from lianbing.leaderboards.rules import MAY_BE_LEFT
from lianbing.people.authority import require_reach
from lianbing.practice.queries import identities_of
from lianbing.practice.recording import lock_learners
from lianbing.practice.rewards.errors import BadPointsRules
from lianbing.practice.rewards.models import BoardRefusal, PointsRule, PracticeDay, PracticeWeek
from lianbing.practice.rewards.rules import PointsRules, find_fault
from lianbing.practice.rewards.weeks import current_week

WRITERS = (Role.ADMINISTRATOR, Role.TRAINER)


def leave_boards(session: Session, actor: Actor, *, now: datetime) -> None:
    """Take the person off every board of points and out of the league, at once."""
    identities = identities_of(session, actor)
    lock_learners(session, identities)
    table = cast(Table, BoardRefusal.__table__)
    session.execute(
        insert_for(session, table).on_conflict_do_nothing(),
        [{"person_id": person_id, "since": now} for person_id in identities],
    )
    # Before the boards, as a round does: one under way has yet to write, the next one finds it.
    take_up_anew(session, identities)
    on_boards = session.execute(
        select(BoardEntry.board_id, BoardEntry.person_id)
        .join(BoardTable, BoardTable.id == BoardEntry.board_id)
        .where(BoardEntry.person_id.in_(identities), BoardTable.measure.in_(MAY_BE_LEFT))
        .order_by(BoardEntry.board_id)
    ).all()
    for board_id, person_id in on_boards:
        boards.remove(session, BoardId(board_id), PersonId(person_id))
    session.execute(
        update(PracticeWeek)
        .where(PracticeWeek.person_id.in_(identities), PracticeWeek.week >= current_week(now))
        .values(tier=None, group_no=None)
    )


def return_to_boards(session: Session, actor: Actor, *, now: datetime) -> None:
    """Let the person stand on the boards again, with the points of this week."""
    identities = identities_of(session, actor)
    lock_learners(session, identities)
    session.execute(delete(BoardRefusal).where(BoardRefusal.person_id.in_(identities)))
    session.execute(
        update(PracticeDay)
        .where(PracticeDay.person_id.in_(identities), PracticeDay.day >= current_week(now))
        .values(waiting=True)
    )
    take_up_anew(session, identities)


def write_rules(
    session: Session,
    actor: Actor,
    organisation_id: OrganisationId,
    rules: PointsRules,
    *,
    now: datetime,
) -> int:
    """Write an organisation's next version, in force from tomorrow; the version's number.

    Today's points stay under the rules the day began with. Raises BadPointsRules.
    """
    require_reach(session, actor, *WRITERS, organisation_id=organisation_id)
    if find_fault(rules) is not None:
        raise BadPointsRules
    last = session.scalar(
        select(func.max(PointsRule.version)).where(PointsRule.organisation_id == organisation_id)
    )
    row = PointsRule(
        organisation_id=organisation_id,
        version=(last or 0) + 1,
        from_day=local_date(now) + timedelta(days=1),
        right_points=rules.right,
        partial_points=rules.partial,
        daily_cap=rules.daily_cap,
        streak_answers=rules.streak_answers,
        roll_names=rules.roll_names.value,
        written_at=now,
        written_by=actor.person_id,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor,
        "practice.write_points_rules",
        subject=("organisation", organisation_id),
        now=now,
        details={"version": row.version, "from_day": row.from_day},
    )
    return row.version
