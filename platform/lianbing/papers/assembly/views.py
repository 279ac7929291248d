"""Pages of sets of papers: asking, waiting, the draft, swapping, freezing."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from lianbing.banks.queries import contents
from lianbing.banks.rules import QuestionContent
from lianbing.infra import tasks
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import BlueprintId, QuestionVersionId
from lianbing.papers.assembly import changing, freezing, queries, use_cases
from lianbing.papers.assembly.demands import DEMAND_WORDS
from lianbing.papers.assembly.drafts import Draft
from lianbing.papers.assembly.errors import (
    DoesNotFit,
    DraftLocked,
    DraftNotKept,
    DraftOutdated,
    WantedInvalid,
)
from lianbing.papers.assembly.forms import SEEDS, SetForm
from lianbing.papers.assembly.queries import SetRow, SetState
from lianbing.papers.assembly.rules import (
    Demand,
    Placed,
    Problem,
    difficulty_of,
    faults,
    usual_difficulty,
)
from lianbing.papers.assembly.swapping import list_swaps
from lianbing.papers.assembly.words import Explanation, explanation
from lianbing.papers.errors import PaperTooHeavy
from lianbing.papers.pool.errors import UnknownCodes
from lianbing.papers.pool.queries import codes_of, count_parameters
from lianbing.papers.queries import get_blueprint
from lianbing.papers.use_cases import scope_titles
from lianbing.papers.vault import wrapping_fingerprint
from lianbing.people.authority import require_reach
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

TASK = "papers.assemble"
LOCKED = 503
pages = Blueprint("paper_sets", __name__, url_prefix="/papers/sets")


@pages.app_template_filter()
def demand_text(demand: Demand) -> str:
    """A kind of demand in the reader's language."""
    return gettext(DEMAND_WORDS[demand])


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftLine:
    """A question of a draft; ``content`` None when it is gone."""

    question_id: int
    code: str
    content: QuestionContent | None
    marks: Decimal
    outdated: bool


@pages.get("/")
@access.roles(Role.TRAINER)
def index() -> ResponseReturnValue:
    number = request.args.get("page", 1, type=int)
    page = queries.page_of_sets(db.session(), current_actor(), number)
    return render_template("papers/assembly/index.html", page=page)


@pages.route("/new", methods=["GET", "POST"])
@access.roles(Role.TRAINER)
def new() -> ResponseReturnValue:
    session = db.session()
    blueprint = get_blueprint(session, BlueprintId(request.args.get("blueprint", 0, type=int)))
    require_reach(session, current_actor(), Role.TRAINER, organisation_id=blueprint.organisation_id)
    form = SetForm(data=_asked_before(session, blueprint.id) or {"title": blueprint.title})
    if form.validate_on_submit():
        try:
            return _ask(BlueprintId(blueprint.id), form)
        except (UnknownCodes, WantedInvalid) as refusal:
            form.fixed.errors = [*form.fixed.errors, message_of(refusal)]
    candidates = queries.gather_candidates(session, blueprint.bank_id)
    page = render_template(
        "papers/assembly/new.html",
        form=form,
        found=blueprint,
        usual=usual_difficulty(blueprint.cells, candidates),
        points=len({one.item.point_id for one in candidates}),
        parameters=count_parameters(session, blueprint.bank_id),
        questions=len(candidates),
    )
    return page, 400 if form.errors else 200


def _asked_before(session: Session, blueprint_id: int) -> dict[str, Any] | None:
    """What an earlier set by this blueprint asked for, to change; fixed questions stay sealed."""
    number = request.args.get("again", type=int)
    if number is None:
        return None
    row = _reached(session, number)
    return {"title": row.title, **asdict(row.wanted)} if row.blueprint_id == blueprint_id else None


def _ask(blueprint_id: BlueprintId, form: SetForm) -> ResponseReturnValue:
    seed = int(form.seed.data) if form.seed.data else secrets.randbelow(SEEDS)
    with transaction() as session:
        set_id = use_cases.ask_for_papers(
            session,
            current_actor(),
            blueprint_id,
            form.wanted(),
            title=(form.title.data or "").strip(),
            seed=seed,
            now=utc_now(),
        )
    tasks.kick(TASK)
    return redirect(url_for("paper_sets.show", set_id=set_id))


def _reached(session: Session, set_id: int) -> SetRow:
    row = queries.get_set(session, set_id)
    require_reach(session, current_actor(), Role.TRAINER, organisation_id=row.organisation_id)
    return row


@pages.get("/<int:set_id>")
@access.roles(Role.TRAINER)
def show(set_id: int) -> ResponseReturnValue:
    row = _reached(db.session(), set_id)
    if row.is_sealed and row.wrapping_key != wrapping_fingerprint(db.session()):
        why = message_of(DraftLocked())
        return render_template("papers/assembly/locked.html", row=row, told=why), LOCKED
    match row.state:
        case SetState.DRAFT:
            return _draft_page(set_id)
        case SetState.FROZEN:
            return render_template("papers/assembly/frozen.html", row=row)
        case _:
            told = _explained(db.session(), row)
            return render_template("papers/assembly/waiting.html", row=row, told=told)


def _explained(session: Session, row: SetRow) -> Explanation | None:
    if row.conflict is None:
        return None
    named = {number for remedy in row.conflict.remedies for number in remedy.about}
    titles = scope_titles(session, row.bank_id)
    return explanation(row, row.conflict, titles, codes_of(session, named))


