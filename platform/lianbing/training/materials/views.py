"""Pages of study material: one to study, its files; a trainer's list and upkeep."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import MaterialId, OrganisationId
from lianbing.people.choices import organisation_choices
from lianbing.people.queries import list_reachable_organisations, organisation_names
from lianbing.people.refusals import REFUSED, refuse
from lianbing.training.materials import queries, use_cases
from lianbing.training.materials.files import ENDINGS, PDF
from lianbing.training.materials.forms import FileForm, LinkForm, NewMaterialForm, TextForm
from lianbing.training.materials.queries import KEEPERS, StoredFile
from lianbing.training.materials.rules import host_of
from lianbing.training.reading.queries import find_own_seconds, studied
from lianbing.web import access
from lianbing.web.access import current_actor

NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'self'"
A_DAY = "private, max-age=86400"

blueprint = Blueprint("study", __name__, url_prefix="/training/materials")
blueprint.add_app_template_filter(host_of, "link_host")


@blueprint.get("/manage/")
@access.roles(*KEEPERS)
def manage() -> ResponseReturnValue:
    """What the trainer keeps, with how many studied it and how long."""
    search = request.args.get("search", "").strip()
    session = db.session()
    page = queries.page_of_kept(session, current_actor(), _page(), search=search)
    return render_template(
        "training/materials.html",
        page=page,
        search=search,
        owners=_owners(page.rows),
        studied=studied(session, [row.id for row in page.rows]),
    )


@blueprint.get("/<int:material_id>")
@access.signed_in
def show(material_id: int) -> ResponseReturnValue:
    """One material to study; the page counts the time."""
    session, actor = db.session(), current_actor()
    material = queries.get_material(session, actor, MaterialId(material_id))
    seconds = find_own_seconds(session, actor, material.row.id)
    return render_template("training/material.html", material=material, seconds=seconds)


@blueprint.get("/<int:material_id>/files/<int:item_id>")
@access.signed_in
def file(material_id: int, item_id: int) -> ResponseReturnValue:
    """A picture to be shown, or a PDF to be saved: never a page of ours, and nothing in it runs."""
    found = queries.get_file(db.session(), current_actor(), MaterialId(material_id), item_id)
    response = Response(found.data, mimetype=found.mime)
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["Content-Disposition"] = _disposition(found)
    response.headers["Cache-Control"] = A_DAY
    response.set_etag(found.name)
    return response.make_conditional(request)


def _disposition(file: StoredFile) -> str:
    """The name is made from the trainer's words and the true type, not from the upload's name."""
    kind = "attachment" if file.mime == PDF else "inline"
    words = "".join(sign if sign.isalnum() or sign in " -_" else "_" for sign in file.title)
    name = (words.strip() or "file") + ENDINGS[file.mime]
    return f"{kind}; filename=file{ENDINGS[file.mime]}; filename*=UTF-8''{quote(name)}"


@blueprint.route("/new", methods=["GET", "POST"])
@access.roles(*KEEPERS)
def create() -> ResponseReturnValue:
    """Begin a material with its title and text; files and points come on its own page."""
    form = NewMaterialForm()
    nodes = list_reachable_organisations(db.session(), current_actor(), *KEEPERS)
    form.organisation.choices = organisation_choices(nodes)
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                material_id = use_cases.create_material(
                    session,
                    current_actor(),
                    OrganisationId(form.organisation.data),
                    title=form.title.data or "",
                    body=form.body.data or "",
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            return redirect(url_for("study.edit", material_id=material_id))
    return render_template("training/material_new.html", form=form), status


@blueprint.route("/<int:material_id>/edit", methods=["GET", "POST"])
@access.roles(*KEEPERS)
def edit(material_id: int) -> ResponseReturnValue:
    """A material's upkeep: text, files and links, points."""
    form, status = TextForm(), 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                use_cases.change_material(
                    session,
                    current_actor(),
                    MaterialId(material_id),
                    title=form.title.data or "",
                    body=form.body.data or "",
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("Saved."), "success")
            return redirect(url_for("study.edit", material_id=material_id))
    return _upkeep(material_id, text_form=form if request.method == "POST" else None), status


