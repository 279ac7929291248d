"""Each exam's own key pair for answer files."""

from datetime import datetime
from threading import Lock

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lianbing.exams.receipts.envelope import new_key_pair
from lianbing.exams.receipts.models import ExamAnswerKey
from lianbing.infra.crypto import Keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import ExamId

_making = Lock()


def find_public_key(session: Session, exam_id: ExamId) -> str | None:
    """The exam's public key (SubjectPublicKeyInfo, base64); None before the first use."""
    return session.scalar(select(ExamAnswerKey.public_key).where(ExamAnswerKey.exam_id == exam_id))


def find_private_key(session: Session, exam_id: ExamId, keyring: Keyring) -> str | None:
    """The private key, PKCS #8 in base64."""
    sealed = session.scalar(
        select(ExamAnswerKey.private_key).where(ExamAnswerKey.exam_id == exam_id)
    )
    return None if sealed is None else keyring.decrypt(sealed)


def ensure_public_key(exam_id: ExamId, *, keyring: Keyring, now: datetime) -> str:
    """The public key, made at the first need, in a transaction of its own.

    Of a crowd that enters at once, one thread a process makes the key while the others wait;
    of several processes the first to commit decides.
    """
    found = find_public_key(db.session(), exam_id)
    if found is not None:
        return found
    db.session.rollback()  # whoever waits here holds no connection, which the one inside needs
    with _making:
        found = find_public_key(db.session(), exam_id)
        if found is not None:
            return found
        pair = new_key_pair()
        with transaction() as session:
            table = ExamAnswerKey.__table__
            assert isinstance(table, Table)  # noqa: S101 - a mapped class has a table
            session.execute(
                insert_for(session, table)
                .values(
                    exam_id=exam_id,
                    public_key=pair.public,
                    private_key=keyring.encrypt(pair.private),
                    made_at=now,
                )
                .on_conflict_do_nothing()
            )
            kept = find_public_key(session, exam_id)
    return kept or pair.public