@pages.get("/<int:set_id>/state")
@access.roles(Role.TRAINER)
def state(set_id: int) -> ResponseReturnValue:
    row = _reached(db.session(), set_id)
    return jsonify(progress=row.progress, under_way=row.state.is_under_way)


def _draft_page(set_id: int) -> ResponseReturnValue:
    actor, now = current_actor(), utc_now()
    with transaction() as session:
        row, problem, draft = changing.open_set(session, actor, set_id, now=now)
        at = min(max(request.args.get("paper", 1, type=int), 1), len(draft.papers))
        seen = [place.question_id for place in draft.papers[at - 1]]
        changing.show_questions(session, actor, row, problem, draft, seen, now=now)
    old = freezing.outdated(problem, draft)
    return render_template(
        "papers/assembly/draft.html",
        row=row,
        seed=draft.seed,
        target=problem.target,
        at=at,
        count=len(draft.papers),
        lines=draft_lines(db.session(), problem, draft, at - 1, old),
        difficulties=[] if old else [difficulty_of(problem, paper) for paper in draft.papers],
        fails=[] if old else sorted(faults(problem, draft.papers)),
        outdated=len(old),
    )


def draft_lines(
    session: Session, problem: Problem, draft: Draft, at: int, old: set[int]
) -> list[DraftLine]:
    """The questions of one paper of a draft, cell by cell."""
    places = sorted(draft.papers[at], key=lambda place: (place.cell, place.question_id))
    codes = codes_of(session, [place.question_id for place in places])
    found = contents(
        session, [QuestionVersionId(draft.versions[place.question_id]) for place in places]
    )
    return [
        DraftLine(
            question_id=place.question_id,
            code=codes[place.question_id],
            content=found.get(QuestionVersionId(draft.versions[place.question_id])),
            marks=problem.cells[place.cell].marks,
            outdated=place.question_id in old,
        )
        for place in places
    ]


@pages.get("/<int:set_id>/papers/<int:paper>/swap/<int:question_id>")
@access.roles(Role.TRAINER)
def swaps(set_id: int, paper: int, question_id: int) -> ResponseReturnValue:
    actor, now = current_actor(), utc_now()
    with transaction() as session:
        row, problem, draft = changing.open_set(session, actor, set_id, now=now)
        place = _place(draft.papers, paper - 1, question_id)
        old = freezing.outdated(problem, draft) - {question_id}
        found = [] if place is None or old else list_swaps(problem, draft.papers, paper - 1, place)
        seen = [question_id, *(swap.candidate.id for swap in found)]
        changing.show_questions(session, actor, row, problem, draft, seen, now=now)
    if place is None or old:
        flash(gettext("Swap the questions first that were changed or withdrawn."), "error")
        return redirect(url_for("paper_sets.show", set_id=set_id, paper=paper))
    session = db.session()
    lines = draft_lines(session, problem, draft, paper - 1, set())
    wanted = contents(session, [swap.candidate.item.version_id for swap in found])
    return render_template(
        "papers/assembly/swap.html",
        row=row,
        paper=paper,
        line=next(line for line in lines if line.question_id == question_id),
        swaps=found,
        contents=wanted,
        codes=codes_of(session, [swap.candidate.id for swap in found]),
    )


def _place(papers: Sequence[Sequence[Placed]], at: int, question_id: int) -> Placed | None:
    if not 0 <= at < len(papers):
        return None
    return next((place for place in papers[at] if place.question_id == question_id), None)


@pages.post("/<int:set_id>/papers/<int:paper>/swap/<int:question_id>")
@access.roles(Role.TRAINER)
def swap(set_id: int, paper: int, question_id: int) -> ResponseReturnValue:
    code = request.form.get("code", "").strip()[:40]
    into: int | str = code or request.form.get("into", 0, type=int)
    try:
        with transaction() as session:
            changing.swap(
                session,
                current_actor(),
                set_id,
                paper=paper - 1,
                out=question_id,
                into=into,
                now=utc_now(),
            )
    except (DoesNotFit, UnknownCodes) as refusal:
        flash(message_of(refusal), "error")
        back = url_for("paper_sets.swaps", set_id=set_id, paper=paper, question_id=question_id)
        return redirect(back)
    flash(gettext("The question is swapped."), "success")
    return redirect(url_for("paper_sets.show", set_id=set_id, paper=paper))


@pages.post("/<int:set_id>/freeze")
@access.roles(Role.TRAINER)
def freeze(set_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            freezing.freeze_set(session, current_actor(), set_id, now=utc_now())
    except (DraftNotKept, DraftOutdated, PaperTooHeavy) as refusal:
        return _told(set_id, refusal)
    flash(gettext("The papers are frozen."), "success")
    return redirect(url_for("paper_sets.show", set_id=set_id))


def _told(set_id: int, refusal: DomainError) -> ResponseReturnValue:
    flash(message_of(refusal), "error")
    return redirect(url_for("paper_sets.show", set_id=set_id))


@pages.post("/<int:set_id>/cancel")
@access.roles(Role.TRAINER)
def cancel(set_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.cancel(session, current_actor(), set_id, now=utc_now())
    flash(gettext("Given up. Nothing of it is kept."), "info")
    return redirect(url_for("paper_sets.show", set_id=set_id))


@pages.post("/<int:set_id>/discard")
@access.roles(Role.TRAINER)
def discard(set_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.discard(session, current_actor(), set_id, now=utc_now())
    flash(gettext("The draft is discarded."), "info")
    return redirect(url_for("paper_sets.index"))
