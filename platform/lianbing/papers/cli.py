"""``lianbing papers``: wrap the papers' keys anew after the wrapping key was changed."""

import sys

import click
from flask.cli import with_appcontext

from lianbing.infra.database import transaction
from lianbing.papers.assembly.drafts import rewrap_drafts
from lianbing.papers.sealing import SealBroken, WrappingKey
from lianbing.papers.vault import rewrap

WRONG = 1
HEX_DIGITS = frozenset("0123456789abcdefABCDEF")


@click.group("papers")
def papers_group() -> None:
    """Sealed papers; docs/sealing.md says how they are sealed and from whom."""


def _hex_key(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if len(value) != 64 or not HEX_DIGITS.issuperset(value):
        raise click.BadParameter("64 hexadecimal digits (32 bytes)")
    return value


@papers_group.command("rewrap")
@click.option(
    "--old-key",
    prompt="The LIANBING_PAPER_KEY until now",
    hide_input=True,
    callback=_hex_key,
    help="the key until now; asked for when left out, which keeps it out of the process list",
)
@with_appcontext
def rewrap_command(old_key: str) -> None:
    """Wrap every paper's keys under the LIANBING_PAPER_KEY that is set now: all or none.

    Drafts of papers that are not frozen are sealed anew too; one that neither key opens is named
    and left as it is.
    """
    try:
        with transaction() as session:
            count = rewrap(session, old=WrappingKey(old_key))
            drafts, lost = rewrap_drafts(session, old=WrappingKey(old_key))
    except SealBroken as error:
        click.echo(f"Nothing was changed: {error}.", err=True)
        sys.exit(WRONG)
    click.echo(f"{count} papers and {drafts} drafts are wrapped under the new key.")
    if lost:
        numbers = ", ".join(map(str, lost))
        click.echo(f"Neither key opens the drafts of these sets: {numbers}.", err=True)
        sys.exit(WRONG)
