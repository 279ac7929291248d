"""The door itself: signing in by password, and the line before it when many come at once."""

import secrets

from flask import jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from lianbing.infra.arrival import arrived_at
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.people.accounts import line_page, signing_in
from lianbing.people.accounts.errors import HashingBusy, UnitNeeded, WrongSignIn
from lianbing.people.accounts.forms import SignInForm
from lianbing.people.accounts.hashing import current_hashing
from lianbing.people.accounts.letting_in import can_register, let_in, this_device
from lianbing.people.accounts.line import current_line
from lianbing.people.accounts.line.rules import Place, Standing, is_called, number_of
from lianbing.people.accounts.line.tickets import Ticket
from lianbing.people.accounts.signing_in import Admitted
from lianbing.people.blueprint import blueprint
from lianbing.people.refusals import REFUSED, refuse
from lianbing.web import access


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    """Sign in by phone or staff number; when many do, a place in line is the answer."""
    if request.method == "GET" and access.find_actor() is not None:
        return redirect(url_for("home.index"))
    if request.method == "GET" and "again" not in request.args and line_page.find_ticket():
        return redirect(url_for("people.line"))
    form = SignInForm()
    status, ask_unit = 200, bool(form.unit.data)
    if form.validate_on_submit():
        try:
            return _first_try(_ticket_for(form))
        except REFUSED as error:
            ask_unit = ask_unit or isinstance(error, UnitNeeded)
            status = refuse(error)
    elif request.method == "GET":
        form.name.data = session.pop("sign_in_name", None)
        ask_unit = session.pop("sign_in_unit", False)
    page = render_template(
        "people/sign_in.html", form=form, ask_unit=ask_unit, can_register=can_register()
    )
    response = Response(page, status, mimetype="text/html")
    return line_page.tear_up(response) if line_page.holds_ticket() else response


@blueprint.get("/sign-in/line")
@access.public
def line() -> ResponseReturnValue:
    """Where one stands in line; who is called is signed in with the form that waits here."""
    ticket = line_page.find_ticket()
    if ticket is None:
        return _go(url_for("home.index" if access.find_actor() else "people.sign_in"))
    sight = current_line().come_back(ticket.place, now=utc_now().timestamp())
    if sight.standing is Standing.WAIT and is_called(sight):
        try:
            with current_hashing().admission():
                return _in_turn(ticket)
        except HashingBusy:
            return line_page.show(ticket, sight)
    if sight.standing is Standing.WAIT:
        return line_page.show(ticket, sight)
    if sight.standing is Standing.FULL:
        return _back_to_the_form(ticket, HashingBusy())
    return line_page.tear_up(_go(url_for("people.sign_in", again=1)))


def _ticket_for(form: SignInForm) -> Ticket:
    name, unit = form.name.data.strip(), (form.unit.data or "").strip()
    place = Place(
        number=number_of(arrived_at(request.environ)),
        nonce=secrets.token_hex(8),
        name_key=current_keyring().digest("line", f"{name.lower()}:{unit.lower()}").hex()[:16],
    )
    return Ticket(place=place, name=name, unit=unit, password=form.password.data)


def _first_try(ticket: Ticket) -> ResponseReturnValue:
    line, now = current_line(), utc_now().timestamp()
    sight = line.arrive(ticket.place, now=now)
    if sight.standing is Standing.GO_ON:
        try:
            with current_hashing().admission():
                return let_in(_sign_in(ticket))
        except HashingBusy:
            sight = line.stand(ticket.place, now=now)
    if sight.standing is Standing.FULL:
        raise HashingBusy
    return line_page.show(ticket, sight)


def _in_turn(ticket: Ticket) -> Response:
    if not current_line().let_in(ticket.place, now=utc_now().timestamp()):
        return line_page.tear_up(_go(url_for("people.sign_in", again=1)))
    try:
        answer = let_in(_sign_in(ticket))
    except REFUSED as error:
        return _back_to_the_form(ticket, error)
    return line_page.tear_up(_go(answer.location, answer))


def _sign_in(ticket: Ticket) -> Admitted:
    now, keyring = utc_now(), current_keyring()
    with transaction() as writing:
        credentials = signing_in.find_credentials(
            writing, ticket.name, unit=ticket.unit, keyring=keyring, now=now
        )
        signing_in.count_try(writing, credentials.limit_key, now=now)
    if not current_hashing().verify(credentials.password_hash, ticket.password):
        raise WrongSignIn
    renewed = current_hashing().renewed(credentials.password_hash, ticket.password)
    with transaction() as writing:
        if renewed is not None:
            signing_in.renew_hash(writing, credentials, renewed)
        return signing_in.complete_sign_in(
            writing, credentials, keyring=keyring, device=this_device(), now=now
        )


def _back_to_the_form(ticket: Ticket, error: DomainError | IntegrityError) -> Response:
    refuse(error)
    session["sign_in_name"] = ticket.name
    session["sign_in_unit"] = bool(ticket.unit) or isinstance(error, UnitNeeded)
    return line_page.tear_up(_go(url_for("people.sign_in", again=1)))


def _go(location: str, answer: Response | None = None) -> Response:
    """Send the page on, or tell the script where to go; cookies of ``answer`` are kept."""
    if not line_page.wants_json():
        return answer or redirect(location)
    told = jsonify({"go": location})
    if answer is not None:
        for cookie in answer.headers.getlist("Set-Cookie"):
            told.headers.add("Set-Cookie", cookie)
    return told
