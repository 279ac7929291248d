"""Open a draft on the record, and put other questions into it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.banks.queries import get_bank
from lianbing.banks.secrecy.use_cases import record_views, require_opened
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import BankId, QuestionVersionId
from lianbing.papers.assembly import drafts
from lianbing.papers.assembly.drafts import Draft
from lianbing.papers.assembly.errors import DoesNotFit, DraftChanged
from lianbing.papers.assembly.queries import SetRow, get_set, problem_of, secret_versions
from lianbing.papers.assembly.reaching import reached_set, record_act, require_draft
from lianbing.papers.assembly.rules import Problem
from lianbing.papers.assembly.swapping import fitting, swapped
from lianbing.papers.pool.queries import questions_by_code
from lianbing.people.authority import reaches


def open_set(
    session: Session, actor: Actor, set_id: int, *, now: datetime
) -> tuple[SetRow, Problem, Draft]:
    """A draft with its questions' numbers, on the record; raises NotADraft."""
    row = reached_set(session, actor, set_id)
    require_draft(row)
    draft = drafts.read(session, row)
    shown = get_set(session, set_id)
    record_act(session, actor, "papers.open_draft", row, now, {})
    return shown, problem_of(session, shown, draft), draft


def show_questions(
    session: Session,
    actor: Actor,
    row: SetRow,
    problem: Problem,
    draft: Draft,
    question_ids: Iterable[int],
    *,
    now: datetime,
) -> None:
    """Write down which exam-only questions are shown; raises PurposeNeeded before a purpose.

    What stands in the draft is shown in the version that was placed, also after the bank has
    another; anything else in its version in use.
    """
    shown = [
        draft.versions.get(number) or problem.by_id[number].item.version_id
        for number in question_ids
        if number in draft.versions or number in problem.by_id
    ]
    record_shown(session, actor, row.bank_id, shown, now=now)


def record_shown(
    session: Session, actor: Actor, bank_id: BankId, version_ids: Iterable[int], *, now: datetime
) -> None:
    """Write down those of the versions that are for exams only; raises PurposeNeeded.

    Who draws from a bank by grant does not pass its keepers' door: for them the opening of the
    draft stands in the audit trail alone.
    """
    secret = _behind_the_door(session, actor, bank_id, version_ids)
    if secret:
        record_views(session, actor, bank_id, secret, now=now)


def require_opened_for(
    session: Session, actor: Actor, bank_id: BankId, version_ids: Iterable[int], *, now: datetime
) -> None:
    """Whoever picks exam-only questions by hand has said what for; raises PurposeNeeded.

    Nothing is shown yet: the draft's pages write each view down.
    """
    if _behind_the_door(session, actor, bank_id, version_ids):
        require_opened(session, actor, bank_id, now=now)


def _behind_the_door(
    session: Session, actor: Actor, bank_id: BankId, version_ids: Iterable[int]
) -> list[QuestionVersionId]:
    keeper = get_bank(session, bank_id).organisation_id
    if not reaches(session, actor, Role.TRAINER, organisation_id=keeper):
        return []
    return secret_versions(session, version_ids)


def swap(
    session: Session,
    actor: Actor,
    set_id: int,
    *,
    paper: int,
    out: int,
    into: int | str,
    now: datetime,
) -> None:
    """Put another question, by its number or its code, in the place of one; papers from 0.

    Raises DoesNotFit, DraftChanged, UnknownCodes; PurposeNeeded when it is for exams only and
    nothing was stated today: it is shown with its key as soon as it stands there. What else the
    new set may fail is told on its page and keeps it from being frozen.
    """
    row = reached_set(session, actor, set_id)
    require_draft(row)
    draft = drafts.read(session, row)
    problem = problem_of(session, get_set(session, set_id), draft)
    if isinstance(into, str):
        into = questions_by_code(session, get_set(session, set_id).bank_id, [into])[into][0]
    if not 0 <= paper < len(draft.papers):
        raise DraftChanged
    place = next((one for one in draft.papers[paper] if one.question_id == out), None)
    if place is None:
        raise DraftChanged
    if into not in {one.id for one in fitting(problem, draft.papers[paper], place)}:
        raise DoesNotFit
    papers = swapped(draft.papers, paper, place, into)
    chosen = problem.by_id[into].item.version_id
    record_shown(session, actor, BankId(row.bank_id), [chosen], now=now)
    versions = {**draft.versions, into: chosen}
    drafts.keep(session, row, draft.with_papers(papers, versions))
    record_act(session, actor, "papers.swap", row, now, {"paper": paper + 1})
