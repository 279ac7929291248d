"""What a set of papers keeps sealed: seed, fixed questions, and the papers before freezing."""

import json
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.papers.assembly.errors import DraftLocked
from lianbing.papers.assembly.models import PaperSet
from lianbing.papers.assembly.rules import Papers, Placed
from lianbing.papers.sealing import SealBroken, WrappingKey
from lianbing.papers.vault import open_draft, seal_draft, wrapping_fingerprint


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """``versions``: question to the version that was placed."""

    seed: int
    fixed: tuple[int, ...] = ()
    papers: Papers = ()
    versions: dict[int, int]

    def with_papers(self, papers: Papers, versions: dict[int, int]) -> "Draft":
        """The same with other papers."""
        placed = {place.question_id for paper in papers for place in paper}
        kept = {number: version for number, version in versions.items() if number in placed}
        return replace(self, papers=papers, versions=kept)


def keep(session: Session, row: PaperSet, draft: Draft) -> None:
    """Seal the draft into its set."""
    text = json.dumps(
        {
            "seed": str(draft.seed),
            "fixed": list(draft.fixed),
            "papers": [
                [[place.question_id, place.cell] for place in paper] for paper in draft.papers
            ],
            "versions": [[number, version] for number, version in sorted(draft.versions.items())],
        }
    )
    row.sealed = seal_draft(session, text, row.name)
    row.wrapping_key = wrapping_fingerprint(session)


def read(session: Session, row: PaperSet) -> Draft:
    """The draft of a set that has one; raises DraftLocked under another key, else SealBroken."""
    if row.sealed is None:
        raise ValueError(f"paper set {row.id} keeps no draft")
    if row.wrapping_key != wrapping_fingerprint(session):
        raise DraftLocked
    stored = json.loads(open_draft(session, row.sealed, row.name))
    return Draft(
        seed=int(stored["seed"]),
        fixed=tuple(stored["fixed"]),
        papers=tuple(
            tuple(Placed(question_id=number, cell=cell) for number, cell in paper)
            for paper in stored["papers"]
        ),
        versions=dict(stored["versions"]),
    )


def rewrap_drafts(session: Session, *, old: WrappingKey) -> tuple[int, list[int]]:
    """Seal every draft anew under the present wrapping key: how many had another, and the
    numbers of those that the old key does not open either. These stay as they are."""
    rows = session.scalars(
        select(PaperSet)
        .where(PaperSet.sealed.is_not(None), PaperSet.wrapping_key != wrapping_fingerprint(session))
        .order_by(PaperSet.id)
        .with_for_update()
    ).all()
    lost: list[int] = []
    for row in rows:
        try:
            text = old.open_draft(row.sealed or b"", row.name)
        except SealBroken:
            lost.append(row.id)
            continue
        row.sealed = seal_draft(session, text, row.name)
        row.wrapping_key = wrapping_fingerprint(session)
    session.flush()
    return len(rows) - len(lost), lost
