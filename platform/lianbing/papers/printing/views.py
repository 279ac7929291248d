"""A paper's forms, and each as PDF and Word; behind the rules for opening papers."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.banks.sheets.rich import picture_names
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PaperId
from lianbing.papers.openings.errors import PaperSealed
from lianbing.papers.printing import queries, use_cases, words
from lianbing.papers.printing.delivery import pdf_answer, word_answer
from lianbing.papers.printing.errors import CannotPrint
from lianbing.papers.printing.typesetting import to_pdf
from lianbing.papers.printing.word import key_docx, paper_docx
from lianbing.papers.queries import get_paper
from lianbing.papers.rules import FrozenPaper
from lianbing.people.authority import require_reach
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

SEEDS = 2**63
DOCUMENTS: dict[str, Callable[[FrozenPaper, str], dict[str, Any]]] = {
    "paper": words.paper_data,
    "key": words.key_data,
    "answers": words.answers_data,
}
WORD_FILES: dict[str, Callable[[dict[str, Any], Mapping[str, bytes]], bytes]] = {
    "paper": paper_docx,
    "key": key_docx,
}

pages = Blueprint("paper_forms", __name__, url_prefix="/papers")


@pages.errorhandler(PaperSealed)
def _to_the_seal(_error: PaperSealed) -> ResponseReturnValue:
    return redirect(url_for("paper_openings.show", paper_id=(request.view_args or {})["paper_id"]))


@pages.errorhandler(CannotPrint)
def _cannot_print(error: CannotPrint) -> ResponseReturnValue:
    flash(message_of(error), "error")
    return redirect(url_for("paper_forms.index", paper_id=(request.view_args or {})["paper_id"]))


@pages.get("/<int:paper_id>/forms")
@access.roles(Role.TRAINER)
def index(paper_id: int) -> ResponseReturnValue:
    session = db.session()
    row = get_paper(session, PaperId(paper_id))
    require_reach(session, current_actor(), Role.TRAINER, organisation_id=row.organisation_id)
    labels = queries.list_labels(session, row.id)
    return render_template("papers/printing/forms.html", row=row, labels=labels)


@pages.post("/<int:paper_id>/forms")
@access.roles(Role.TRAINER)
def add(paper_id: int) -> ResponseReturnValue:
    with transaction() as session:
        label = use_cases.add_form(
            session,
            current_actor(),
            PaperId(paper_id),
            seed=secrets.randbelow(SEEDS),
            now=utc_now(),
        )
    flash(gettext("Form %(label)s is there.", label=label), "success")
    return redirect(url_for("paper_forms.index", paper_id=paper_id))


@pages.get("/<int:paper_id>/forms/<label>/<document>.pdf")
@access.roles(Role.TRAINER)
def pdf(paper_id: int, label: str, document: str) -> Response:
    data = _data(paper_id, label, document)
    return pdf_answer(to_pdf(document, data, _pictures(data)), _file_name(data, label))


@pages.get("/<int:paper_id>/forms/<label>/<document>.docx")
@access.roles(Role.TRAINER)
def docx(paper_id: int, label: str, document: str) -> Response:
    if document not in WORD_FILES:
        abort(404)
    data = _data(paper_id, label, document)
    return word_answer(WORD_FILES[document](data, _pictures(data)), _file_name(data, label))


def _data(paper_id: int, label: str, document: str) -> dict[str, Any]:
    if document not in DOCUMENTS:
        abort(404)
    with transaction() as session:
        paper = use_cases.open_form(
            session, current_actor(), PaperId(paper_id), label, purpose=document, now=utc_now()
        )
    return DOCUMENTS[document](paper, label)


def _pictures(data: dict[str, Any]) -> dict[str, bytes]:
    """The pictures of a sheet; one that is gone leaves its words."""
    return queries.picture_bytes(db.session(), picture_names(data))


def _file_name(data: dict[str, Any], label: str) -> str:
    return f"{data['title']} {label}"
