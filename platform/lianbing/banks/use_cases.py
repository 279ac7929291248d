"""Load a bank from its file; open and save questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.banks.bank_file import BankFile, QuestionEntry, SourceEntry
from lianbing.banks.checks import Known, question_problems, stem_problems
from lianbing.banks.errors import QuestionChangedMeanwhile, QuestionInvalid
from lianbing.banks.loading import Loader, LoadReport, keep_source, version_row
from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.banks.pictures.queries import picture_names
from lianbing.banks.pictures.use_cases import keep_pictures
from lianbing.banks.problems import Problem
from lianbing.banks.queries import BankRow, get_bank
from lianbing.banks.question_queries import (
    QuestionRow,
    get_question,
    list_sources,
    other_stems,
)
from lianbing.banks.review.drafting import begin_draft, show_newest
from lianbing.banks.rules import QuestionUse
from lianbing.banks.secrecy.use_cases import record_views, require_opened
from lianbing.banks.sharing.use_cases import read_bank
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, OrganisationId, QuestionId
from lianbing.people.authority import require_reach
from lianbing.subjects.queries import get_subject, list_points
from lianbing.subjects.use_cases import ensure_subject, keep_outline


def load_bank(
    session: Session,
    actor: Actor,
    bank_file: BankFile,
    *,
    organisation_id: OrganisationId,
    now: datetime,
) -> LoadReport:
    """Bring an organisation's bank in step with a checked file.

    Unchanged content makes no version; changed content makes the next one; a question the
    file no longer holds is retired and comes back when a later file holds it again. What was
    saved in the browser stays until the file says something new of it.
    """
    require_reach(session, actor, Role.TRAINER, organisation_id=organisation_id)
    bank = _keep_bank(session, bank_file, organisation_id, now)
    keep_pictures(session, BankId(bank.id), bank_file.pictures, now=now)
    loader = Loader(session, actor, bank, bank_file, now)
    for entry in bank_file.questions:
        loader.load(entry)
    report = loader.finish()
    if report.added or report.changed or report.retired:
        bank.changed_at = now
        audit.record(
            session,
            actor,
            "banks.load",
            subject=("question_bank", bank.id),
            now=now,
            details={
                "added": report.added,
                "changed": report.changed,
                "retired": report.retired,
            },
        )
    return report


def _keep_bank(
    session: Session, bank_file: BankFile, organisation_id: OrganisationId, now: datetime
) -> QuestionBank:
    subject_id = ensure_subject(session, bank_file.subject)
    outline_id = keep_outline(
        session,
        bank_file.scopes,
        subject_id=subject_id,
        organisation_id=organisation_id,
        code=bank_file.code,
        title=bank_file.title,
    )
    bank = session.scalar(
        select(QuestionBank)
        .where(QuestionBank.organisation_id == organisation_id, QuestionBank.code == bank_file.code)
        .with_for_update()
    )
    if bank is None:
        bank = QuestionBank(
            organisation_id=organisation_id, code=bank_file.code, created_at=now, changed_at=now
        )
        session.add(bank)
    bank.subject_id, bank.outline_id = subject_id, outline_id
    bank.title, bank.title_en = bank_file.title, bank_file.title_en
    bank.language, bank.licence = bank_file.language, bank_file.licence
    session.flush()
    return bank


def open_bank(session: Session, actor: Actor, bank_id: BankId) -> BankRow:
    """The bank, for a trainer who reaches its owner; raises NotFound or Forbidden."""
    bank = get_bank(session, bank_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)
    return bank


def open_question(
    session: Session,
    actor: Actor,
    question_id: QuestionId,
    *,
    shown: Sequence[int | None] = (None,),
    now: datetime,
) -> QuestionRow:
    """A question with its keys, for a trainer; ``shown`` are the versions read, None the newest.

    One that ever was exam-only is for the bank's keepers, by name and purpose: raises
    PurposeNeeded before a purpose, and writes each version shown on the record. Others are open
    to readers by grant too.
    """
    question = get_question(session, question_id)
    if not question.is_secret:
        read_bank(session, actor, question.bank_id, now=now)
    else:
        open_bank(session, actor, question.bank_id)
        read = [question.version(number).content.version_id for number in shown]
        record_views(session, actor, question.bank_id, read, now=now)
    return question


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionDraft:
    """A question as a trainer wrote it; ``new_source`` when its source is not in the bank yet.

    A new question has no code and gets one; ``base_number`` is the version that was edited.
    """

    entry: QuestionEntry
    new_source: SourceEntry | None = None
    question_id: QuestionId | None = None
    base_number: int = 0


def check_draft(session: Session, bank: BankRow, draft: QuestionDraft) -> Sequence[Problem]:
    """Everything that keeps the draft from being saved, as the file checker would say it."""
    subject = get_subject(session, bank.subject_id)
    sources = {source.code for source in list_sources(session, bank.id)}
    if draft.new_source is not None:
        sources.add(draft.new_source.code)
    points = list_points(session, bank.outline_id)
    known = Known(
        points={point.code for point in points},
        sources=sources,
        grades=subject.grades,
        pictures=picture_names(session, bank.id),
    )
    entry = replace(draft.entry, code=draft.entry.code or "new")
    besides = [draft.question_id] if draft.question_id is not None else []
    stems = other_stems(session, bank.id, besides=besides)
    return [*question_problems(entry, known), *stem_problems(entry, stems)]


def save_question(
    session: Session, actor: Actor, bank_id: BankId, draft: QuestionDraft, *, now: datetime
) -> QuestionId:
    """Keep a new question, or the next version of one, as a draft; equal content makes none.

    The approved version stays in use until a reviewer approves the new one.

    Raises QuestionInvalid with its problems, QuestionChangedMeanwhile when another version
    was saved after the one that was edited, PurposeNeeded before exam-only content is written
    without pledge and purpose.
    """
    bank = open_bank(session, actor, bank_id)
    if draft.entry.use is QuestionUse.EXAM:
        require_opened(session, actor, bank_id, now=now)
    session.execute(select(QuestionBank.id).where(QuestionBank.id == bank_id).with_for_update())
    problems = check_draft(session, bank, draft)
    if problems:
        raise QuestionInvalid(problems)
    question = _question_of(session, bank_id, draft)
    if _add_version(session, actor, bank, question, draft, now):
        audit.record(
            session,
            actor,
            "banks.save_question",
            subject=("question", question.id),
            now=now,
            details={"bank_id": bank_id, "version": question.newest_number},
        )
    return QuestionId(question.id)


def _question_of(session: Session, bank_id: BankId, draft: QuestionDraft) -> Question:
    if draft.question_id is None:
        code = _free_code(session, bank_id, draft.entry.point_code)
        question = Question(bank_id=bank_id, code=code, current_number=0, newest_number=0)
        session.add(question)
        session.flush()
        return question
    found = session.get(Question, draft.question_id, with_for_update=True)
    if found is None or found.bank_id != bank_id:
        raise NotFound
    if found.newest_number != draft.base_number:
        raise QuestionChangedMeanwhile
    return found


def _free_code(session: Session, bank_id: BankId, point_code: str) -> str:
    """A code no file uses: ``w`` marks what was written in the browser."""
    start = f"{point_code}-w"
    taken = session.scalar(
        select(func.count()).where(
            Question.bank_id == bank_id, Question.code.startswith(start, autoescape=True)
        )
    )
    return f"{start}{(taken or 0) + 1:03d}"


def _add_version(
    session: Session,
    actor: Actor,
    bank: BankRow,
    question: Question,
    draft: QuestionDraft,
    now: datetime,
) -> bool:
    entry = replace(draft.entry, code=question.code)
    source_id, source_hash = _source_of(session, bank.id, draft)
    content_hash = entry.content_hash(source_hash)
    current = session.scalar(
        select(QuestionVersion.content_hash).where(
            QuestionVersion.question_id == question.id,
            QuestionVersion.number == question.newest_number,
        )
    )
    if current == content_hash:
        return False
    points = {point.code: point.id for point in list_points(session, bank.outline_id)}
    begin_draft(session, actor, question)
    version = version_row(
        entry,
        question_id=question.id,
        number=question.newest_number,
        content_hash=content_hash,
        point_id=points[entry.point_code],
        source_id=source_id,
        actor=actor,
        now=now,
    )
    session.add(version)
    show_newest(question, version)
    session.flush()
    return True


def _source_of(session: Session, bank_id: BankId, draft: QuestionDraft) -> tuple[int, str]:
    if draft.new_source is not None:
        return keep_source(session, bank_id, draft.new_source), draft.new_source.content_hash
    for source in list_sources(session, bank_id):
        if source.code == draft.entry.source_code:
            return source.id, source.content_hash
    raise NotFound
