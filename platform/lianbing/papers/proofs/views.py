"""The proof sheet as a page and as a PDF."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.papers.assembly.queries import SetRow, SetState, get_set
from lianbing.papers.openings.errors import PaperSealed
from lianbing.papers.printing.delivery import pdf_answer
from lianbing.papers.printing.typesetting import to_pdf
from lianbing.papers.proofs.charts import Chart
from lianbing.papers.proofs.use_cases import prove_set
from lianbing.papers.proofs.words import ShownProof, shown
from lianbing.papers.use_cases import scope_titles
from lianbing.papers.vault import is_held
from lianbing.web import access
from lianbing.web.access import current_actor

pages = Blueprint("paper_proofs", __name__, url_prefix="/papers/sets")


@pages.errorhandler(PaperSealed)
def _sealed(_error: PaperSealed) -> ResponseReturnValue:
    """To the seal of the set's first paper that is held."""
    session = db.session()
    row = get_set(session, int((request.view_args or {})["set_id"]))
    held = (number for number in row.papers if is_held(session, number, now=utc_now()))
    return redirect(url_for("paper_openings.show", paper_id=next(held, row.papers[0])))


@pages.get("/<int:set_id>/proof")
@access.roles(Role.TRAINER)
def show(set_id: int) -> ResponseReturnValue:
    row, proof = _proof(set_id)
    return render_template(
        "papers/proofs/show.html", row=row, proof=proof, names=_names(len(proof.overlap))
    )


@pages.get("/<int:set_id>/proof.pdf")
@access.roles(Role.TRAINER)
def pdf(set_id: int) -> Response:
    row, proof = _proof(set_id)
    return pdf_answer(
        to_pdf("proof", _data(row, proof)), gettext("Proof sheet: %(title)s", title=row.title)
    )


def _proof(set_id: int) -> tuple[SetRow, ShownProof]:
    with transaction() as session:
        row, proof = prove_set(session, current_actor(), set_id, now=utc_now())
    return row, shown(row, proof, scope_titles(db.session(), row.bank_id))


def _names(count: int) -> list[str]:
    return [gettext("Paper %(number)s", number=number) for number in range(1, count + 1)]


def _data(row: SetRow, proof: ShownProof) -> dict[str, Any]:
    signs = {True: "", False: " ✗", None: ""}
    state = gettext("Frozen") if row.state is SetState.FROZEN else gettext("Draft")
    return {
        "title": gettext("Proof sheet: %(title)s", title=row.title),
        "lead": f"{row.bank_title} · {state}",
        "foot": row.title,
        "verdict": verdict(proof),
        "papers": _names(len(proof.overlap)),
        "headings": {
            "constraints": gettext("Asked and got"),
            "what": gettext("Demand"),
            "asked": gettext("Asked for"),
            "difficulty": gettext("Questions by difficulty"),
            "information": gettext("Test information by ability"),
            "overlap": gettext("Common questions"),
        },
        "lines": [
            {"what": line.what, "asked": line.asked, "got": [t + signs[m] for t, m in line.got]}
            for line in proof.lines
        ],
        "difficulty": _chart(proof.difficulty),
        "information": None if proof.information is None else _chart(proof.information),
        "overlap": proof.overlap,
    }


def verdict(proof: ShownProof) -> str:
    """The sheet's one sentence."""
    if proof.holds:
        return gettext("All papers keep everything that was asked.")
    return gettext("Not everything that was asked is kept: see the marked figures.")


pages.add_app_template_filter(verdict, "proof_verdict")


def _chart(chart: Chart) -> dict[str, Any]:
    points = [
        [[float(number) for number in pair.split(",")] for pair in curve.split()]
        for curve in chart.curves
    ]
    return asdict(chart) | {"curves": points}
