"""Pages of papers for staff: the list; the paper with its key; what is printed of it."""

import logging
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lianbing.banks.rules import QuestionType
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PaperId
from lianbing.papers import queries, use_cases
from lianbing.papers.errors import PaperAltered, PaperUnderOtherKey
from lianbing.papers.openings.errors import PaperSealed
from lianbing.papers.rules import FrozenPaper, PaperQuestion
from lianbing.papers.sealing import SealBroken, UnderOtherKey
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import STATUS, answer, message_of

log = logging.getLogger(__name__)
blueprint = Blueprint("papers", __name__, url_prefix="/papers", template_folder="templates")


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """The questions of one type; ``each`` when all carry the same marks."""

    type: QuestionType
    questions: tuple[PaperQuestion, ...]

    @property
    def marks(self) -> Decimal:
        return sum((question.marks for question in self.questions), Decimal(0))

    @property
    def each(self) -> Decimal | None:
        marks = {question.marks for question in self.questions}
        return marks.pop() if len(marks) == 1 else None


def sections_of(paper: FrozenPaper) -> list[Section]:
    """The paper cut where the type changes."""
    return [
        Section(type=kind, questions=tuple(group))
        for kind, group in groupby(paper.questions, key=lambda question: question.content.type)
    ]


@blueprint.get("/")
@access.roles(Role.TRAINER, Role.ORGANISER)
def index() -> ResponseReturnValue:
    actor = current_actor()
    page = queries.list_papers(db.session(), actor, request.args.get("page", 1, type=int))
    return render_template("papers/index.html", page=page, may_open=actor.holds(Role.TRAINER))


@blueprint.app_errorhandler(SealBroken)
def _does_not_open(error: SealBroken) -> ResponseReturnValue:
    """What to do about it, instead of a page that only says something went wrong."""
    log.error("a sealed paper does not open", exc_info=error)
    told = PaperUnderOtherKey() if isinstance(error, UnderOtherKey) else PaperAltered()
    return answer(STATUS[told.kind], told.code, message_of(told))


@blueprint.errorhandler(PaperSealed)
def _to_the_seal(_error: PaperSealed) -> ResponseReturnValue:
    return redirect(url_for("paper_openings.show", **(request.view_args or {})))


def _open(paper_id: int, purpose: str) -> FrozenPaper:
    with transaction() as session:
        return use_cases.open_paper(
            session, current_actor(), PaperId(paper_id), purpose=purpose, now=utc_now()
        )


@blueprint.get("/<int:paper_id>")
@access.roles(Role.TRAINER)
def show(paper_id: int) -> ResponseReturnValue:
    paper = _open(paper_id, "view")
    row = queries.get_paper(db.session(), paper.id)
    return render_template("papers/show.html", paper=paper, row=row, sections=sections_of(paper))


@blueprint.get("/<int:paper_id>/print")
@access.roles(Role.TRAINER)
def print_paper(paper_id: int) -> ResponseReturnValue:
    paper = _open(paper_id, "print")
    return render_template("papers/print.html", paper=paper, sections=sections_of(paper))


@blueprint.get("/<int:paper_id>/key")
@access.roles(Role.TRAINER)
def print_key(paper_id: int) -> ResponseReturnValue:
    paper = _open(paper_id, "key")
    return render_template("papers/key.html", paper=paper, sections=sections_of(paper))
