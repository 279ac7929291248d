"""Write a bank's questions out; exam-only ones only by name and purpose, each on the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from lianbing.banks.bank_file import SourceEntry
from lianbing.banks.interchange.drafts import DraftQuestion, FileFormat, Place
from lianbing.banks.interchange.errors import TooManyForWord
from lianbing.banks.interchange.formats.excel_writer import write_excel
from lianbing.banks.interchange.formats.gift_writer import gift_holds, write_gift
from lianbing.banks.interchange.formats.moodle_writer import moodle_holds, write_moodle_xml
from lianbing.banks.interchange.formats.own_writer import head_of, own_holds, write_own
from lianbing.banks.interchange.formats.qti_writer import write_qti
from lianbing.banks.interchange.formats.word_writer import KeysAt, write_word
from lianbing.banks.models import Question, QuestionBank, QuestionSource, QuestionVersion
from lianbing.banks.pictures.models import QuestionPicture
from lianbing.banks.queries import BankRow, is_newest
from lianbing.banks.rendering import PICTURE
from lianbing.banks.rules import QuestionUse, SourceKind
from lianbing.banks.secrecy.use_cases import record_views
from lianbing.banks.stored_content import content_of, contents_statement
from lianbing.banks.use_cases import open_bank
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, QuestionVersionId
from lianbing.subjects.queries import get_subject, scope_tree
from lianbing.subjects.rules import SkillGrade

WRITTEN = (
    FileFormat.EXCEL,
    FileFormat.WORD,
    FileFormat.MOODLE_XML,
    FileFormat.GIFT,
    FileFormat.QTI,
    FileFormat.OWN,
)
SUFFIX = {
    FileFormat.EXCEL: "xlsx",
    FileFormat.WORD: "docx",
    FileFormat.MOODLE_XML: "xml",
    FileFormat.GIFT: "gift",
    FileFormat.QTI: "qti.zip",
    FileFormat.OWN: "zip",
}
ENDING = {"image/png": "png", "image/jpeg": "jpg"}
MOST_IN_WORD = 2_000
"""A document of more pages than that opens nowhere with pleasure."""
Pictures = dict[str, tuple[str, bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """A file, with how many questions it holds and how many the format could not take."""

    data: bytes
    name: str
    questions: int
    left_out: int


def export_questions(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    file_format: FileFormat,
    *,
    with_exam_only: bool,
    now: datetime,
    keys_at: KeysAt = KeysAt.BESIDE,
) -> Exported:
    """The bank's questions that are not retired, each in its newest version.

    What ever was exam-only comes along only when asked for; raises PurposeNeeded before a
    purpose, and writes each version on the record.
    """
    bank = open_bank(session, actor, bank_id)
    by_code = file_format is FileFormat.OWN
    drafts, secret = _drafts(session, bank_id, with_exam_only, by_code=by_code)
    if with_exam_only:
        record_views(session, actor, bank_id, secret, now=now)
    held = {
        FileFormat.GIFT: gift_holds,
        FileFormat.MOODLE_XML: moodle_holds,
        FileFormat.OWN: own_holds,
    }.get(file_format, lambda _draft: True)
    taken = [draft for draft in drafts if held(draft)]
    if file_format is FileFormat.WORD and len(taken) > MOST_IN_WORD:
        raise TooManyForWord(most=MOST_IN_WORD)
    data = _written(session, bank, file_format, taken, keys_at)
    audit.record(
        session,
        actor,
        "banks.export_questions",
        subject=("question_bank", bank_id),
        now=now,
        details={
            "format": file_format.value,
            "questions": len(taken),
            "exam_only": len(secret),
        },
    )
    return Exported(
        data=data,
        name=f"{bank.code}.{SUFFIX[file_format]}",
        questions=len(taken),
        left_out=len(drafts) - len(taken),
    )


def _drafts(
    session: Session, bank_id: BankId, with_exam_only: bool, *, by_code: bool
) -> tuple[list[DraftQuestion], list[QuestionVersionId]]:
    ever = aliased(QuestionVersion)
    was_secret = exists().where(ever.question_id == Question.id, ever.use == QuestionUse.EXAM)
    statement = (
        contents_statement()
        .join(Question, is_newest())
        .add_columns(Question.code, was_secret)
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
        .order_by(Question.code)
    )
    if not with_exam_only:
        statement = statement.where(~was_secret)
    drafts, secret = [], []
    for version, point, scope, source, code, is_secret in session.execute(statement):
        content = content_of(version, point, scope, source)
        if is_secret:
            secret.append(content.version_id)
        named = source.code if source and by_code else source.title if source else ""
        drafts.append(
            DraftQuestion(
                place=Place(),
                type=content.type,
                stem=content.stem,
                key=content.key,
                options=content.options,
                prompts=content.prompts,
                parts=content.parts,
                explanation=content.explanation,
                point=point,
                code=code,
                difficulty=content.difficulty,
                use=QuestionUse(version.use),
                grade=SkillGrade(version.grade) if version.grade else None,
                source=named,
                clause=version.clause,
            )
        )
    return drafts, secret


def _written(
    session: Session,
    bank: BankRow,
    file_format: FileFormat,
    drafts: Sequence[DraftQuestion],
    keys_at: KeysAt,
) -> bytes:
    match file_format:
        case FileFormat.EXCEL:
            return write_excel(drafts)
        case FileFormat.WORD:
            return write_word(bank.title, drafts, _pictures(session, drafts), keys_at)
        case FileFormat.GIFT:
            return write_gift(drafts)
        case FileFormat.MOODLE_XML:
            return write_moodle_xml(drafts, _pictures(session, drafts))
        case FileFormat.QTI:
            return write_qti(drafts, _pictures(session, drafts))
        case _:
            return write_own(_head(session, bank), drafts, _pictures(session, drafts))


def _head(session: Session, bank: BankRow) -> dict[str, Any]:
    row = session.get_one(QuestionBank, bank.id)
    found = session.scalars(
        select(QuestionSource)
        .where(QuestionSource.bank_id == bank.id)
        .order_by(QuestionSource.code, QuestionSource.id)
    )
    sources = {
        source.code: SourceEntry(
            code=source.code,
            title=source.title,
            edition=source.edition,
            kind=SourceKind(source.kind),
            valid_from=source.valid_from,
        )
        for source in found
    }
    return head_of(
        bank.code,
        (bank.title, bank.title_en),
        (row.language, row.licence),
        get_subject(session, bank.subject_id),
        scope_tree(session, bank.subject_id, outline_id=bank.outline_id),
        list(sources.values()),
    )


def _pictures(session: Session, drafts: Sequence[DraftQuestion]) -> Pictures:
    """The pictures that the drafts name, by target, with a file name and their bytes."""
    names = sorted(
        {
            found[2].removeprefix("pic:")
            for draft in drafts
            for text in _texts(draft)
            if "![" in text
            for found in PICTURE.finditer(text)
        }
    )
    pictures: Pictures = {}
    for start in range(0, len(names), 200):
        statement = select(QuestionPicture.name, QuestionPicture.mime, QuestionPicture.data).where(
            QuestionPicture.name.in_(names[start : start + 200])
        )
        for name, mime, data in session.execute(statement):
            pictures[f"pic:{name}"] = (f"{name}.{ENDING.get(mime, 'png')}", data)
    return pictures


def _texts(draft: DraftQuestion) -> list[str]:
    parts = [text for part in draft.parts for text in (part.stem, *(o.text for o in part.options))]
    options = [option.text for option in draft.options]
    return [draft.stem, draft.explanation, *draft.prompts, *options, *parts]
