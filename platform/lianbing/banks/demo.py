"""The demo's banks: every bank the project ships, kept by the demo's union."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from lianbing.banks.bank_reader import BANK_FILE, read_bank
from lianbing.banks.errors import BankInvalid
from lianbing.banks.use_cases import load_bank
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.ids import BankId, OrganisationId
from lianbing.subjects.use_cases import load_occupations


def load_demo(
    session: Session, *, organisation_id: OrganisationId, folder: Path, now: datetime
) -> dict[str, BankId]:
    """Load every bank in ``folder``; ids by code. Doing it twice changes nothing."""
    load_occupations(session, SYSTEM, now=now)
    loaded: dict[str, BankId] = {}
    for path in sorted(folder.glob(f"*/{BANK_FILE}")):
        read = read_bank(path.parent)
        if read.bank is None:
            raise BankInvalid(problems=len(read.problems))
        report = load_bank(session, SYSTEM, read.bank, organisation_id=organisation_id, now=now)
        loaded[read.bank.code] = report.bank_id
    return loaded
