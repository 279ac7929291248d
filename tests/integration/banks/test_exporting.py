"""A shipped bank written out in every format and read back, pictures too."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from tests.banks_factory import load
from tests.import_files_factory import word
from tests.integration.banks.test_importing import Desk
from tests.people_factory import make_organisation

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.interchange.drafts import FileFormat, Place
from lianbing.banks.interchange.exporting import WRITTEN, export_questions
from lianbing.banks.interchange.formats.own_reader import draft_of
from lianbing.banks.interchange.reading import read_file
from lianbing.banks.interchange.rules import Wanted
from lianbing.banks.interchange.taking_pictures import tidied
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId
from lianbing.subjects.use_cases import load_occupations

NAMES = {FileFormat.EXCEL: "a.xlsx", FileFormat.MOODLE_XML: "a.xml", FileFormat.GIFT: "a.gift"}


def test_a_shipped_bank_comes_back_from_every_format_that_holds_all_its_facts(
    app: Flask, project_root: Path
) -> None:
    bank = read_bank(project_root / "question_banks" / "electrician-g5-g4").bank
    assert bank is not None
    with app.app_context():
        union = make_organisation(db.session(), "青山市总工会").id
        db.session.rollback()
        with transaction() as session:
            load_occupations(session, SYSTEM, now=utc_now())
        bank_id = BankId(load(bank, union).bank_id)
        titles = {source.code: source for source in bank.sources}
        wanted = {
            entry.code: replace(draft_of(entry, titles[entry.source_code]), place=Place())
            for entry in bank.questions
        }
        for one in WRITTEN:
            with transaction() as session:
                made = export_questions(
                    session, SYSTEM, bank_id, one, with_exam_only=True, now=utc_now()
                )
            read = read_file(NAMES.get(one, "a.zip"), made.data)
            assert read.findings == ()
            assert len(read.questions) == made.questions
            assert made.questions + made.left_out == len(wanted)
            if one is FileFormat.GIFT:
                continue
            if one is FileFormat.WORD:  # has no place for codes
                by_stem = {draft.stem: replace(draft, code="") for draft in wanted.values()}
                for draft in read.questions:
                    assert replace(draft, place=Place()) == by_stem[draft.stem], one
                continue
            for draft in read.questions:
                assert replace(draft, place=Place()) == wanted[draft.code], one


@pytest.mark.parametrize("one", [FileFormat.MOODLE_XML, FileFormat.QTI])
def test_pictures_travel_with_their_questions(app: Flask, one: FileFormat) -> None:
    with app.app_context():
        desk = Desk()
        sent = desk.send("题.docx", word(), wanted=Wanted(source_code="law", point_code="A01"))
        desk.accept(sent.id)
        with transaction() as session:
            made = export_questions(
                session, SYSTEM, desk.bank_id, one, with_exam_only=True, now=utc_now()
            )
        pictures = tidied(read_file(NAMES.get(one, "a.zip"), made.data).pictures)
        assert len(pictures) == 1
