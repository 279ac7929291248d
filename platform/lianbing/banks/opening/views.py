"""The page on which a trainer opens a bank."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import SelectChoice

from lianbing.banks.opening import errors
from lianbing.banks.opening.forms import NewBankForm
from lianbing.banks.opening.use_cases import NewBank, open_new_bank
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId
from lianbing.people.choices import organisation_choices
from lianbing.people.queries import list_reachable_organisations, organisation_names
from lianbing.subjects.queries import list_all_outlines
from lianbing.subjects.rules import SkillGrade
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of
from lianbing.web.grade_words import grade_words

blueprint = Blueprint("bank_opening", __name__, url_prefix="/banks")
REFUSED = (
    errors.OutlineMisread,
    errors.OutlineUneven,
    errors.OutlineEmpty,
    errors.OutlineMissing,
    errors.OccupationUnknown,
    errors.GradesNeeded,
)


@blueprint.route("/new", methods=["GET", "POST"])
@access.roles(Role.TRAINER)
def create() -> ResponseReturnValue:
    """Open an empty bank; the next page fills it."""
    form, status = NewBankForm(), 200
    _offer(form)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                bank_id = open_new_bank(session, current_actor(), _new(form), now=utc_now())
        except REFUSED as error:
            flash(message_of(error), "error")
            status = 422
        else:
            flash(gettext("The bank is open. Import questions, or write the first."), "success")
            return redirect(url_for("banks.show", bank_id=bank_id))
    return render_template("banks/opening/new.html", form=form), status


def _new(form: NewBankForm) -> NewBank:
    return NewBank(
        organisation_id=OrganisationId(form.organisation.data),
        title=(form.title.data or "").strip(),
        outline_id=int(form.basis.data) if form.basis.data else None,
        occupation=(form.occupation.data or "").strip(),
        grades=tuple(SkillGrade(one) for one in form.grades.data or ()),
        outline=form.outline.data or "",
    )


def _offer(form: NewBankForm) -> None:
    session = db.session()
    nodes = list_reachable_organisations(session, current_actor(), Role.TRAINER)
    form.organisation.choices = organisation_choices(nodes)
    outlines = list_all_outlines(session)
    owners = organisation_names(session, [OrganisationId(one.organisation_id) for one in outlines])
    taken_over = [
        SelectChoice(str(one.id), f"{one.title} · {owner}")
        for one in outlines
        if (owner := owners[OrganisationId(one.organisation_id)])
    ]
    form.basis.choices = [SelectChoice("", gettext("Typed below")), *taken_over]
    form.grades.choices = [SelectChoice(one.value, grade_words(one)) for one in SkillGrade]
