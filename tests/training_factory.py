"""Study material for tests: PDF files made of bytes, pictures, materials with points."""

import zlib
from datetime import datetime
from io import BytesIO

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.ids import MaterialId, OrganisationId
from lianbing.subjects.models import AssessmentPoint
from lianbing.training.materials.use_cases import create_material, tie_points


def make_pdf(*objects: bytes) -> bytes:
    """A small PDF of a catalogue and whatever objects are given."""
    body = b"\n".join(b"%d 0 obj\n%s\nendobj" % (n, text) for n, text in enumerate(objects, 2))
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + body + b"\ntrailer <<>>\n%%EOF\n"


def object_stream(inside: bytes, *, extra: bytes = b"") -> bytes:
    """An object stream, in which names do not show from outside."""
    packed = zlib.compress(inside)
    head = b"<< /Type /ObjStm /Filter /FlateDecode %s/Length %d >>" % (extra, len(packed))
    return head + b"\nstream\n" + packed + b"\nendstream"


def make_picture(kind: str = "PNG", *, note: bytes = b"") -> bytes:
    """A small picture, as JPEG with a note in its EXIF where one is given."""
    out = BytesIO()
    picture = Image.new("RGB", (40, 30), "white")
    if note:
        exif = Image.Exif()
        exif[0x010E] = note.decode()
        picture.save(out, kind, exif=exif)
    else:
        picture.save(out, kind)
    return out.getvalue()


def point_ids(session: Session, *codes: str) -> list[int]:
    """The points of the one outline there is, by code."""
    rows = session.execute(select(AssessmentPoint.code, AssessmentPoint.id))
    found = {row[0]: row[1] for row in rows}
    return [found[code] for code in codes]


def make_material(
    organisation_id: int,
    *,
    title: str = "接地的做法",
    body: str = "先接地端，后接导体端。",
    points: list[int] | None = None,
    now: datetime,
) -> MaterialId:
    """A material of an organisation, tied to points."""
    with transaction() as session:
        made = create_material(
            session, SYSTEM, OrganisationId(organisation_id), title=title, body=body, now=now
        )
        if points:
            tie_points(session, SYSTEM, made, shown=[], chosen=points, now=now)
    return made