@blueprint.post("/<int:material_id>/files")
@access.roles(*KEEPERS)
def add_file(material_id: int) -> ResponseReturnValue:
    """Add a PDF or a picture."""
    form, status = FileForm(), 400
    if form.validate_on_submit():
        raw = form.file.data.read()
        try:
            with transaction() as session:
                use_cases.add_file(
                    session,
                    current_actor(),
                    MaterialId(material_id),
                    raw,
                    title=form.file_title.data or "",
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("The file is added."), "success")
            return redirect(url_for("study.edit", material_id=material_id, _anchor="items"))
    return _upkeep(material_id, file_form=form), status


@blueprint.post("/<int:material_id>/links")
@access.roles(*KEEPERS)
def add_link(material_id: int) -> ResponseReturnValue:
    """Write down an address."""
    form, status = LinkForm(), 400
    if form.validate_on_submit():
        try:
            with transaction() as session:
                use_cases.add_link(
                    session,
                    current_actor(),
                    MaterialId(material_id),
                    form.url.data or "",
                    title=form.link_title.data or "",
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("The link is added."), "success")
            return redirect(url_for("study.edit", material_id=material_id, _anchor="items"))
    return _upkeep(material_id, link_form=form), status


@blueprint.post("/<int:material_id>/items/<int:item_id>/remove")
@access.roles(*KEEPERS)
def remove_item(material_id: int, item_id: int) -> ResponseReturnValue:
    """Take a file or link off the material."""
    with transaction() as session:
        use_cases.remove_item(
            session, current_actor(), MaterialId(material_id), item_id, now=utc_now()
        )
    flash(gettext("It is taken off."), "success")
    return redirect(url_for("study.edit", material_id=material_id, _anchor="items"))


@blueprint.post("/<int:material_id>/withdraw")
@access.roles(*KEEPERS)
def withdraw(material_id: int) -> ResponseReturnValue:
    """Take the material out of study, or bring it back."""
    withdrawn = request.form.get("withdrawn") == "yes"
    with transaction() as session:
        use_cases.withdraw_material(
            session, current_actor(), MaterialId(material_id), withdrawn=withdrawn, now=utc_now()
        )
    told = gettext("Out of study: nobody is offered it any more.")
    flash(told if withdrawn else gettext("It is open to study again."), "success")
    return redirect(url_for("study.edit", material_id=material_id))


@blueprint.route("/<int:material_id>/points", methods=["GET", "POST"])
@access.roles(*KEEPERS)
def points(material_id: int) -> ResponseReturnValue:
    """Tick the assessment points the material teaches, a page of an outline at a time."""
    session, actor = db.session(), current_actor()
    material = _get_kept(material_id)
    if request.method == "POST":
        try:
            with transaction() as writing:
                use_cases.tie_points(
                    writing,
                    actor,
                    material.row.id,
                    shown=request.form.getlist("shown", type=int),
                    chosen=request.form.getlist("point", type=int),
                    now=utc_now(),
                )
        except REFUSED as error:
            refuse(error)
        else:
            flash(gettext("Saved."), "success")
        return redirect(request.full_path)
    outlines = queries.list_outline_choices(session)
    first = [point.outline_id for point in material.points] or [id_ for id_, _title in outlines]
    outline_id = request.args.get("outline", type=int) or next(iter(first), 0)
    search = request.args.get("search", "").strip()
    page = queries.page_of_points(session, material.row.id, outline_id, _page(), search=search)
    return render_template(
        "training/points.html",
        material=material,
        outlines=outlines,
        outline_id=outline_id,
        search=search,
        page=page,
    )


def _upkeep(
    material_id: int,
    *,
    text_form: TextForm | None = None,
    file_form: FileForm | None = None,
    link_form: LinkForm | None = None,
) -> str:
    session = db.session()
    material = _get_kept(material_id)
    if text_form is None:
        text_form = TextForm(formdata=None, title=material.row.title, body=material.body)
    return render_template(
        "training/material_edit.html",
        material=material,
        owner=organisation_names(session, [material.row.organisation_id]),
        text_form=text_form,
        file_form=file_form or FileForm(formdata=None),
        link_form=link_form or LinkForm(formdata=None),
    )


def _get_kept(material_id: int) -> queries.Material:
    material = queries.get_material(db.session(), current_actor(), MaterialId(material_id))
    if not material.is_kept:
        raise Forbidden
    return material


def _owners(rows: Sequence[queries.MaterialRow]) -> dict[OrganisationId, str]:
    return organisation_names(db.session(), [row.organisation_id for row in rows])


def _page() -> int:
    return request.args.get("page", 1, type=int)
