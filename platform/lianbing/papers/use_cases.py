"""Save a blueprint; draw a paper from it and freeze it; open a paper, on the record."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import BankRow, contents, examinable, get_bank
from lianbing.banks.rules import QuestionType
from lianbing.banks.sharing.queries import find_drawing_place
from lianbing.banks.sharing.use_cases import draw_from_bank
from lianbing.banks.words import BAND_WORDS, TYPE_WORDS
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import N_, DomainError, Forbidden, Msgid, NotFound
from lianbing.kernel.ids import BankId, BlueprintId, OrganisationId, PaperId
from lianbing.papers.blueprints import Cell, cell_problems, cells_to_json
from lianbing.papers.drawing import CannotFill, Drawn, Shortage, draw_apart
from lianbing.papers.errors import (
    BlueprintInfeasible,
    BlueprintInvalid,
    BlueprintJointlyInfeasible,
    ShortAnswerInPaper,
)
from lianbing.papers.freezing import body_hash, paper_body, read_body
from lianbing.papers.models import Blueprint, Paper
from lianbing.papers.openings.errors import PaperSealed
from lianbing.papers.openings.queries import find_agreed
from lianbing.papers.pool.queries import list_enemies
from lianbing.papers.queries import BlueprintRow, get_blueprint, get_paper
from lianbing.papers.rules import FrozenPaper
from lianbing.papers.vault import is_held, put_in, take_out
from lianbing.people.authority import reaches, require_reach
from lianbing.subjects.queries import ScopeRow, scope_tree


def save_blueprint(
    session: Session,
    actor: Actor,
    *,
    bank_id: BankId,
    title: str,
    cells: Sequence[Cell],
    now: datetime,
    blueprint_id: BlueprintId | None = None,
) -> BlueprintId:
    """Keep a new blueprint, or new cells of an old one; papers drawn before stay as they are."""
    bank = draw_from_bank(session, actor, bank_id, now=now)
    problems = cell_problems(cells, scope_titles(session, bank_id))
    if problems:
        raise BlueprintInvalid(problem=Msgid(problems[0].message))
    if blueprint_id is None:
        place = _place_of(session, actor, bank, now)
        blueprint = Blueprint(bank_id=bank_id, organisation_id=place)
        session.add(blueprint)
    else:
        blueprint = _get_own(session, blueprint_id, bank_id)
        node = OrganisationId(blueprint.organisation_id)
        require_reach(session, actor, Role.TRAINER, organisation_id=node)
    blueprint.title, blueprint.cells = title, cells_to_json(cells)
    blueprint.changed_at, blueprint.changed_by = now, actor.person_id
    session.flush()
    audit.record(
        session,
        actor,
        "papers.save_blueprint",
        subject=("blueprint", blueprint.id),
        now=now,
        details={"bank_id": bank_id, "questions": sum(cell.count for cell in cells)},
    )
    return BlueprintId(blueprint.id)


def _place_of(session: Session, actor: Actor, bank: BankRow, now: datetime) -> OrganisationId:
    """Whose a new blueprint is: the keeper's, or where a grant lets the actor draw."""
    if reaches(session, actor, Role.TRAINER, organisation_id=bank.organisation_id):
        return bank.organisation_id
    place = find_drawing_place(session, actor, bank.id, on=local_date(now))
    if place is None:
        raise Forbidden
    return place


def _get_own(session: Session, blueprint_id: BlueprintId, bank_id: BankId) -> Blueprint:
    blueprint = session.get(Blueprint, blueprint_id)
    if blueprint is None or blueprint.bank_id != bank_id:
        raise NotFound
    return blueprint


def scope_titles(session: Session, bank_id: BankId) -> dict[str, str]:
    """The bank's scopes of every level, code to title, in the outline's order."""
    bank = get_bank(session, bank_id)
    titles: dict[str, str] = {}

    def gather(scopes: Sequence[ScopeRow]) -> None:
        for scope in scopes:
            titles[scope.code] = scope.title
            gather(scope.children)

    gather(scope_tree(session, bank.subject_id, outline_id=bank.outline_id))
    return titles


def scope_weights(session: Session, bank_id: BankId) -> dict[str, Decimal]:
    """The outline's top scopes with their weights in percent, those with one, in its order."""
    bank = get_bank(session, bank_id)
    tree = scope_tree(session, bank.subject_id, outline_id=bank.outline_id)
    return {scope.code: scope.weight for scope in tree if scope.weight > 0}


