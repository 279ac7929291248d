"""``lianbing banks``: check bank folders without a database, load them into one."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.balance import shipping_problems
from lianbing.banks.bank_reader import BankRead, read_bank
from lianbing.banks.duplicates.queries import compare_bank
from lianbing.banks.duplicates.rules import ALIKE_FROM, asked_of, near_pairs
from lianbing.banks.loading import LoadReport
from lianbing.banks.queries import get_bank
from lianbing.banks.use_cases import load_bank
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import BankId, OrganisationId
from lianbing.people.models import Organisation
from lianbing.subjects.use_cases import load_occupations

WRONG = 1
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("banks")
def banks_group() -> None:
    """Question banks as folders of YAML; the format stands in question_banks/README.md."""


@banks_group.command("check")
@click.argument("folders", nargs=-1, required=True, type=FOLDER)
@click.option(
    "--shipping", is_flag=True, help="also ask what a shipped bank must be: size, balance"
)
def check_command(folders: tuple[Path, ...], shipping: bool) -> None:
    """Check bank FOLDERS; every error is told with its file and line, and ends in status 1."""
    reads = [_read(folder) for folder in folders]
    unfit = [
        f"{read.bank.code}: {problem}"
        for read in reads
        if shipping and read.bank is not None
        for problem in shipping_problems(read.bank)
    ]
    for problem in unfit:
        click.echo(problem, err=True)
    if unfit or any(read.bank is None for read in reads):
        sys.exit(WRONG)


@banks_group.command("load")
@click.argument("folders", nargs=-1, required=True, type=FOLDER)
@click.option("--organisation-id", type=int, help="who keeps the banks, by number")
@click.option("--organisation-code", help="who keeps the banks, by its code")
@with_appcontext
def load_command(
    folders: tuple[Path, ...], organisation_id: int | None, organisation_code: str | None
) -> None:
    """Load bank FOLDERS for an organisation: all of them or, on any error, none."""
    if (organisation_id is None) == (organisation_code is None):
        raise click.UsageError("name the owner by --organisation-id or by --organisation-code")
    reads = [_read(folder) for folder in folders]
    banks = [read.bank for read in reads if read.bank is not None]
    if len(banks) < len(reads):
        click.echo("Nothing was loaded.", err=True)
        sys.exit(WRONG)
    try:
        with transaction() as session:
            owner = _owner(session, organisation_id, organisation_code)
            load_occupations(session, SYSTEM, now=utc_now())
            reports = [
                load_bank(session, SYSTEM, bank, organisation_id=owner, now=utc_now())
                for bank in banks
            ]
    except DomainError as refusal:
        raise click.ClickException(f"{refusal} Nothing was loaded.") from refusal
    for bank, report in zip(banks, reports, strict=True):
        click.echo(f"{bank.code}: {_words(report)}")


@banks_group.command("duplicates")
@click.argument("folders", nargs=-1, type=FOLDER)
@click.option("--bank", "bank_id", type=int, help="a loaded bank, by its number")
@click.option(
    "--alike",
    default=ALIKE_FROM,
    show_default=True,
    type=click.IntRange(50, 100),
    help="how alike two texts are to be told",
)
def duplicates_command(folders: tuple[Path, ...], bank_id: int | None, alike: int) -> None:
    """List questions of each of FOLDERS, or of a loaded bank, that say nearly the same.

    Ends in status 1 when there are any.
    """
    if bool(folders) == (bank_id is not None):
        raise click.UsageError("name bank folders, or a loaded bank by --bank")
    if bank_id is not None:
        found = [_of_bank(BankId(bank_id), alike)]
    else:
        found = [_of_folder(folder, alike) for folder in folders]
    for name, size, pairs, apart in found:
        for line in pairs:
            click.echo(f"{name}: {line}")
        marked = f", {apart} more marked as no duplicates" if apart else ""
        click.echo(f"{name}: {size} questions, {len(pairs)} pairs alike from {alike}{marked}")
    if any(pairs for _name, _size, pairs, _apart in found):
        sys.exit(WRONG)


Found = tuple[str, int, list[str], int]
"""A bank's name, how many questions it holds, its pairs in words, and how many were told apart."""


@with_appcontext
def _of_bank(bank_id: BankId, alike: int) -> Found:
    with transaction() as session:
        name, compared = get_bank(session, bank_id).code, compare_bank(session, bank_id)
    pairs = compared.pairs(alike_from=alike)
    lines = [
        _pair_words(pair.first.code, pair.second.code, pair.score, same=pair.same_answer)
        for pair in pairs
        if not pair.is_told_apart
    ]
    return name, len(compared.twins), lines, len(pairs) - len(lines)


def _of_folder(folder: Path, alike: int) -> Found:
    asked = asked_of(_read(folder).bank)
    lines = [
        _pair_words(
            asked[pair.first].name, asked[pair.second].name, pair.score, same=pair.same_answer
        )
        for pair in near_pairs(asked, alike_from=alike)
    ]
    return folder.name, len(asked), lines, 0


def _pair_words(first: str, second: str, score: int, *, same: bool) -> str:
    return f"{first} {second} {score}{', same right answer' if same else ''}"


def _read(folder: Path) -> BankRead:
    read = read_bank(folder.resolve())
    for problem in read.problems:
        click.echo(str(problem), err=True)
    if read.bank is None:
        click.echo(f"{folder.name}: {len(read.problems)} errors", err=True)
    else:
        click.echo(f"{read.bank.code}: {len(read.bank.questions)} questions, no errors")
    return read


def _owner(session: Session, organisation_id: int | None, code: str | None) -> OrganisationId:
    wanted = Organisation.id == organisation_id if code is None else Organisation.code == code
    found = session.scalar(select(Organisation.id).where(wanted))
    if found is None:
        raise click.ClickException(f"there is no organisation {code or organisation_id}")
    return OrganisationId(found)


def _words(report: LoadReport) -> str:
    counts = (
        ("added", report.added),
        ("changed", report.changed),
        ("unchanged", report.unchanged),
        ("retired", report.retired),
    )
    return ", ".join(f"{count} {word}" for word, count in counts)
