"""The demo's people load once, and a bare installation gets its first administrator."""

import re

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.people.accounts.codes import redeem_code
from lianbing.people.accounts.hashing import current_hashing
from lianbing.people.accounts.signing_in import find_credentials
from lianbing.people.cli import people_group
from lianbing.people.demo import DEMO_SIGN_INS, PASSWORD, load_demo
from lianbing.people.models import Membership, Organisation, Person, RoleHolding
from lianbing.people.queries import load_actor, members_of


def test_demo_loads_once_and_every_role_can_sign_in(session: Session) -> None:
    for _ in range(2):
        with transaction() as writing:
            demo = load_demo(writing, now=utc_now())
    counts = [
        session.scalar(select(func.count()).select_from(table))
        for table in (Organisation, Person, Membership, RoleHolding)
    ]
    assert counts == [9, 19, 19, 8]
    hashing, roles = current_hashing(), set()
    encoded: set[str | None] = set()
    for _chinese, _english, phone in DEMO_SIGN_INS:
        found = find_credentials(session, phone, keyring=current_keyring(), now=utc_now())
        encoded.add(found.password_hash)
        roles |= {held.role for held in load_actor(session, demo.persons[phone]).roles}
    assert all(hashing.verify(password_hash, PASSWORD) for password_hash in encoded)
    assert roles == set(Role)
    assert len(session.scalars(members_of(session, demo.province)).all()) == 19


def test_first_administrator_is_appointed_from_the_command_line(
    app: Flask, session: Session
) -> None:
    runner = app.test_cli_runner()
    options = [
        "appoint",
        "--organisation",
        "某市总工会",
        "--name",
        "张三",
        "--phone",
        "13800138000",
    ]
    outputs = [runner.invoke(people_group, options).output for _ in range(2)]
    first, second = (re.findall(r"\w{4}-\w{4}-\w{4}", output)[0] for output in outputs)
    assert session.scalar(select(func.count()).select_from(Person)) == 1
    session.rollback()
    keyring, now = current_keyring(), utc_now()
    with transaction() as writing:
        redeemed = redeem_code(writing, second, consent=True, keyring=keyring, device="", now=now)
    assert first != second
    assert load_actor(session, redeemed.person_id).holds(Role.ADMINISTRATOR)
    refused = runner.invoke(people_group, [*options[:-1], "12345"])
    assert refused.exit_code == 1
    assert "11 digits" in refused.output
