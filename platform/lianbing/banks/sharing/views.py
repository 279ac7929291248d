"""The page of a bank's grants."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from lianbing.banks.queries import get_bank
from lianbing.banks.sharing import queries, use_cases
from lianbing.banks.sharing.errors import (
    GrantDatesWrong,
    GranteeUnknown,
    GrantExists,
    GrantNeedless,
)
from lianbing.banks.sharing.rules import GrantRight
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import N_, DomainError
from lianbing.kernel.ids import BankId
from lianbing.people.authority import require_reach
from lianbing.people.queries import person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import find_constraint_error, map_constraint, message_of

blueprint = Blueprint("bank_sharing", __name__, url_prefix="/banks")
map_constraint("uq_bank_grant_open", GrantExists)
RIGHT_WORDS = {
    GrantRight.READ: N_("Read, but not what is for exams only"),
    GrantRight.PRACTISE: N_("Practise"),
    GrantRight.DRAW: N_("Draw papers of their own"),
}


@blueprint.app_template_filter()
def right_words(right: GrantRight) -> str:
    """A right in words."""
    return gettext(RIGHT_WORDS[right])


@blueprint.get("/<int:bank_id>/grants")
@access.roles(Role.TRAINER)
def grants(bank_id: int) -> ResponseReturnValue:
    """With whom a bank is shared."""
    return _page(BankId(bank_id))


def _page(bank_id: BankId) -> str:
    """The page; what was sent and refused stands in its form again."""
    session = db.session()
    bank = get_bank(session, bank_id)
    require_reach(session, current_actor(), Role.TRAINER, organisation_id=bank.organisation_id)
    page = queries.page_of_grants(session, bank.id, request.args.get("page", 1, type=int))
    names = person_names(session, {row.granted_by for row in page.rows if row.granted_by})
    return render_template(
        "banks/sharing/grants.html",
        bank=bank,
        page=page,
        names=names,
        rights=list(GrantRight),
        sent=request.form,
    )


@blueprint.post("/<int:bank_id>/grants")
@access.roles(Role.TRAINER)
def share(bank_id: int) -> ResponseReturnValue:
    """Give an organisation a right."""
    error: DomainError | None = None
    right = request.form.get("right", "")
    try:
        last = request.form.get("valid_to", "")
        valid_to = date.fromisoformat(last) if last else None
        with transaction() as session:
            use_cases.grant(
                session,
                current_actor(),
                BankId(bank_id),
                organisation=request.form.get("organisation", "")[:200],
                right=GrantRight(right) if right in set(GrantRight) else GrantRight.READ,
                valid_to=valid_to,
                now=utc_now(),
            )
    except ValueError:
        error = GrantDatesWrong()
    except (GranteeUnknown, GrantDatesWrong, GrantNeedless) as refusal:
        error = refusal
    except IntegrityError as violated:
        error = find_constraint_error(violated)
        if error is None:
            raise
    if error is not None:
        flash(message_of(error), "error")
        return _page(BankId(bank_id)), 400
    flash(gettext("Shared."), "success")
    return redirect(url_for("bank_sharing.grants", bank_id=bank_id))


@blueprint.post("/grants/<int:grant_id>/revoke")
@access.roles(Role.TRAINER)
def revoke(grant_id: int) -> ResponseReturnValue:
    """Take a right back."""
    with transaction() as session:
        bank_id = use_cases.revoke(session, current_actor(), grant_id, now=utc_now())
    flash(gettext("Revoked. Papers drawn by it stay as they are."), "success")
    return redirect(url_for("bank_sharing.grants", bank_id=bank_id))
