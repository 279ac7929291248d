"""``lianbing banks``: errors with their lines and a status; all folders or none."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.banks_factory import QUESTIONS_YAML, write_bank
from tests.people_factory import make_organisation

from lianbing.banks import demo as banks_demo
from lianbing.banks.cli import banks_group
from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId
from lianbing.papers import demo as papers_demo
from lianbing.papers.queries import get_frozen_paper


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_check_tells_every_error_and_ends_in_status_1(app: Flask, tmp_path: Path) -> None:
    right = write_bank(tmp_path)
    wrong = write_bank(tmp_path / "other", questions=QUESTIONS_YAML.replace("key: C", "key: E"))
    runner = app.test_cli_runner()
    result = runner.invoke(banks_group, ["check", str(right), str(wrong)])
    assert result.exit_code == 1
    assert "tiny: 4 questions, no errors" in result.output
    assert "tiny/questions/all.yaml:13: The key names E" in result.output
    assert runner.invoke(banks_group, ["check", str(right)]).exit_code == 0


def test_load_takes_an_owner_by_code_and_tells_what_it_did(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    make_organisation(session, "青山市总工会", code="QS")
    folder = str(write_bank(tmp_path))
    runner = app.test_cli_runner()
    first = runner.invoke(banks_group, ["load", folder, "--organisation-code", "QS"])
    assert first.exit_code == 0, first.output
    assert "tiny: 4 added, 0 changed, 0 unchanged, 0 retired" in first.output
    again = runner.invoke(banks_group, ["load", folder, "--organisation-code", "QS"])
    assert "0 added, 0 changed, 4 unchanged" in again.output
    assert count(session, QuestionVersion) == 4


@pytest.mark.parametrize(
    "owner",
    [["--organisation-code", "NONE"], [], ["--organisation-id", "1", "--organisation-code", "X"]],
)
def test_load_without_a_known_owner_changes_nothing(
    app: Flask, session: Session, tmp_path: Path, owner: list[str]
) -> None:
    folder = str(write_bank(tmp_path))
    result = app.test_cli_runner().invoke(banks_group, ["load", folder, *owner])
    assert result.exit_code != 0
    assert count(session, QuestionBank) == 0


def test_one_wrong_folder_keeps_all_from_loading(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    owner = make_organisation(session, "青山市总工会").id
    right = write_bank(tmp_path)
    wrong = write_bank(tmp_path / "other", questions="- id: x\n")
    arguments = ["load", str(right), str(wrong), "--organisation-id", str(owner)]
    result = app.test_cli_runner().invoke(banks_group, arguments)
    assert result.exit_code == 1
    assert "Nothing was loaded" in result.output
    assert count(session, QuestionBank) == 0


@pytest.mark.slow
def test_the_demo_loads_every_shipped_bank_and_its_paper_once(
    session: Session, project_root: Path
) -> None:
    owner = OrganisationId(make_organisation(session, "青山市总工会").id)
    papers = []
    sizes = []
    for _time in range(2):
        with transaction() as writing:
            folder = project_root / "question_banks"
            loaded = banks_demo.load_demo(
                writing, organisation_id=owner, folder=folder, now=utc_now()
            )
            papers.append(papers_demo.load_demo(writing, organisation_id=owner, now=utc_now()))
        sizes.append((count(session, Question), count(session, QuestionVersion)))
    assert set(loaded) >= {"electrician-g5-g4", "safety-and-health"}
    assert papers[0] == papers[1] is not None
    assert sizes[0] == sizes[1]
    assert sizes[0][0] == sizes[0][1] > 240
    paper = get_frozen_paper(session, papers[0])
    assert (len(paper.questions), paper.total_marks) == (80, 100)
