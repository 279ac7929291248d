"""How a file's questions meet what the bank already holds: the work inside ``load_bank``."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.bank_file import BankFile, QuestionEntry, SourceEntry
from lianbing.banks.encoding import key_to_json, options_to_json, parts_to_json
from lianbing.banks.models import Question, QuestionBank, QuestionSource, QuestionVersion
from lianbing.banks.queries import is_newest
from lianbing.banks.review.drafting import show_newest
from lianbing.banks.review.rules import QuestionState
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId
from lianbing.subjects.models import AssessmentPoint


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadReport:
    """What a load did, in questions; all zero but ``unchanged`` when the file was known."""

    bank_id: BankId
    added: int
    changed: int
    unchanged: int
    retired: int


def keep_source(session: Session, bank_id: int, entry: SourceEntry) -> int:
    """The id of a source in this edition; another title or edition is another row."""
    found = session.scalar(
        select(QuestionSource.id).where(
            QuestionSource.bank_id == bank_id,
            QuestionSource.code == entry.code,
            QuestionSource.content_hash == entry.content_hash,
        )
    )
    if found is not None:
        return found
    source = QuestionSource(
        bank_id=bank_id,
        code=entry.code,
        content_hash=entry.content_hash,
        title=entry.title,
        edition=entry.edition,
        kind=entry.kind.value,
        valid_from=entry.valid_from,
    )
    session.add(source)
    session.flush()
    return source.id


def version_row(
    entry: QuestionEntry,
    *,
    question_id: int,
    number: int,
    content_hash: str,
    point_id: int,
    source_id: int,
    actor: Actor,
    now: datetime,
) -> QuestionVersion:
    """An entry as the next immutable version of its question."""
    return QuestionVersion(
        question_id=question_id,
        number=number,
        content_hash=content_hash,
        point_id=point_id,
        grade=entry.grade.value if entry.grade else None,
        type=entry.type.value,
        use=entry.use.value,
        difficulty=entry.difficulty,
        stem=entry.stem,
        options=options_to_json(entry.options),
        prompts=list(entry.prompts),
        parts=parts_to_json(entry.parts),
        key=key_to_json(entry.key),
        explanation=entry.explanation,
        source_id=source_id,
        clause=entry.clause,
        created_at=now,
        created_by=actor.person_id,
    )


class Loader:
    """Meets each entry with what the bank already holds under its code."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        bank: QuestionBank,
        bank_file: BankFile,
        now: datetime,
    ) -> None:
        self._session, self._actor, self._bank, self._now = session, actor, bank, now
        self._source_hashes = {entry.code: entry.content_hash for entry in bank_file.sources}
        self._source_ids = {
            entry.code: keep_source(session, bank.id, entry) for entry in bank_file.sources
        }
        points = select(AssessmentPoint.code, AssessmentPoint.id).where(
            AssessmentPoint.outline_id == bank.outline_id
        )
        self._point_ids = {row[0]: row[1] for row in session.execute(points)}
        current = (
            select(Question, QuestionVersion.content_hash)
            .join(QuestionVersion, is_newest())
            .where(Question.bank_id == bank.id)
        )
        self._known = {row[0].code: (row[0], row[1]) for row in session.execute(current)}
        self._met: set[str] = set()
        self._new: list[tuple[Question, QuestionVersion]] = []
        self._changed = self._unchanged = 0

    def load(self, entry: QuestionEntry) -> None:
        content_hash = entry.content_hash(self._source_hashes[entry.source_code])
        self._met.add(entry.code)
        known = self._known.get(entry.code)
        if known is None:
            question = Question(bank_id=self._bank.id, code=entry.code, newest_number=1)
            question.loaded_hash = content_hash
            self._new.append((question, self._version(entry, question, content_hash)))
            return
        question, current_hash = known
        if question.loaded_hash == content_hash:
            self._unchanged += 1
            return
        question.loaded_hash = content_hash
        question.retired_at = None
        if current_hash != content_hash:
            question.newest_number += 1
            self._session.add(self._version(entry, question, content_hash))
        else:
            self._approve(question)
        self._changed += 1

    def _version(
        self, entry: QuestionEntry, question: Question, content_hash: str
    ) -> QuestionVersion:
        """The next version of a question, which shows it from now on."""
        version = version_row(
            entry,
            question_id=question.id,
            number=question.newest_number,
            content_hash=content_hash,
            point_id=self._point_ids[entry.point_code],
            source_id=self._source_ids[entry.source_code],
            actor=self._actor,
            now=self._now,
        )
        show_newest(question, version)
        self._approve(question)
        return version

    def _approve(self, question: Question) -> None:
        """What the operator loads was reviewed before it became a file; a person's is a draft."""
        question.author_id = self._actor.person_id
        question.reviewer_id = question.submitted_at = None
        question.state = QuestionState.DRAFT.value
        if self._actor.person_id is None:
            question.state = QuestionState.APPROVED.value
            question.current_number = question.newest_number

    def finish(self) -> LoadReport:
        """Write what is new, many rows a statement; retire what the file no longer holds; count."""
        self._session.add_all(question for question, _version in self._new)
        self._session.flush()
        for question, version in self._new:
            version.question_id = question.id
        self._session.add_all(version for _question, version in self._new)
        retired = 0
        for code, (question, _hash) in self._known.items():
            from_file = question.loaded_hash is not None
            if from_file and code not in self._met and question.retired_at is None:
                question.retired_at = self._now
                question.loaded_hash = None  # so that it is news when a file holds it again
                retired += 1
        self._session.flush()
        return LoadReport(
            bank_id=BankId(self._bank.id),
            added=len(self._new),
            changed=self._changed,
            unchanged=self._unchanged,
            retired=retired,
        )
