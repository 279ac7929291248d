"""Tickets: what a browser in line carries, so that the server keeps no password and asks no twice.

The form as it was sent travels sealed (AES-256-GCM) in a cookie that scripts cannot read and that
is sent to the door alone. Only this installation opens it, for a quarter of an hour, once.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidTag

from lianbing.infra.crypto import Keyring
from lianbing.people.accounts.line.rules import Place, is_expired

PURPOSE = b"line"
LARGEST = 2048


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """A place in line with the sign-in that waits there."""

    place: Place
    name: str
    unit: str
    password: str = field(repr=False)


def seal_ticket(ticket: Ticket, keyring: Keyring) -> str:
    """The ticket as a cookie's value."""
    place = ticket.place
    held = [place.number, place.nonce, place.name_key, ticket.name, ticket.unit, ticket.password]
    return base64.urlsafe_b64encode(
        keyring.seal(PURPOSE, json.dumps(held, ensure_ascii=False))
    ).decode()


def open_ticket(sealed: str, keyring: Keyring, *, now: datetime) -> Ticket | None:
    """The ticket again; None for one that is forged, altered or too old."""
    if len(sealed) > LARGEST:
        return None
    try:
        text = keyring.unseal(PURPOSE, base64.urlsafe_b64decode(sealed.encode()))
        number, nonce, name_key, name, unit, password = json.loads(text)
    except (InvalidTag, binascii.Error, ValueError):  # or sealed by a version that wrote others
        return None
    place = Place(number=number, nonce=nonce, name_key=name_key)
    if is_expired(place, now=now):
        return None
    return Ticket(place=place, name=name, unit=unit, password=password)
