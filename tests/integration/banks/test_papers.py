"""A paper, once drawn, is the same for ever, whatever becomes of its bank."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.banks_factory import (
    load,
    make_bank,
    make_question,
    make_questions,
    with_question,
)
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.bank_file import BankFile
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.pictures.rules import TidyPicture
from lianbing.banks.rules import DifficultyBand, QuestionType, QuestionUse
from lianbing.exams.own_result import right_answer
from lianbing.grading.rules import MarkingRule, check_answer, mark_script
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BankId, BlueprintId, PaperId
from lianbing.papers.blueprints import Cell, cells_to_json
from lianbing.papers.errors import (
    BlueprintInfeasible,
    BlueprintInvalid,
    BlueprintJointlyInfeasible,
    PaperTooHeavy,
    ShortAnswerInPaper,
)
from lianbing.papers.models import Blueprint, Paper, SealedPaper
from lianbing.papers.queries import forget_papers, get_frozen_paper, list_papers
from lianbing.papers.sealing import SealBroken
from lianbing.papers.use_cases import draw_paper, open_paper, save_blueprint
from lianbing.papers.vault import MOST_COPY_BYTES

CELLS = (
    Cell(type=QuestionType.SINGLE_CHOICE, count=8, marks=Decimal(1)),
    Cell(type=QuestionType.TRUE_FALSE, count=4, marks=Decimal("0.5"), scope_code="B"),
    Cell(type=QuestionType.FILL_BLANK, count=3, marks=Decimal(2), band=DifficultyBand.HARD),
)


@pytest.fixture
def owner(session: Session) -> int:
    return make_organisation(session, "青山市总工会").id


@pytest.fixture
def bank_id(owner: int) -> BankId:
    return load(make_bank(), owner).bank_id


def blueprint(
    bank_id: BankId, cells: tuple[Cell, ...] = CELLS, actor: Actor = SYSTEM
) -> BlueprintId:
    with transaction() as session:
        return save_blueprint(
            session, actor, bank_id=bank_id, title="半月测验", cells=cells, now=utc_now()
        )


def drawn(blueprint_id: BlueprintId, *, seed: int = 1, actor: Actor = SYSTEM) -> PaperId:
    with transaction() as session:
        return draw_paper(session, actor, blueprint_id, seed=seed, now=utc_now())


def test_a_draw_fills_each_cell_and_totals_the_marks(session: Session, bank_id: BankId) -> None:
    paper = get_frozen_paper(session, drawn(blueprint(bank_id)))
    kinds = Counter(question.content.type for question in paper.questions)
    assert kinds == {cell.type: cell.count for cell in CELLS}
    assert paper.total_marks == Decimal(16)
    truths = [one for one in paper.questions if one.content.type is QuestionType.TRUE_FALSE]
    assert {question.content.scope_code for question in truths} == {"B"}
    assert len(paper.questions) == 15


def test_a_frozen_paper_outlives_changes_of_its_bank(
    session: Session, owner: int, bank_id: BankId
) -> None:
    paper_id = drawn(blueprint(bank_id))
    before = get_frozen_paper(session, paper_id)
    changed = [make_question(entry.code, kind=entry.type) for entry in make_questions()][:5]
    load(make_bank(changed, title="改过的题库"), owner)
    forget_papers()
    session.rollback()
    assert get_frozen_paper(session, paper_id) == before


def test_the_same_seed_over_the_same_bank_is_the_same_paper(
    session: Session, owner: int, bank_id: BankId
) -> None:
    asked = blueprint(bank_id)
    first = drawn(asked, seed=3)
    assert drawn(asked, seed=3) == first
    assert drawn(asked, seed=4) != first
    everything = make_bank()
    for entry in everything.questions:
        everything = with_question(everything, entry.code, explanation="新的解析")
    load(everything, owner)
    assert drawn(asked, seed=3) != first


def test_practice_only_questions_are_never_drawn(session: Session, owner: int) -> None:
    exam = [make_question(f"E{number}", use=QuestionUse.EXAM) for number in range(3)]
    practice = [make_question(f"P{number}", use=QuestionUse.PRACTICE) for number in range(9)]
    bank_id = load(make_bank([*exam, *practice], code="mixed"), owner).bank_id
    asked = (Cell(type=QuestionType.SINGLE_CHOICE, count=3, marks=Decimal(1)),)
    paper = get_frozen_paper(session, drawn(blueprint(bank_id, asked)))
    statement = (
        select(Question.code)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(QuestionVersion.id.in_([one.content.version_id for one in paper.questions]))
    )
    assert sorted(session.scalars(statement)) == ["E0", "E1", "E2"]
    too_many = (Cell(type=QuestionType.SINGLE_CHOICE, count=4, marks=Decimal(1)),)
    with pytest.raises(BlueprintInfeasible):
        drawn(blueprint(bank_id, too_many))


def test_an_infeasible_cell_is_named_with_what_there_is(bank_id: BankId) -> None:
    cell = Cell(
        type=QuestionType.MULTIPLE_CHOICE,
        count=50,
        marks=Decimal(1),
        scope_code="A",
        band=DifficultyBand.MEDIUM,
    )
    with pytest.raises(BlueprintInfeasible) as refused:
        drawn(blueprint(bank_id, (cell,)))
    told = str(refused.value)
    assert told.startswith("Multiple choice, 范围A, Moderate: the bank has 6 questions")
    assert "asks for 50" in told


def test_cells_that_compete_are_named_together(bank_id: BankId) -> None:
    cells = (
        Cell(type=QuestionType.TRUE_FALSE, count=30, marks=Decimal(1)),
        Cell(type=QuestionType.TRUE_FALSE, count=10, marks=Decimal(1), scope_code="A"),
    )
    with pytest.raises(BlueprintJointlyInfeasible) as refused:
        drawn(blueprint(bank_id, cells))
    assert {name: refused.value.params[name] for name in ("asks", "has")} == {"asks": 40, "has": 36}
    assert "True or false, any scope, any difficulty; True or false, 范围A" in str(refused.value)


@pytest.mark.parametrize(
    "cell",
    [
        Cell(type=QuestionType.TRUE_FALSE, count=0, marks=Decimal(1)),
        Cell(type=QuestionType.TRUE_FALSE, count=1, marks=Decimal("0.3")),
        Cell(type=QuestionType.TRUE_FALSE, count=1, marks=Decimal(1), scope_code="Z"),
        Cell(type=QuestionType.TRUE_FALSE, count=501, marks=Decimal(1)),
    ],
)
def test_a_senseless_blueprint_is_refused(bank_id: BankId, cell: Cell) -> None:
    with pytest.raises(BlueprintInvalid):
        blueprint(bank_id, (cell,))


def test_paper_rows_refuse_to_change(session: Session, bank_id: BankId) -> None:
    paper = session.get_one(Paper, drawn(blueprint(bank_id)))
    paper.title = "改名"
    with pytest.raises(RuntimeError, match="frozen"):
        session.flush()
    session.rollback()
    session.get_one(SealedPaper, paper.id).body = b"another"
    with pytest.raises(RuntimeError, match="frozen"):
        session.flush()
    session.rollback()
    session.delete(session.get_one(Paper, paper.id))
    with pytest.raises(RuntimeError, match="frozen"):
        session.flush()
    session.rollback()


def test_a_paper_altered_behind_the_application_is_not_served(
    session: Session, bank_id: BankId
) -> None:
    paper_id = drawn(blueprint(bank_id))
    with transaction() as writing:
        body = writing.scalars(
            select(SealedPaper.body).where(SealedPaper.paper_id == paper_id)
        ).one()
        altered = body[:-1] + bytes([body[-1] ^ 1])
        writing.execute(
            update(SealedPaper).where(SealedPaper.paper_id == paper_id).values(body=altered)
        )
    forget_papers()
    with pytest.raises(SealBroken, match=f"paper {paper_id} is broken: it was altered"):
        get_frozen_paper(session, paper_id)


def test_only_trainers_above_the_bank_draw_and_open_and_every_opening_is_recorded(
    session: Session, owner: int, bank_id: BankId
) -> None:
    unit = make_organisation(session, "重机公司", parent=owner)
    trainer = actor_for(session, make_person(session, "甲", roles=[(Role.TRAINER, owner)]))
    below = actor_for(session, make_person(session, "乙", roles=[(Role.TRAINER, unit)]))
    organiser = actor_for(session, make_person(session, "丙", roles=[(Role.ORGANISER, owner)]))
    with pytest.raises(Forbidden):
        blueprint(bank_id, actor=below)
    asked = blueprint(bank_id, actor=trainer)
    with pytest.raises(Forbidden):
        drawn(asked, actor=below)
    paper_id = drawn(asked, actor=trainer)
    for actor in (below, organiser):
        with pytest.raises(Forbidden), transaction() as writing:
            open_paper(writing, actor, paper_id, purpose="view", now=utc_now())
    with transaction() as writing:
        open_paper(writing, trainer, paper_id, purpose="print", now=utc_now())
    opened = session.scalars(select(AuditEntry).where(AuditEntry.action == "papers.open")).all()
    assert [(entry.actor_person_id, entry.subject_id) for entry in opened] == [
        (trainer.person_id, paper_id)
    ]
    seen = [list_papers(session, actor).total for actor in (trainer, organiser, below)]
    assert seen == [1, 1, 0]


def test_short_answers_wait_for_marking_by_hand(owner: int) -> None:
    kinds = (QuestionType.SHORT_ANSWER, QuestionType.MATCHING)
    questions = [make_question(kind.value, kind=kind) for kind in kinds]
    bank_id = load(make_bank(questions), owner).bank_id
    short, matching = (Cell(type=kind, count=1, marks=Decimal(5)) for kind in kinds)
    with pytest.raises(BlueprintInvalid, match="marked by hand"):
        blueprint(bank_id, (matching, short))
    blueprint_id = blueprint(bank_id, (matching,))
    with transaction() as session:  # as an older version might have let it through
        stored = session.get_one(Blueprint, blueprint_id)
        stored.cells = cells_to_json((matching, short))
    with pytest.raises(ShortAnswerInPaper), transaction() as session:
        draw_paper(session, SYSTEM, blueprint_id, seed=1, now=utc_now())


def test_a_paper_of_every_markable_type_is_drawn_and_read_back(
    session: Session, owner: int
) -> None:
    kinds = [kind for kind in QuestionType if kind is not QuestionType.SHORT_ANSWER]
    questions = [make_question(kind.value, kind=kind) for kind in kinds]
    bank_id = load(make_bank(questions), owner).bank_id
    asked = tuple(Cell(type=kind, count=1, marks=Decimal(10)) for kind in kinds)
    blueprint_id = blueprint(bank_id, asked)
    with transaction() as writing:
        paper_id = draw_paper(writing, SYSTEM, blueprint_id, seed=3, now=utc_now())
    paper = get_frozen_paper(session, paper_id)
    assert [one.content.type for one in paper.questions] == kinds
    answers = {one.number: right_answer(one.content.key) for one in paper.questions}
    answers[1] = answers[1][0]  # type: ignore[index]
    checked = {
        one.number: check_answer(one.content, answers[one.number])
        for one in paper.questions
        if one.content.type is not QuestionType.CASE
    }
    case = paper.questions[-1]
    (choice,), *rest = answers[case.number]  # type: ignore[misc]
    checked[case.number] = check_answer(case.content, [choice, *rest])
    assert mark_script(paper, checked, MarkingRule()).total == 70


def illustrated(count: int, *, bytes_each: int) -> BankFile:
    """A bank of single choices, each with a picture that no compression makes lighter."""
    rng = Random(count)
    pictures = [
        TidyPicture(
            name=f"{number:032x}",
            mime="image/png",
            data=rng.randbytes(bytes_each),
            width=1,
            height=1,
        )
        for number in range(count)
    ]
    questions = [
        make_question(f"P{number:02d}", stem=f"看图 {number} ![接线图](pic:{picture.name})")
        for number, picture in enumerate(pictures)
    ]
    return replace(make_bank(questions), pictures=tuple(pictures))


@pytest.mark.parametrize(("pictures", "fits"), [(6, True), (8, False)])
def test_a_paper_is_as_heavy_as_a_weak_network_carries_and_no_heavier(
    session: Session, owner: int, pictures: int, fits: bool
) -> None:
    bank_id = load(illustrated(pictures, bytes_each=300_000), owner).bank_id
    cells = (Cell(type=QuestionType.SINGLE_CHOICE, count=pictures, marks=Decimal(1)),)
    wanted = blueprint(bank_id, cells)
    if fits:
        with transaction() as writing:
            paper_id = draw_paper(writing, SYSTEM, wanted, seed=1, now=utc_now())
        sealed = session.get_one(SealedPaper, paper_id)
        assert pictures * 300_000 < len(sealed.copy) <= MOST_COPY_BYTES
        return
    with pytest.raises(PaperTooHeavy) as refused, transaction() as writing:
        draw_paper(writing, SYSTEM, wanted, seed=1, now=utc_now())
    assert refused.value.params == {"has": "2.3", "most": 2, "pictures": 8}
    assert session.scalars(select(Paper)).all() == []
