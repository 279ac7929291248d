"""A set of parallel papers from asking to freezing, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question, make_questions, with_question
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.banks.models import Question
from lianbing.banks.rules import QuestionType
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import BankId, BlueprintId
from lianbing.papers.assembly import changing, freezing, jobs, tasks, use_cases
from lianbing.papers.assembly.drafts import Draft
from lianbing.papers.assembly.errors import (
    DoesNotFit,
    DraftNotKept,
    DraftOutdated,
    NotADraft,
    WantedInvalid,
)
from lianbing.papers.assembly.models import PaperSet
from lianbing.papers.assembly.queries import SetRow, SetState, get_set, page_of_sets
from lianbing.papers.assembly.rules import Demand, Problem
from lianbing.papers.assembly.swapping import list_swaps
from lianbing.papers.assembly.wanted import Wanted
from lianbing.papers.blueprints import Cell
from lianbing.papers.pool.errors import PairKnown, PairOfOne, UnknownCodes
from lianbing.papers.pool.queries import count_uses, list_enemies, page_of_pairs
from lianbing.papers.pool.use_cases import declare_enemies, import_parameters, reconcile
from lianbing.papers.queries import get_frozen_paper
from lianbing.papers.use_cases import draw_paper, save_blueprint

CELLS = (
    Cell(type=QuestionType.SINGLE_CHOICE, count=6, marks=Decimal(1)),
    Cell(type=QuestionType.TRUE_FALSE, count=4, marks=Decimal(2), scope_code="B"),
)
WANTED = Wanted(papers=2, target=Decimal("0.5"))


@pytest.fixture
def owner(session: Session) -> int:
    return make_organisation(session, "青山市总工会").id


@pytest.fixture
def bank_id(owner: int) -> BankId:
    return load(make_bank(), owner).bank_id


def blueprint(bank_id: BankId, cells: Sequence[Cell] = CELLS) -> BlueprintId:
    with transaction() as session:
        return save_blueprint(
            session, SYSTEM, bank_id=bank_id, title="半月测验", cells=cells, now=utc_now()
        )


def asked(
    bank_id: BankId, wanted: Wanted = WANTED, *, seed: int = 5, cells: Sequence[Cell] = CELLS
) -> int:
    found = blueprint(bank_id, cells)
    with transaction() as session:
        return use_cases.ask_for_papers(
            session, SYSTEM, found, wanted, title="平行卷", seed=seed, now=utc_now()
        )


def assembled(bank_id: BankId, wanted: Wanted = WANTED, *, seed: int = 5) -> int:
    set_id = asked(bank_id, wanted, seed=seed)
    tasks.assemble_waiting()
    return set_id


def opened(set_id: int) -> tuple[SetRow, Problem, Draft]:
    with transaction() as session:
        return changing.open_set(session, SYSTEM, set_id, now=utc_now())


def frozen(set_id: int) -> list[int]:
    with transaction() as session:
        return list(freezing.freeze_set(session, SYSTEM, set_id, now=utc_now()))


def test_papers_are_assembled_and_frozen_apart_and_equally_hard(
    session: Session, bank_id: BankId
) -> None:
    set_id = assembled(bank_id)
    papers = [get_frozen_paper(session, number) for number in frozen(set_id)]
    assert [paper.title for paper in papers] == ["平行卷 1", "平行卷 2"]
    ids = [{one.content.version_id for one in paper.questions} for paper in papers]
    assert not ids[0] & ids[1]
    for paper in papers:
        assert paper.total_marks == Decimal(14)
        lost = sum(one.marks * one.content.difficulty for one in paper.questions)
        assert abs(lost / paper.total_marks - Decimal("0.5")) <= Decimal("0.05")
    row = get_set(session, set_id)
    assert (row.state, len(row.papers)) == (SetState.FROZEN, 2)
    with pytest.raises(NotADraft):
        frozen(set_id)


def test_the_same_seed_gives_the_same_draft_and_another_seed_another(bank_id: BankId) -> None:
    first, again, other = (opened(assembled(bank_id, seed=seed))[2] for seed in (5, 5, 6))
    assert first.papers == again.papers
    assert first.papers != other.papers


def test_a_draft_lies_sealed(session: Session, bank_id: BankId) -> None:
    set_id = assembled(bank_id, Wanted(papers=1, fixed_codes=("A01-si00",)), seed=918273645)
    row = session.execute(text("SELECT * FROM paper_set WHERE id = :id"), {"id": set_id}).one()
    assert "918273645" not in str(row)
    assert b"918273645" not in bytes(row.sealed)
    fixed = session.scalar(select(Question.id).where(Question.code == "A01-si00"))
    draft = opened(set_id)[2]
    assert draft.fixed == (fixed,)
    assert fixed in draft.versions


def test_frozen_papers_count_as_uses_and_least_used_come_first(
    session: Session, bank_id: BankId
) -> None:
    frozen(assembled(bank_id))
    uses = count_uses(session, bank_id)
    assert sum(uses.values()) == 20
    assert set(uses.values()) == {1}
    _row, _problem, draft = opened(assembled(bank_id, seed=7))
    assert not set(uses) & set(draft.versions)


def test_worn_questions_are_left_out_and_too_many_of_them_told(
    session: Session, bank_id: BankId
) -> None:
    frozen(assembled(bank_id))
    frozen(assembled(bank_id, seed=8))
    third = assembled(bank_id, replace(WANTED, uses_most=1), seed=9)
    row = get_set(session, third)
    assert row.state is SetState.IMPOSSIBLE
    assert row.conflict is not None
    assert Demand.EXPOSURE in row.conflict.demands


def test_what_the_bank_lacks_is_told_with_its_figures(session: Session, bank_id: BankId) -> None:
    cells = (Cell(type=QuestionType.MULTIPLE_CHOICE, count=20, marks=Decimal(1), scope_code="A"),)
    set_id = asked(bank_id, replace(WANTED, papers=1), cells=cells)
    tasks.assemble_waiting()
    conflict = get_set(session, set_id).conflict
    assert conflict is not None
    (short,) = conflict.remedies[0].cells
    assert (short.asks, short.has, short.fewer) == (20, 18, 2)


def test_enemies_never_meet_in_papers_assembled_or_drawn(session: Session, owner: int) -> None:
    questions = [make_question(f"Q{number}") for number in range(6)]
    bank_id = load(make_bank(questions, code="six"), owner).bank_id
    with transaction() as writing:
        declare_enemies(writing, SYSTEM, bank_id, ("Q1", "Q0"), reason="", now=utc_now())
    for codes, error in {
        ("Q0", "Q1"): PairKnown,
        ("Q0", "Q0"): PairOfOne,
        ("Q0", "X"): UnknownCodes,
    }.items():
        with pytest.raises(error), transaction() as writing:
            declare_enemies(writing, SYSTEM, bank_id, codes, reason="", now=utc_now())
    (pair,) = list_enemies(session, bank_id)
    session.rollback()
    cells = (Cell(type=QuestionType.SINGLE_CHOICE, count=5, marks=Decimal(1)),)
    found = blueprint(bank_id, cells)
    for seed in range(8):
        with transaction() as writing:
            paper_id = draw_paper(writing, SYSTEM, found, seed=seed, now=utc_now())
        versions = {q.content.version_id for q in get_frozen_paper(session, paper_id).questions}
        session.rollback()
        assert len(versions & set(pair)) <= 1
    set_id = asked(bank_id, replace(WANTED, papers=1), cells=cells)
    tasks.assemble_waiting()
    assert len(set(opened(set_id)[2].versions) & set(pair)) == 1
    pairs = page_of_pairs(session, bank_id, 1).rows
    with transaction() as writing:
        reconcile(writing, SYSTEM, bank_id, pairs[0].id, now=utc_now())
    assert list_enemies(session, bank_id) == ()


def test_a_question_is_swapped_for_one_that_keeps_every_demand(bank_id: BankId) -> None:
    set_id = assembled(bank_id)
    _row, problem, draft = opened(set_id)
    place = draft.papers[0][0]
    best = list_swaps(problem, draft.papers, 0, place)[0]
    assert best.fails == ()
    with transaction() as session:
        changing.swap(
            session,
            SYSTEM,
            set_id,
            paper=0,
            out=place.question_id,
            into=best.candidate.id,
            now=utc_now(),
        )
    changed = opened(set_id)[2]
    assert best.candidate.id in changed.versions
    assert place.question_id not in changed.versions
    assert changed.papers[1] == draft.papers[1]
    frozen(set_id)


def test_a_swap_that_fits_but_fails_a_demand_keeps_the_set_from_being_frozen(
    session: Session, bank_id: BankId
) -> None:
    set_id = assembled(bank_id)
    draft = opened(set_id)[2]
    out, other = draft.papers[0][0].question_id, draft.papers[1][0].question_id
    code = session.scalar(select(Question.code).where(Question.id == other)) or ""
    session.rollback()
    with transaction() as writing:
        changing.swap(writing, SYSTEM, set_id, paper=0, out=out, into=code, now=utc_now())
    with pytest.raises(DraftNotKept) as refused:
        frozen(set_id)
    assert "common questions" in str(refused.value)
    with pytest.raises(DoesNotFit), transaction() as writing:
        changing.swap(writing, SYSTEM, set_id, paper=0, out=other, into="A01-tr00", now=utc_now())


def test_a_question_changed_since_has_to_be_swapped(
    session: Session, owner: int, bank_id: BankId
) -> None:
    set_id = assembled(bank_id)
    taken = opened(set_id)[2].papers[0][0].question_id
    code = session.scalar(select(Question.code).where(Question.id == taken)) or ""
    session.rollback()
    load(with_question(make_bank(), code, explanation="改过"), owner)
    with pytest.raises(DraftOutdated, match=code):
        frozen(set_id)
    _row, problem, draft = opened(set_id)
    assert freezing.outdated(problem, draft) == {taken}
    place = draft.papers[0][0]
    into = list_swaps(problem, draft.papers, 0, place)[0].candidate.id
    with transaction() as writing:
        changing.swap(writing, SYSTEM, set_id, paper=0, out=taken, into=into, now=utc_now())
    assert len(frozen(set_id)) == 2


def test_parameters_are_imported_all_or_none_and_make_information_equal(
    session: Session, bank_id: BankId
) -> None:
    codes = [entry.code for entry in make_questions()]
    lines = [f"{code},{0.5 + at % 4 / 2},{(at % 5 - 2) / 2},0.2" for at, code in enumerate(codes)]
    with transaction() as writing:
        count = import_parameters(
            writing, SYSTEM, bank_id, "题号,a,b,c\n" + "\n".join(lines), now=utc_now()
        )
    assert count == len(codes)
    with pytest.raises(UnknownCodes), transaction() as writing:
        import_parameters(writing, SYSTEM, bank_id, "A01-si00,1,0\nnone,1,0", now=utc_now())
    _row, problem, draft = opened(assembled(bank_id, replace(WANTED, cut=0.5)))
    assert all(one.parameters is not None for one in problem.candidates)
    assert len(draft.papers) == 2


def test_a_set_that_waits_or_runs_is_given_up(session: Session, bank_id: BankId) -> None:
    waiting = asked(bank_id)
    with transaction() as writing:
        use_cases.cancel(writing, SYSTEM, waiting, now=utc_now())
    assert get_set(session, waiting).state is SetState.CANCELLED
    running = asked(bank_id)
    session.rollback()
    with transaction() as writing:
        assert jobs.take_next(writing, now=utc_now()) == running
    with transaction() as writing:
        use_cases.cancel(writing, SYSTEM, running, now=utc_now())
    with transaction() as writing:
        assert not jobs.give_sign_of_life(writing, running, progress=50, now=utc_now())
    tasks._finish(running)
    session.rollback()
    assert get_set(session, running).state is SetState.CANCELLED


def test_a_job_whose_worker_died_is_taken_up_again(session: Session, bank_id: BankId) -> None:
    set_id = asked(bank_id)
    now = utc_now()
    with transaction() as writing:
        jobs.take_next(writing, now=now)
    with transaction() as writing:
        assert jobs.take_next(writing, now=now + timedelta(seconds=30)) is None
    with transaction() as writing:
        assert jobs.take_next(writing, now=now + timedelta(seconds=90)) == set_id


def test_a_job_that_cannot_be_opened_fails_and_does_not_stop_the_next(
    session: Session, bank_id: BankId, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = asked(bank_id), asked(bank_id)
    with transaction() as writing:
        writing.get_one(PaperSet, broken).sealed = b"x" * 64
    tasks.assemble_waiting()
    assert get_set(session, broken).state is SetState.FAILED
    assert get_set(session, sound).state is SetState.DRAFT
    assert "cannot be assembled" in caplog.text


def test_a_discarded_draft_keeps_nothing(session: Session, bank_id: BankId) -> None:
    set_id = assembled(bank_id)
    with transaction() as writing:
        use_cases.discard(writing, SYSTEM, set_id, now=utc_now())
    assert session.get_one(PaperSet, set_id).sealed is None
    with pytest.raises(NotADraft):
        opened(set_id)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(papers=0),
        Wanted(papers=9),
        Wanted(papers=1, target=Decimal("1.5")),
        Wanted(papers=1, tolerance=Decimal(0)),
        Wanted(papers=1, cut=9.0),
        Wanted(papers=1, uses_most=0),
        Wanted(papers=1, points_least=0),
        Wanted(papers=1, shared_most=-1),
    ],
)
def test_senseless_demands_are_refused(bank_id: BankId, wanted: Wanted) -> None:
    with pytest.raises(WantedInvalid):
        asked(bank_id, wanted)


def test_sets_stay_with_who_keeps_the_bank(session: Session, owner: int, bank_id: BankId) -> None:
    elsewhere = make_organisation(session, "别处").id
    stranger = make_person(session, "李四", roles=[(Role.TRAINER, elsewhere)])
    actor = actor_for(session, stranger)
    session.rollback()
    set_id = assembled(bank_id)
    for act in (changing.open_set, freezing.freeze_set, use_cases.cancel, use_cases.discard):
        with pytest.raises(Forbidden), transaction() as writing:
            act(writing, actor, set_id, now=utc_now())
    assert page_of_sets(session, actor, 1).total == 0
