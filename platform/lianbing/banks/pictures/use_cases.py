"""Take a picture into a bank."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from lianbing.banks.pictures.models import BankPicture, QuestionPicture
from lianbing.banks.pictures.rules import TidyPicture
from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import BankId


def keep_pictures(
    session: Session, bank_id: BankId, pictures: Iterable[TidyPicture], *, now: datetime
) -> None:
    """Keep pictures, each once whoever brings it, and let the bank use them.

    The caller has decided that the actor may change the bank.
    """
    for picture in pictures:
        kept = {
            "name": picture.name,
            "mime": picture.mime,
            "data": picture.data,
            "width": picture.width,
            "height": picture.height,
            "created_at": now,
        }
        insert = insert_for(session, cast(Table, QuestionPicture.__table__))
        session.execute(  # taken in anew, it is as young as its question (see ``tidying``)
            insert.values(**kept).on_conflict_do_update(
                index_elements=["name"], set_={"created_at": now}
            )
        )
        insert = insert_for(session, cast(Table, BankPicture.__table__))
        right = {"bank_id": bank_id, "name": picture.name}
        session.execute(insert.values(**right).on_conflict_do_nothing())