def draw_paper(
    session: Session,
    actor: Actor,
    blueprint_id: BlueprintId,
    *,
    seed: int,
    now: datetime,
    title: str = "",
) -> PaperId:
    """Draw by the blueprint and freeze; raises BlueprintInfeasible, naming the cell.

    The seed (0 up to 2^63) decides everything else: the same seed over the same bank gives
    the paper that is already there.
    """
    blueprint = get_blueprint(session, blueprint_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=blueprint.organisation_id)
    draw_from_bank(session, actor, blueprint.bank_id, now=now)
    items = examinable(session, blueprint.bank_id)
    enemies = list_enemies(session, blueprint.bank_id)
    try:
        drawn = draw_apart(items, blueprint.cells, enemies, seed=seed)
    except CannotFill as refusal:
        titles = scope_titles(session, blueprint.bank_id)
        raise infeasible(refusal.shortage, blueprint.cells, titles) from refusal
    title = title or blueprint.title
    return freeze(session, actor, blueprint, drawn, title=title, seed=seed, now=now)


def freeze(
    session: Session,
    actor: Actor,
    blueprint: BlueprintRow,
    drawn: Sequence[Drawn],
    *,
    title: str,
    seed: int,
    now: datetime,
) -> PaperId:
    """Freeze questions in their order, letters dealt from the seed; the caller has authorised.

    What is there already under the same content is returned, not written twice.
    """
    body = _body_of(session, drawn, title, seed)
    known = session.scalar(select(Paper.id).where(Paper.content_hash == body_hash(body)))
    if known is not None:
        return PaperId(known)
    return _freeze(session, actor, blueprint, body, now=now)


def _body_of(session: Session, drawn: Sequence[Drawn], title: str, seed: int) -> str:
    found = contents(session, [one.item.version_id for one in drawn])
    questions = [(found[one.item.version_id], one.cell.marks) for one in drawn]
    return paper_body(title, questions, seed=seed)


def _freeze(
    session: Session,
    actor: Actor,
    blueprint: BlueprintRow,
    body: str,
    *,
    now: datetime,
) -> PaperId:
    frozen = read_body(PaperId(0), body)
    if any(one.content.type is QuestionType.SHORT_ANSWER for one in frozen.questions):
        raise ShortAnswerInPaper
    paper = Paper(
        organisation_id=blueprint.organisation_id,
        bank_id=blueprint.bank_id,
        blueprint_id=blueprint.id,
        title=frozen.title,
        content_hash=frozen.content_hash,
        question_count=len(frozen.questions),
        total_marks=frozen.total_marks,
        frozen_at=now,
        frozen_by=actor.person_id,
    )
    session.add(paper)
    session.flush()
    put_in(session, PaperId(paper.id), body)
    audit.record(
        session,
        actor,
        "papers.draw",
        subject=("paper", paper.id),
        now=now,
        details={"blueprint_id": blueprint.id, "content_hash": frozen.content_hash},
    )
    return PaperId(paper.id)


def infeasible(shortage: Shortage, cells: Sequence[Cell], titles: dict[str, str]) -> DomainError:
    """A shortage in the trainer's words."""
    if len(shortage.cells) > 1:
        named = listed([cell_words(cells[index], titles) for index in shortage.cells])
        return BlueprintJointlyInfeasible(cells=named, asks=shortage.asks, has=shortage.has)
    cell = cells[shortage.cells[0]]
    return BlueprintInfeasible(cell=cell_words(cell, titles), asks=shortage.asks, has=shortage.has)


def listed(words: Sequence[str]) -> str:
    """Several words or messages as one, translated where it is shown."""
    if len(words) == 1:
        return words[0]
    return Msgid(N_("%(first)s; %(rest)s"), first=words[0], rest=listed(words[1:]))


def cell_words(cell: Cell, titles: dict[str, str]) -> Msgid:
    """What a cell asks for, translated where it is shown: type, then scope, then difficulty."""
    scope = Msgid(N_("any scope")) if cell.scope_code is None else titles[cell.scope_code]
    band = Msgid(N_("any difficulty")) if cell.band is None else Msgid(BAND_WORDS[cell.band])
    return Msgid(
        N_("%(type)s, %(scope)s, %(band)s"),
        type=Msgid(TYPE_WORDS[cell.type]),
        scope=scope,
        band=band,
    )


def open_paper(
    session: Session, actor: Actor, paper_id: PaperId, *, purpose: str, now: datetime
) -> FrozenPaper:
    """The paper with its keys, for a trainer who reaches it; every opening is on the record.

    Raises PaperSealed while an exam is to be sat on it, unless a second person has agreed. What
    is opened then is not kept in memory.
    """
    row = get_paper(session, paper_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=row.organisation_id)
    opening_id = _agreed_opening(session, actor, paper_id, now)
    audit.record(
        session,
        actor,
        "papers.open",
        subject=("paper", paper_id),
        now=now,
        details={"purpose": purpose} | ({"opening": opening_id} if opening_id else {}),
    )
    return take_out(session, paper_id).paper


def _agreed_opening(session: Session, actor: Actor, paper_id: PaperId, now: datetime) -> int | None:
    """The request that lets the actor open a held paper; None for one that is not held."""
    if not is_held(session, paper_id, now=now):
        return None
    if actor.person_id is None:
        raise Forbidden
    opening_id = find_agreed(session, paper_id, actor.person_id, now=now)
    if opening_id is None:
        raise PaperSealed
    return opening_id
