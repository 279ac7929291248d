"""Changing the wrapping key: all papers or none, and a forgotten change is named."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.conftest import SECRETS
from tests.exams_factory import freeze_paper
from tests.people_factory import make_organisation

from lianbing.entry.readiness import NotReady, require_paper_key
from lianbing.infra.database import db, transaction
from lianbing.kernel.ids import PaperId
from lianbing.papers.cli import papers_group
from lianbing.papers.models import SealedPaper
from lianbing.papers.queries import forget_papers, get_copy_key, get_frozen_paper
from lianbing.papers.sealing import SealBroken, WrappingKey
from lianbing.papers.vault import rewrap, use_wrapping_key

OLD, NEW = SECRETS["paper_key"], "44" * 32


@pytest.fixture
def paper_id(app: Flask, session: Session) -> Iterator[PaperId]:
    yield freeze_paper(session, make_organisation(session, "市总工会").id)
    use_wrapping_key(db.engine, WrappingKey(OLD))


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    found = app.test_cli_runner().invoke(papers_group, ["rewrap", *arguments])
    return found.exit_code, found.output


def test_rewrapping_keeps_paper_and_copy(session: Session, paper_id: PaperId) -> None:
    before = get_frozen_paper(session, paper_id), get_copy_key(session, paper_id)
    sealed = session.get_one(SealedPaper, paper_id)
    body, wrapped = sealed.body, sealed.wrapped_keys
    use_wrapping_key(db.engine, WrappingKey(NEW))
    for changed in (1, 0):
        with transaction() as writing:
            assert rewrap(writing, old=WrappingKey(OLD)) == changed
    forget_papers()
    session.expire_all()
    assert (get_frozen_paper(session, paper_id), get_copy_key(session, paper_id)) == before
    assert session.get_one(SealedPaper, paper_id).body == body
    assert session.get_one(SealedPaper, paper_id).wrapped_keys != wrapped


def test_a_key_that_opens_nothing_changes_nothing(session: Session, paper_id: PaperId) -> None:
    use_wrapping_key(db.engine, WrappingKey(NEW))
    told = f"neither key opens the papers {paper_id}"
    with pytest.raises(SealBroken, match=told), transaction() as writing:
        rewrap(writing, old=WrappingKey("55" * 32))
    used = session.scalars(select(SealedPaper.wrapping_key)).one()
    assert used == WrappingKey(OLD).fingerprint


def test_a_changed_key_is_named_before_serving_and_when_a_paper_is_opened(
    app: Flask, session: Session, paper_id: PaperId
) -> None:
    require_paper_key(app)
    use_wrapping_key(db.engine, WrappingKey(NEW))
    with pytest.raises(NotReady, match="papers rewrap"):
        require_paper_key(app)
    forget_papers()
    with pytest.raises(SealBroken, match="sealed under another key"):
        get_frozen_paper(session, paper_id)


def test_the_command_rewraps_and_says_how_many(app: Flask, paper_id: PaperId) -> None:
    use_wrapping_key(db.engine, WrappingKey(NEW))
    status, told = run(app, "--old-key", "66" * 32)
    assert (status, "Nothing was changed" in told) == (1, True)
    assert run(app, "--old-key", "short")[0] == 2
    status, told = run(app, "--old-key", OLD)
    assert (status, told.strip()) == (0, "1 papers and 0 drafts are wrapped under the new key.")
    assert get_frozen_paper(db.session(), paper_id).questions
