"""The import wizard: choose a file, look at what it would do, store it, print the codes."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.paging import Page
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId
from lianbing.people.blueprint import blueprint
from lianbing.people.choices import organisation_choices
from lianbing.people.imports import use_cases
from lianbing.people.imports.planning import Action
from lianbing.people.imports.rules import RowProblem
from lianbing.people.imports.template import make_template
from lianbing.people.organisations.queries import list_reachable_organisations
from lianbing.people.persons.rules import mask_id_number, mask_phone
from lianbing.people.refusals import REFUSED, refuse
from lianbing.web import access

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 100


class UploadForm(FlaskForm):
    organisation = SelectField(lazy_gettext("Import into"), coerce=int, choices=[])
    file = FileField(
        lazy_gettext("Excel (.xlsx) or CSV file"),
        validators=[FileRequired(message=lazy_gettext("Choose a file."))],
        render_kw={"accept": ".xlsx,.csv,text/csv," + XLSX},
    )


class CommitForm(FlaskForm):
    fingerprint = HiddenField(validators=[InputRequired()])


@blueprint.route("/people/import", methods=["GET", "POST"])
@access.roles(Role.ADMINISTRATOR)
def import_people() -> ResponseReturnValue:
    """Choose where to and a file; nothing is stored yet."""
    actor = access.current_actor()
    form = UploadForm(organisation=request.args.get("organisation", type=int))
    form.organisation.choices = organisation_choices(
        list_reachable_organisations(db.session(), actor, Role.ADMINISTRATOR)
    )
    status = 200
    if form.validate_on_submit():
        content = form.file.data.read()
        try:
            with transaction() as writing:
                import_id = use_cases.upload(
                    writing,
                    actor,
                    OrganisationId(form.organisation.data),
                    file_name=form.file.data.filename or "",
                    content=content,
                    keyring=current_keyring(),
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            return redirect(url_for("people.import_preview", import_id=import_id))
    waiting = use_cases.list_uploads(db.session(), actor, now=utc_now())
    return render_template("people/import.html", form=form, waiting=waiting), status


@blueprint.get("/people/import/template.xlsx")
@access.roles(Role.ADMINISTRATOR)
def import_template() -> ResponseReturnValue:
    """The empty list to fill in."""
    content = make_template(chinese=str(get_locale()).startswith("zh"))
    return content, {
        "Content-Type": XLSX,
        "Content-Disposition": "attachment; filename=people.xlsx",
    }


@blueprint.get("/people/import/<int:import_id>")
@access.roles(Role.ADMINISTRATOR)
def import_preview(import_id: int) -> ResponseReturnValue:
    """What the list would do, or what is wrong with it, row by row."""
    found = use_cases.preview(
        db.session(),
        access.current_actor(),
        import_id,
        keyring=current_keyring(),
        now=utc_now(),
    )
    number = max(1, request.args.get("page", 1, type=int))
    shown = found.plan.problems or found.plan.rows
    start = (number - 1) * PER_PAGE
    page = Page(
        rows=shown[start : start + PER_PAGE], number=number, total=len(shown), per_page=PER_PAGE
    )
    return render_template(
        "people/import_preview.html",
        found=found,
        page=page,
        counts={action.value: found.plan.count(action) for action in Action},
        words=_words,
        mask_phone=mask_phone,
        mask_id_number=mask_id_number,
        form=CommitForm(formdata=None, fingerprint=found.plan.fingerprint),
    )


def _words(problem: RowProblem) -> str:
    return gettext(problem.message, **problem.params)


@blueprint.post("/people/import/<int:import_id>/commit")
@access.roles(Role.ADMINISTRATOR)
def commit_import(import_id: int) -> ResponseReturnValue:
    """Store the whole list, then show the new people's codes."""
    form = CommitForm()
    try:
        with transaction() as writing:
            done = use_cases.commit(
                writing,
                access.current_actor(),
                import_id,
                fingerprint=form.fingerprint.data or "",
                keyring=current_keyring(),
                now=utc_now(),
            )
    except REFUSED as error:
        refuse(error)
        return redirect(url_for("people.import_preview", import_id=import_id))
    flash(
        ngettext("%(num)d person added.", "%(num)d people added.", len(done.new))
        + " "
        + ngettext("%(num)d linked.", "%(num)d linked.", done.linked),
        "success",
    )
    if not done.new:
        return redirect(url_for("people.people"))
    with transaction() as writing:
        sheet_id = use_cases.issue_codes(
            writing, access.current_actor(), done, keyring=current_keyring(), now=utc_now()
        )
    return redirect(url_for("people.code_sheet", sheet_id=sheet_id))


@blueprint.post("/people/import/<int:import_id>/discard")
@access.roles(Role.ADMINISTRATOR)
def discard_import(import_id: int) -> ResponseReturnValue:
    """Let an upload go."""
    with transaction() as writing:
        use_cases.discard(writing, access.current_actor(), import_id, now=utc_now())
    flash(gettext("The upload is destroyed. Nothing was stored."), "success")
    return redirect(url_for("people.import_people"))
