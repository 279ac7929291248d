"""Loading a bank again and again: versions are made only by new content, and never altered."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question, with_question, write_bank
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.models import Question, QuestionSource, QuestionVersion
from lianbing.banks.queries import contents, drillable, examinable, get_bank, list_banks
from lianbing.banks.rules import QuestionUse
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.subjects.errors import UnknownOccupation
from lianbing.subjects.queries import get_subject, scope_tree
from lianbing.subjects.use_cases import load_occupations


@pytest.fixture
def owner(session: Session) -> int:
    return make_organisation(session, "青山市总工会").id


def count_versions(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(QuestionVersion)) or 0


def current(session: Session, code: str) -> QuestionVersion:
    session.rollback()
    statement = (
        select(QuestionVersion)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.code == code, QuestionVersion.number == Question.current_number)
    )
    return session.scalars(statement).one()


def test_loading_twice_makes_no_second_version(session: Session, owner: int) -> None:
    first = load(make_bank(), owner)
    again = load(make_bank(), owner)
    assert (first.added, first.changed, first.retired) == (144, 0, 0)
    assert (again.added, again.changed, again.unchanged, again.retired) == (0, 0, 144, 0)
    assert count_versions(session) == 144


def test_an_edit_makes_a_version_and_leaves_the_old_one_alone(session: Session, owner: int) -> None:
    bank = make_bank([make_question("Q1"), make_question("Q2")])
    load(bank, owner)
    before = current(session, "Q1")
    old = contents(session, [before.id])[before.id]
    report = load(with_question(bank, "Q1", stem="新的题干"), owner)
    assert (report.changed, report.unchanged) == (1, 1)
    after = current(session, "Q1")
    assert (after.number, after.stem) == (2, "新的题干")
    assert contents(session, [before.id])[before.id] == old


def test_equal_numbers_in_another_spelling_are_no_change(session: Session, owner: int) -> None:
    bank = make_bank([make_question("Q1", difficulty=Decimal("0.50"))])
    load(bank, owner)
    assert load(with_question(bank, "Q1", difficulty=Decimal("0.5")), owner).unchanged == 1


def test_a_new_edition_of_a_source_makes_versions_and_keeps_the_old_source(
    session: Session, owner: int
) -> None:
    bank = make_bank([make_question("Q1")])
    load(bank, owner)
    old = current(session, "Q1")
    renewed = replace(bank, sources=(replace(bank.sources[0], edition="2027 年修正"),))
    assert load(renewed, owner).changed == 1
    new = current(session, "Q1")
    shown = contents(session, [old.id, new.id])
    notes = [shown[version.id].source for version in (old, new)]
    assert [note.edition for note in notes if note] == ["2021 年修正", "2027 年修正"]
    assert session.scalar(select(func.count()).select_from(QuestionSource)) == 2


def test_a_question_that_left_the_file_is_retired_and_comes_back(
    session: Session, owner: int
) -> None:
    bank = make_bank([make_question("Q1"), make_question("Q2")])
    bank_id = load(bank, owner).bank_id
    assert load(bank.with_questions(bank.questions[:1]), owner).retired == 1
    assert len(drillable(session, bank_id)) == 1
    assert count_versions(session) == 2
    assert load(bank, owner).changed == 1
    assert len(drillable(session, bank_id)) == 2
    assert count_versions(session) == 2


def test_versions_cannot_be_altered(session: Session, owner: int) -> None:
    load(make_bank([make_question("Q1")]), owner)
    version = current(session, "Q1")
    version.stem = "改写"
    with pytest.raises(RuntimeError, match="immutable"):
        session.flush()
    session.rollback()


def test_practice_only_is_not_examined_and_exam_only_is_not_drilled(
    session: Session, owner: int
) -> None:
    questions = [make_question(use.value, use=use) for use in QuestionUse]
    bank_id = load(make_bank(questions), owner).bank_id
    codes = {row[0]: row[1] for row in session.execute(select(Question.id, Question.code))}
    assert {codes[item.question_id] for item in drillable(session, bank_id)} == {
        "practice",
        "both",
    }
    assert {codes[item.question_id] for item in examinable(session, bank_id)} == {"exam", "both"}


def test_drills_narrow_to_a_scope_at_any_level_or_a_point(
    session: Session, owner: int, tmp_path: Path
) -> None:
    with transaction() as writing:
        load_occupations(writing, SYSTEM, now=utc_now())
    bank = read_bank(write_bank(tmp_path)).bank
    assert bank is not None
    bank_id = load(bank, owner).bank_id
    row = get_bank(session, bank_id)
    _a, b = scope_tree(session, row.subject_id)
    assert [child.code for child in b.children] == ["B1"]
    assert len(drillable(session, bank_id, scope_id=b.id)) == 2
    assert len(drillable(session, bank_id, scope_id=b.children[0].id)) == 2
    assert len(drillable(session, bank_id, point_id=b.all_points()[0].id)) == 2
    assert {item.scope_codes for item in examinable(session, bank_id)} == {("A",), ("B", "B1")}
    subject = get_subject(session, row.subject_id)
    assert subject.occupation == ("2022", "6-31-01-03")
    assert [str(grade) for grade in subject.grades] == ["junior", "intermediate"]


def test_an_unknown_occupation_loads_nothing(session: Session, owner: int, tmp_path: Path) -> None:
    bank = read_bank(write_bank(tmp_path)).bank
    assert bank is not None
    with pytest.raises(UnknownOccupation):
        load(bank, owner)
    assert list_banks(session, None) == []


def test_two_owners_of_one_subject_keep_their_own_weights(session: Session, owner: int) -> None:
    other = make_organisation(session, "邻市总工会").id
    first = load(make_bank(), owner)
    heavier = make_bank()
    scopes = tuple(
        replace(scope, weight=weight)
        for scope, weight in zip(heavier.scopes, (Decimal(90), Decimal(10)), strict=True)
    )
    load(replace(heavier, scopes=scopes), other)
    row = get_bank(session, first.bank_id)
    tree = scope_tree(session, row.subject_id, outline_id=row.outline_id)
    assert [scope.weight for scope in tree] == [Decimal(50), Decimal(50)]


def test_only_a_trainer_above_the_owner_loads_and_sees_the_bank(
    session: Session, owner: int
) -> None:
    unit = make_organisation(session, "重机公司", parent=owner)
    own = actor_for(session, make_person(session, "甲", roles=[(Role.TRAINER, unit)]))
    with pytest.raises(Forbidden):
        load(make_bank(), owner, actor=own)
    load(make_bank(), unit.id, actor=own)
    above = actor_for(session, make_person(session, "乙", roles=[(Role.TRAINER, owner)]))
    worker = actor_for(session, make_person(session, "丙", organisation=unit))
    seen = [len(list_banks(session, actor)) for actor in (own, above, worker)]
    assert seen == [1, 1, 0]


def test_a_failure_half_way_leaves_nothing(session: Session, owner: int) -> None:
    broken = replace(make_bank(), sources=())
    with pytest.raises(KeyError):
        load(broken, owner)
    assert list_banks(session, None) == []
    assert count_versions(session) == 0
