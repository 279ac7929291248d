"""The blueprint editor: a two-way table, and in each cell what the bank has."""

import secrets
from dataclasses import dataclass, replace

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.banks.queries import BankRow
from lianbing.banks.rules import DifficultyBand, QuestionType
from lianbing.banks.sharing.use_cases import draw_from_bank
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import BankId, BlueprintId
from lianbing.papers import queries, use_cases
from lianbing.papers.blueprints import hundred_marks
from lianbing.papers.coverage import measure
from lianbing.papers.coverage_words import coverage_json
from lianbing.papers.errors import BlueprintInfeasible, PaperDrawnMeanwhile, PaperTooHeavy
from lianbing.papers.forms import MOST_COLUMNS, Grid, grid_from, grid_of
from lianbing.papers.queries import BlueprintRow
from lianbing.papers.views import blueprint
from lianbing.papers.weighting import Weighting, spread_grid
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import map_constraint, message_of

LONGEST_TITLE = 100
SEEDS = 2**63

map_constraint("uq_paper_content_hash", PaperDrawnMeanwhile)


@dataclass(frozen=True, kw_only=True, slots=True)
class Editor:
    """The editor as it stands in the browser; ``weighting`` right after weights were spread."""

    title: str
    grid: Grid
    weighting: Weighting | None = None


@blueprint.get("/blueprints")
@access.roles(Role.TRAINER)
def blueprints() -> ResponseReturnValue:
    number = request.args.get("page", 1, type=int)
    page = queries.list_blueprints(db.session(), current_actor(), number)
    return render_template("papers/blueprints.html", page=page)


@blueprint.route("/blueprints/new", methods=["GET", "POST"])
@access.roles(Role.TRAINER)
def new_blueprint() -> ResponseReturnValue:
    bank = _bank(request.args.get("bank", 0, type=int))
    start = gettext("%(bank)s: 100 marks", bank=bank.title)
    return _edit(bank, None, Editor(title=start, grid=grid_of(hundred_marks())))


@blueprint.route("/blueprints/<int:blueprint_id>", methods=["GET", "POST"])
@access.roles(Role.TRAINER)
def edit_blueprint(blueprint_id: int) -> ResponseReturnValue:
    found = queries.get_blueprint(db.session(), BlueprintId(blueprint_id))
    bank = _bank(found.bank_id)
    order = tuple(use_cases.scope_titles(db.session(), bank.id))
    return _edit(bank, found, Editor(title=found.title, grid=grid_of(found.cells, order)))


def _bank(bank_id: int) -> BankRow:
    return draw_from_bank(db.session(), current_actor(), BankId(bank_id), now=utc_now())


def _edit(bank: BankRow, found: BlueprintRow | None, editor: Editor) -> ResponseReturnValue:
    refused = False
    if request.method == "POST":
        title = request.form.get("title", "").strip()
        editor = Editor(title=title, grid=grid_from(request.form))
        action, _, number = request.form.get("action", "save").partition("-")
        if action == "save":
            saved = _save(bank, found, editor)
            if saved is not None:
                flash(gettext("The blueprint is saved."), "success")
                return redirect(url_for("papers.edit_blueprint", blueprint_id=saved))
            refused = True
        elif action == "weights":
            editor = _weighted(bank, editor)
        else:
            at = int(number) if number.isdecimal() else -1
            editor = replace(editor, grid=_changed(editor.grid, action, at))
    return _page(bank, found, editor, refused=refused)


def _changed(grid: Grid, action: str, at: int) -> Grid:
    """The table after a button that only changes its shape."""
    match action:
        case "addcolumn":
            return grid.with_column()
        case "addrow":
            return grid.with_row(request.form.get("new-scope", "").strip())
        case "removecolumn":
            return grid.without_column(at)
        case "removerow":
            return grid.without_row(at)
        case _:
            return grid


def _weighted(bank: BankRow, editor: Editor) -> Editor:
    weighting = spread_grid(db.session(), bank, editor.grid)
    if weighting is None:
        flash(
            gettext("Nothing to spread: enter marks and how many questions, or the weights lack."),
            "error",
        )
        return editor
    return replace(editor, grid=weighting.grid, weighting=weighting)


def _save(bank: BankRow, found: BlueprintRow | None, editor: Editor) -> BlueprintId | None:
    meant = editor.grid.cells()
    cells = [cell for cell in meant if cell is not None and cell.count]
    if None in meant or not 0 < len(editor.title) <= LONGEST_TITLE:
        return None
    if measure(db.session(), bank.id, cells).problems:
        return None
    with transaction() as session:
        return use_cases.save_blueprint(
            session,
            current_actor(),
            bank_id=bank.id,
            title=editor.title,
            cells=cells,
            now=utc_now(),
            blueprint_id=found.id if found is not None else None,
        )


def _page(
    bank: BankRow, found: BlueprintRow | None, editor: Editor, *, refused: bool
) -> ResponseReturnValue:
    session = db.session()
    page = render_template(
        "papers/blueprint.html",
        bank=bank,
        found=found,
        editor=editor,
        grid=editor.grid,
        refused=refused,
        coverage=_coverage(bank, editor.grid),
        scopes=use_cases.scope_titles(session, bank.id),
        types=list(QuestionType),
        bands=list(DifficultyBand),
        most_columns=MOST_COLUMNS,
    )
    return page, 400 if refused else 200


def _coverage(bank: BankRow, grid: Grid) -> dict[str, object]:
    session = db.session()
    weights = use_cases.scope_weights(session, bank.id)
    return coverage_json(grid, measure(session, bank.id, grid.cells()), weights)


@blueprint.post("/blueprints/coverage/<int:bank_id>")
@access.roles(Role.TRAINER)
def coverage(bank_id: int) -> ResponseReturnValue:
    return jsonify(_coverage(_bank(bank_id), grid_from(request.form)))


@blueprint.post("/blueprints/<int:blueprint_id>/draw")
@access.roles(Role.TRAINER)
def draw(blueprint_id: int) -> ResponseReturnValue:
    title = request.form.get("title", "").strip()
    if len(title) > LONGEST_TITLE:
        abort(400)
    try:
        with transaction() as session:
            paper_id = use_cases.draw_paper(
                session,
                current_actor(),
                BlueprintId(blueprint_id),
                seed=secrets.randbelow(SEEDS),
                now=utc_now(),
                title=title,
            )
    except (BlueprintInfeasible, PaperTooHeavy) as refusal:
        return _refused(blueprint_id, refusal)
    flash(gettext("The paper is drawn and frozen."), "success")
    return redirect(url_for("papers.show", paper_id=paper_id))


def _refused(blueprint_id: int, refusal: DomainError) -> ResponseReturnValue:
    flash(message_of(refusal), "error")
    return redirect(url_for("papers.edit_blueprint", blueprint_id=blueprint_id))
