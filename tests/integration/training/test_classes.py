"""Classes on both databases: roster, attendance, the exam's published word, people apart."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, right_answers, save
from tests.import_files_factory import table
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.exams import sitting
from lianbing.exams.use_cases import publish_results
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import ClassId, ExamId, OrganisationId, PersonId
from lianbing.training.classes import importing, queries, use_cases
from lianbing.training.classes.errors import (
    ClassClosed,
    ClassNotFound,
    ImportFaulty,
    ImportGone,
    MemberAttended,
    NobodyFound,
    PresenceColumnMissing,
    ResultsWanted,
    SessionHeld,
)
from lianbing.training.classes.rules import ClassForm, ExamOutcome, Presence
from lianbing.training.classes.summary import summarise
from lianbing.training.classes.use_cases import ClassPlan, SessionPlan

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PHONES = ("13900000001", "13900000002", "13900000003")


class House:
    """A plant with three workers and a trainer of its own, below a union; a class with a session
    of four hours and one of two."""

    def __init__(self, session: Session) -> None:
        union = make_organisation(session, "工会")
        plant = make_organisation(session, "机械厂", parent=union)
        other = make_organisation(session, "配送站", parent=union)
        self.plant, self.other = OrganisationId(plant.id), OrganisationId(other.id)
        people = [
            make_person(session, f"工人{n}", organisation=plant, phone=phone)
            for n, phone in enumerate(PHONES)
        ]
        self.people = [PersonId(person.id) for person in people]
        roles = [(Role.TRAINER, plant)]
        trainer = make_person(session, "沈某", organisation=plant, roles=roles)
        self.trainer = actor_for(session, trainer)
        self.worker = actor_for(session, people[0])
        stranger = make_person(session, "外人", organisation=other, phone="13900000009")
        self.stranger = PersonId(stranger.id)
        session.rollback()
        self.class_id, self.held = self.make("电工提高班")

    def make(self, title: str, *, exam: ExamId | None = None) -> tuple[ClassId, list[int]]:
        plan = ClassPlan(title=title, form=ClassForm.OFFLINE, attendance_percent=60, exam_id=exam)
        with transaction() as session:
            made = use_cases.create_class(session, self.trainer, self.plant, plan, now=NOW)
            held = [
                use_cases.add_session(
                    session,
                    self.trainer,
                    made,
                    SessionPlan(
                        title=f"第{n}讲", starts_at=NOW + timedelta(days=n), hours=Decimal(hours)
                    ),
                    now=NOW,
                )
                for n, hours in ((1, 4), (2, 2))
            ]
        return made, held

    def add(self, class_id: ClassId, *people: PersonId) -> int:
        with transaction() as session:
            return use_cases.add_members(session, self.trainer, class_id, people, now=NOW)

    def mark(self, class_id: ClassId, held: int, states: dict[int, Presence | None]) -> None:
        with transaction() as session:
            use_cases.mark_attendance(session, self.trainer, class_id, held, states, now=NOW)


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def members(session: Session, house: House, class_id: ClassId) -> list[queries.MemberRow]:
    session.rollback()
    return queries.all_members(session, queries.get_kept(session, house.trainer, class_id))


def test_a_roster_takes_people_of_the_body_once(session: Session, house: House) -> None:
    assert house.add(house.class_id, *house.people, house.stranger) == 3
    assert house.add(house.class_id, *house.people) == 0
    assert [row.person_id for row in members(session, house, house.class_id)] == house.people


def test_a_person_is_added_by_number_only_within_the_body(session: Session, house: House) -> None:
    keyring = current_keyring()
    with transaction() as writing:
        use_cases.add_by_number(
            writing, house.trainer, house.class_id, PHONES[1], keyring=keyring, now=NOW
        )
    for number in ("13900000009", "13912345678", "no number"):
        with pytest.raises(NobodyFound), transaction() as writing:
            use_cases.add_by_number(
                writing, house.trainer, house.class_id, number, keyring=keyring, now=NOW
            )
    assert [row.person_id for row in members(session, house, house.class_id)] == [house.people[1]]


def test_only_who_reaches_the_body_holds_its_classes(session: Session, house: House) -> None:
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.add_members(writing, house.worker, house.class_id, house.people, now=NOW)
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.add_unit(writing, house.trainer, house.class_id, house.other, now=NOW)
    session.rollback()
    with pytest.raises(ClassNotFound):
        queries.get_kept(session, house.worker, house.class_id)
    with pytest.raises(ClassNotFound):
        queries.get_own(session, house.worker, house.class_id)
    house.add(house.class_id, house.people[0])
    session.rollback()
    assert queries.get_own(session, house.worker, house.class_id).row.title == "电工提高班"


def test_attendance_makes_hours_and_can_be_taken_back(session: Session, house: House) -> None:
    house.add(house.class_id, *house.people)
    first, second, third = (row.id for row in members(session, house, house.class_id))
    present, leave = Presence.PRESENT, Presence.LEAVE
    house.mark(house.class_id, house.held[0], {first: present, second: leave, third: present})
    house.mark(house.class_id, house.held[1], {first: present})
    rows = members(session, house, house.class_id)
    assert [row.progress.hours for row in rows] == [6, 0, 4]
    assert [row.progress.is_complete for row in rows] == [True, False, True]
    house.mark(house.class_id, house.held[0], {third: None})
    assert [row.progress.hours for row in members(session, house, house.class_id)] == [6, 0, 0]
    session.rollback()
    held = queries.list_sessions(session, house.class_id)
    assert [(row.present, row.recorded) for row in held] == [(1, 2), (1, 1)]
    with pytest.raises(MemberAttended), transaction() as writing:
        use_cases.remove_member(writing, house.trainer, house.class_id, first, now=NOW)
    with pytest.raises(SessionHeld), transaction() as writing:
        use_cases.remove_session(writing, house.trainer, house.class_id, house.held[0], now=NOW)
    with transaction() as writing:
        use_cases.remove_member(writing, house.trainer, house.class_id, third, now=NOW)
    other, _held = house.make("别的班")
    with pytest.raises(NotFound):
        house.mark(other, house.held[0], {})


def test_closing_fixes_who_completed_until_it_is_opened_again(
    session: Session, house: House
) -> None:
    house.add(house.class_id, *house.people)
    ids = [row.id for row in members(session, house, house.class_id)]
    house.mark(house.class_id, house.held[0], {ids[0]: Presence.PRESENT})
    with transaction() as writing:
        assert use_cases.close_class(writing, house.trainer, house.class_id, now=NOW) == 1
    rows = members(session, house, house.class_id)
    assert [row.completed for row in rows] == [True, False, False]
    with pytest.raises(ClassClosed):
        house.mark(house.class_id, house.held[0], {ids[1]: Presence.PRESENT})
    with transaction() as writing:
        use_cases.reopen_class(writing, house.trainer, house.class_id, now=NOW)
    assert [row.completed for row in members(session, house, house.class_id)] == [None] * 3


def test_people_and_participations_are_counted_apart(session: Session, house: House) -> None:
    second, held = house.make("安全班")
    for class_id, sessions in ((house.class_id, house.held), (second, held)):
        house.add(class_id, *house.people)
        one, two, _three = (row.id for row in members(session, house, class_id))
        house.mark(class_id, sessions[0], {one: Presence.PRESENT, two: Presence.ABSENT})
        house.mark(class_id, sessions[1], {one: Presence.PRESENT})
    ids = [row.id for row in members(session, house, second)]
    house.mark(second, held[1], {ids[1]: Presence.PRESENT})
    with transaction() as writing:
        use_cases.close_class(writing, house.trainer, second, now=NOW)
    session.rollback()
    year = NOW + timedelta(days=300)
    summary = summarise(session, house.trainer, since=NOW, until=year)
    assert (summary.classes, summary.people, summary.participations) == (2, 2, 3)
    assert summary.person_hours == 6 + 6 + 2
    assert summary.completions == 1
    before = summarise(session, house.trainer, since=NOW - timedelta(days=300), until=NOW)
    assert (before.people, before.participations, before.person_hours) == (0, 0, 0)
    nobody = summarise(session, house.worker, since=NOW, until=year)
    assert (nobody.classes, nobody.completions) == (0, 0)


def upload(house: House, content: bytes, *, held: int | None = None) -> int:
    with transaction() as session:
        return importing.upload_list(
            session,
            house.trainer,
            house.class_id,
            content,
            session_id=held,
            keyring=current_keyring(),
            now=NOW,
        )


def plan_of(session: Session, house: House, import_id: int) -> importing.ListPlan:
    session.rollback()
    return importing.preview_list(session, house.trainer, house.class_id, import_id, now=NOW)


def commit(house: House, import_id: int, *, actor: Actor | None = None) -> int:
    with transaction() as session:
        return importing.commit_list(
            session, actor or house.trainer, house.class_id, import_id, now=NOW
        )


def test_a_roster_with_errors_names_each_row_and_stores_nothing(
    session: Session, house: House
) -> None:
    rows = [
        ["姓名", "手机号"],
        ["工人0", PHONES[0]],
        ["错名字", PHONES[1]],
        ["外人", "13900000009"],
        ["没号码", ""],
    ]
    waiting = upload(house, table(rows))
    plan = plan_of(session, house, waiting)
    assert [problem.row for problem in plan.problems] == [3, 4, 5]
    # A stranger and a wrong name read the same: a list is no way to find out who is registered.
    assert plan.problems[0].message == plan.problems[1].message
    with pytest.raises(ImportFaulty):
        commit(house, waiting)
    assert members(session, house, house.class_id) == []


def test_a_roster_without_errors_is_stored_once(session: Session, house: House) -> None:
    house.add(house.class_id, house.people[2])
    rows = [["姓名", "手机号"], *([f"工人{n}", phone] for n, phone in enumerate(PHONES))]
    waiting = upload(house, table(rows, encoding="gb18030"))
    assert plan_of(session, house, waiting).new == 2
    assert commit(house, waiting) == 2
    with pytest.raises(ImportGone):
        commit(house, waiting)
    assert len(members(session, house, house.class_id)) == 3


def test_attendance_comes_in_from_a_list(session: Session, house: House) -> None:
    house.add(house.class_id, *house.people[:2])
    rows = [
        ["某厂签到表", "", ""],
        ["姓名", "手机号", "出勤情况"],
        ["工人0", PHONES[0], "√"],
        ["工人1", PHONES[1], "病假"],
    ]
    waiting = upload(house, table(rows), held=house.held[0])
    assert plan_of(session, house, waiting).problems == ()
    assert commit(house, waiting) == 2
    rows_ = members(session, house, house.class_id)
    assert [row.progress.hours for row in rows_] == [4, 0]
    faulty = [["姓名", "手机号", "出勤"], ["工人0", PHONES[0], "迟到"], ["工人2", PHONES[2], "√"]]
    plan = plan_of(session, house, upload(house, table(faulty), held=house.held[0]))
    assert [problem.row for problem in plan.problems] == [2, 3]
    with pytest.raises(PresenceColumnMissing):
        upload(house, table([["姓名", "手机号"], ["工人0", PHONES[0]]]), held=house.held[0])


def test_an_upload_is_its_senders_and_lasts_a_day(session: Session, house: House) -> None:
    rows = [["姓名", "手机号"], ["工人0", PHONES[0]]]
    waiting = upload(house, table(rows))
    session.rollback()
    plant = house.plant
    other = make_person(session, "同事", organisation=plant, roles=[(Role.TRAINER, plant)])
    colleague = actor_for(session, other)
    session.rollback()
    with pytest.raises(Forbidden):
        commit(house, waiting, actor=colleague)
    session.rollback()
    with pytest.raises(ImportGone):
        importing.preview_list(
            session, house.trainer, house.class_id, waiting, now=NOW + timedelta(days=2)
        )


def sit(world: ExamWorld, index: int, answers: dict[int, object]) -> None:
    seat = enter(world, index)
    save(seat, [(n, n, answer) for n, answer in answers.items()])  # type: ignore[misc]
    with transaction() as session:
        sitting.hand_in(session, seat, arrived_at=utc_now())


def test_a_closing_exam_decides_once_its_results_are_published(session: Session) -> None:
    world = make_exam_world(session, candidates=3)
    plan = ClassPlan(
        title="考证班", form=ClassForm.MIXED, attendance_percent=0, exam_id=world.exam_id
    )
    answers = right_answers(world.paper(session))
    session.rollback()
    with transaction() as writing:
        unit = OrganisationId(world.unit_id)
        made = use_cases.create_class(writing, world.organiser, unit, plan, now=NOW)
        use_cases.add_unit(writing, world.organiser, made, unit, now=NOW)
    sit(world, 0, dict(answers))
    sit(world, 1, {1: answers[1]})

    def outcomes() -> dict[PersonId, ExamOutcome]:
        session.rollback()
        row = queries.get_kept(session, world.organiser, made)
        found = queries.all_members(session, row)
        return {member.person_id: member.progress.exam for member in found}

    assert {outcomes()[id_] for id_ in world.candidates} == {ExamOutcome.WAITING}
    with pytest.raises(ResultsWanted), transaction() as writing:
        use_cases.close_class(writing, world.organiser, made, now=NOW)
    with transaction() as writing:
        publish_results(
            writing,
            world.organiser,
            world.exam_id,
            sign=current_keyring().sign,
            now=world.plan.closes_at + timedelta(hours=1),
        )
    assert [outcomes()[id_] for id_ in world.candidates] == [
        ExamOutcome.PASSED,
        ExamOutcome.FAILED,
        ExamOutcome.MISSED,
    ]
    with transaction() as writing:
        assert use_cases.close_class(writing, world.organiser, made, now=NOW) == 1
