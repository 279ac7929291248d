"""Pages of subjects and occupations, open to everyone signed in: what is drilled and examined."""

from typing import Protocol

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from lianbing.infra.database import db
from lianbing.kernel.ids import SubjectId
from lianbing.subjects import queries
from lianbing.subjects.errors import SubjectTaken
from lianbing.subjects.rules import Importance, SubjectKind
from lianbing.subjects.words import IMPORTANCE_WORDS, KIND_WORDS
from lianbing.web import access
from lianbing.web.errors import map_constraint
from lianbing.web.grade_words import grade_words

blueprint = Blueprint("subjects", __name__, url_prefix="/subjects", template_folder="templates")
map_constraint("uq_subject_kind_code", SubjectTaken)
blueprint.add_app_template_filter(grade_words)


class Titled(Protocol):
    """Whatever carries a title in two languages."""

    @property
    def title(self) -> str: ...

    @property
    def title_en(self) -> str: ...


@blueprint.app_template_filter()
def in_language(named: Titled) -> str:
    """The title in the viewer's language where there is one."""
    english = str(get_locale()).startswith("en")
    return named.title_en if english and named.title_en else named.title


@blueprint.app_template_filter()
def subject_kind_words(kind: SubjectKind) -> str:
    """A kind of subject as people call it."""
    return gettext(KIND_WORDS[kind])


@blueprint.app_template_filter()
def importance_words(importance: Importance) -> str:
    """A point's importance as people call it."""
    return gettext(IMPORTANCE_WORDS[importance])


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    session = db.session()
    number = request.args.get("page", 1, type=int)
    return render_template(
        "subjects/index.html",
        page=queries.page_of_subjects(session, number),
        points=queries.count_by_subject(session),
    )


@blueprint.get("/occupations")
@access.signed_in
def occupations() -> ResponseReturnValue:
    search = request.args.get("search", "").strip()
    number = request.args.get("page", 1, type=int)
    page = queries.page_of_occupations(db.session(), number, search=search)
    return render_template("subjects/occupations.html", page=page, search=search)


@blueprint.get("/<int:subject_id>")
@access.signed_in
def show(subject_id: int) -> ResponseReturnValue:
    session = db.session()
    subject = queries.get_subject(session, SubjectId(subject_id))
    outlines = queries.list_outlines(session, subject.id)
    trees = [
        (outline, queries.scope_tree(session, subject.id, outline_id=outline.id))
        for outline in outlines
    ]
    return render_template("subjects/show.html", subject=subject, trees=trees)
