"""Take a picture into a bank, for a text of one of its questions."""

from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.banks.pictures.errors import REFUSALS, PictureNeedsWords, PictureUnfit
from lianbing.banks.pictures.rules import UnfitPicture, tidy_picture
from lianbing.banks.pictures.use_cases import keep_pictures
from lianbing.banks.use_cases import open_bank
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Msgid
from lianbing.kernel.ids import BankId


def add_picture(
    session: Session, actor: Actor, bank_id: BankId, raw: bytes, *, alt: str, now: datetime
) -> str:
    """Take a picture into a bank; return the Markdown that shows it in a text.

    Raises PictureUnfit and PictureNeedsWords.
    """
    bank = open_bank(session, actor, bank_id)
    words = " ".join(alt.replace("[", "(").replace("]", ")").split())
    if not words:
        raise PictureNeedsWords
    try:
        picture = tidy_picture(raw)
    except UnfitPicture as refusal:
        raise PictureUnfit(why=Msgid(REFUSALS[refusal.why])) from refusal
    keep_pictures(session, bank.id, [picture], now=now)
    audit.record(
        session,
        actor,
        "banks.add_picture",
        subject=("question_bank", bank_id),
        now=now,
        details={"name": picture.name},
    )
    return f"![{words}](pic:{picture.name})"
