"""Write study material, add and remove its files and links, tie it to points, withdraw it."""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from lianbing.banks.rendering import pictures_of
from lianbing.infra import audit
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Msgid
from lianbing.kernel.ids import MaterialId, OrganisationId
from lianbing.people.authority import require_reach
from lianbing.subjects.models import AssessmentPoint
from lianbing.training.materials.errors import (
    REFUSALS,
    FileUnfit,
    LinkUnfit,
    MaterialNotFound,
    PicturesGoBelow,
    TextMisshapen,
    TitleNeeded,
    TooManyItems,
    TooManyPoints,
)
from lianbing.training.materials.files import TidyFile, UnfitFile, tidy_file
from lianbing.training.materials.models import StudyFile, StudyItem, StudyMaterial, StudyPoint
from lianbing.training.materials.queries import KEEPERS
from lianbing.training.materials.rules import (
    LONGEST_BODY,
    LONGEST_TITLE,
    MOST_ITEMS,
    MOST_POINTS,
    ItemKind,
    clean_link,
    clean_title,
)


def create_material(
    session: Session,
    actor: Actor,
    organisation_id: OrganisationId,
    *,
    title: str,
    body: str,
    now: datetime,
) -> MaterialId:
    """Begin a material; everyone at or below the organisation may study it."""
    require_reach(session, actor, *KEEPERS, organisation_id=organisation_id)
    material = StudyMaterial(
        organisation_id=organisation_id,
        title=_title(title),
        body=_body(body),
        created_by=actor.person_id,
        created_at=now,
        changed_at=now,
    )
    session.add(material)
    session.flush()
    _note(session, actor, material, "create", now=now)
    return MaterialId(material.id)


def change_material(
    session: Session,
    actor: Actor,
    material_id: MaterialId,
    *,
    title: str,
    body: str,
    now: datetime,
) -> None:
    """Write title and text anew."""
    material = _kept(session, actor, material_id)
    material.title, material.body, material.changed_at = _title(title), _body(body), now
    _note(session, actor, material, "change", now=now)


def withdraw_material(
    session: Session, actor: Actor, material_id: MaterialId, *, withdrawn: bool, now: datetime
) -> None:
    """Take a material out of study, or bring it back; nothing of it is lost."""
    material = _kept(session, actor, material_id)
    material.withdrawn_at = now if withdrawn else None
    material.changed_at = now
    _note(session, actor, material, "withdraw" if withdrawn else "restore", now=now)


def add_file(
    session: Session,
    actor: Actor,
    material_id: MaterialId,
    raw: bytes,
    *,
    title: str,
    now: datetime,
) -> int:
    """Add a PDF or a picture, each kept once whoever brings it; raises FileUnfit."""
    material = _kept(session, actor, material_id)
    words = _title(title)
    try:
        file = tidy_file(raw)
    except UnfitFile as refusal:
        raise FileUnfit(why=Msgid(REFUSALS[refusal.why])) from refusal
    _keep_file(session, file, now=now)
    item = StudyItem(
        material_id=material_id, kind=file.kind.value, title=words, file_name=file.name
    )
    return _add(session, actor, material, item, now=now)


def add_link(
    session: Session, actor: Actor, material_id: MaterialId, url: str, *, title: str, now: datetime
) -> int:
    """Write down an address; it is never fetched. Raises LinkUnfit."""
    material = _kept(session, actor, material_id)
    words, link = _title(title), clean_link(url)
    if link is None:
        raise LinkUnfit
    item = StudyItem(material_id=material_id, kind=ItemKind.LINK.value, title=words, url=link)
    return _add(session, actor, material, item, now=now)


def remove_item(
    session: Session, actor: Actor, material_id: MaterialId, item_id: int, *, now: datetime
) -> None:
    """Take a file or link off a material; a file that nothing names any more is destroyed."""
    material = _kept(session, actor, material_id)
    item = session.get(StudyItem, item_id)
    if item is None or item.material_id != material_id:
        raise MaterialNotFound
    name = item.file_name
    session.delete(item)
    session.flush()
    if name is not None:
        # Under the file's lock: whoever adds the same bytes at this moment waits for it.
        file = session.get(StudyFile, name, with_for_update=True)
        used = session.scalar(select(StudyItem.id).where(StudyItem.file_name == name).limit(1))
        if file is not None and used is None:
            session.delete(file)
    _note(session, actor, material, "remove_item", now=now, item=item_id)


def tie_points(
    session: Session,
    actor: Actor,
    material_id: MaterialId,
    *,
    shown: Collection[int],
    chosen: Collection[int],
    now: datetime,
) -> None:
    """Of the points shown, tie those chosen and untie the others; the rest stay as they are."""
    material = _kept(session, actor, material_id)
    dropped = set(shown) - set(chosen)
    session.execute(
        delete(StudyPoint).where(
            StudyPoint.material_id == material_id, StudyPoint.point_id.in_(dropped)
        )
    )
    wanted = session.scalars(
        select(AssessmentPoint.id).where(
            AssessmentPoint.id.in_(set(chosen)), AssessmentPoint.retired.is_(False)
        )
    ).all()
    insert = insert_for(session, cast(Table, StudyPoint.__table__)).on_conflict_do_nothing()
    for point_id in wanted:
        session.execute(insert.values(material_id=material_id, point_id=point_id))
    tied = select(func.count()).where(StudyPoint.material_id == material_id)
    if (session.scalar(tied) or 0) > MOST_POINTS:
        raise TooManyPoints
    material.changed_at = now
    _note(session, actor, material, "tie_points", now=now, tied=len(wanted), untied=len(dropped))


def _kept(session: Session, actor: Actor, material_id: MaterialId) -> StudyMaterial:
    """The material under its lock, for one who keeps it."""
    material = session.get(StudyMaterial, material_id, with_for_update=True)
    if material is None:
        raise MaterialNotFound
    node = OrganisationId(material.organisation_id)
    require_reach(session, actor, *KEEPERS, organisation_id=node)
    return material


def _title(text: str) -> str:
    title = clean_title(text)
    if not title or len(title) > LONGEST_TITLE:
        raise TitleNeeded
    return title


def _body(text: str) -> str:
    body = text.replace("\r\n", "\n").strip()
    if len(body) > LONGEST_BODY:
        raise TextMisshapen
    # A picture of a bank is opened by its name alone: a text here must not name one.
    if any(pictures_of(body)):
        raise PicturesGoBelow
    return body


def _keep_file(session: Session, file: TidyFile, *, now: datetime) -> None:
    insert = insert_for(session, cast(Table, StudyFile.__table__))
    kept = insert.values(
        name=file.name, mime=file.mime, size=len(file.data), data=file.data, created_at=now
    )
    # An update of nothing locks the row, so that it cannot be destroyed before it is named.
    session.execute(kept.on_conflict_do_update(index_elements=["name"], set_={"name": file.name}))


def _add(
    session: Session, actor: Actor, material: StudyMaterial, item: StudyItem, *, now: datetime
) -> int:
    held = select(func.count()).where(StudyItem.material_id == material.id)
    if (session.scalar(held) or 0) >= MOST_ITEMS:
        raise TooManyItems
    item.added_at = now
    session.add(item)
    session.flush()
    material.changed_at = now
    _note(session, actor, material, "add_item", now=now, item=item.id, kind=item.kind)
    return item.id


def _note(
    session: Session,
    actor: Actor,
    material: StudyMaterial,
    what: str,
    *,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor,
        f"training.{what}",
        subject=("study_material", material.id),
        now=now,
        details=details,
    )
