"""Pictures by name: which a bank may use, and the bytes to put into a page.

A picture has no address of its own: it travels inside the page or the sealed paper that shows
it, so whoever may not see the question cannot fetch its picture (docs/adr/0066).
"""

import base64
from collections import OrderedDict
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.pictures.models import BankPicture, QuestionPicture
from lianbing.kernel.ids import BankId

SOURCES_KEPT = 64
_kept: OrderedDict[str, str] = OrderedDict()
_lock = Lock()


def picture_names(session: Session, bank_id: BankId) -> set[str]:
    """The pictures a bank may use."""
    return set(session.scalars(select(BankPicture.name).where(BankPicture.bank_id == bank_id)))


def picture_source(session: Session, name: str) -> str:
    """A picture as a data URL, "" when there is none; named by content, so kept in memory."""
    with _lock:
        known = _kept.get(name)
    if known is not None:
        return known
    row = session.execute(
        select(QuestionPicture.mime, QuestionPicture.data).where(QuestionPicture.name == name)
    ).one_or_none()
    if row is None:
        return ""
    source = f"data:{row.mime};base64,{base64.b64encode(row.data).decode()}"
    with _lock:
        _kept[name] = source
        while len(_kept) > SOURCES_KEPT:
            _kept.popitem(last=False)
    return source
