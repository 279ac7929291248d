"""Sealing an exam's receipts as a whole: the tree over them, its signed root, and proofs in it."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lianbing.exams.receipts.merkle import MerkleTree, Proof, build_tree, leaf_hash
from lianbing.exams.receipts.models import ExamReceipt, ExamReceiptRoot
from lianbing.exams.receipts.queries import RootRow, sealed_texts
from lianbing.exams.receipts.rules import Receipt, root_text

TREES_KEPT = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """The receipts of an exam taken together for one result list."""

    exam_id: int
    list_version: int
    receipts: int
    root: str


def seal_receipts(session: Session, exam_id: int, *, list_version: int) -> Sealed:
    """Take every receipt of an exam into the tree of its next result list."""
    session.execute(
        update(ExamReceipt)
        .where(ExamReceipt.exam_id == exam_id, ExamReceipt.sealed_in.is_(None))
        .values(sealed_in=list_version)
        .execution_options(synchronize_session=False)
    )
    texts = sealed_texts(session, exam_id, list_version)
    root = build_tree(text.encode() for text in texts).root.hex()
    return Sealed(exam_id=exam_id, list_version=list_version, receipts=len(texts), root=root)


def publish_root(
    session: Session,
    sealed: Sealed,
    result_list_id: int,
    *,
    sign: Callable[[bytes], bytes],
    now: datetime,
) -> None:
    """Sign the root and store it beside the result list."""
    content = root_text(
        exam=sealed.exam_id,
        list_version=sealed.list_version,
        receipts=sealed.receipts,
        root=sealed.root,
    )
    session.add(
        ExamReceiptRoot(
            result_list_id=result_list_id,
            exam_id=sealed.exam_id,
            list_version=sealed.list_version,
            receipts=sealed.receipts,
            root=sealed.root,
            content=content,
            signature=sign(content.encode()),
            sealed_at=now,
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tree:
    tree: MerkleTree
    places: dict[bytes, int]


_kept: OrderedDict[str, _Tree] = OrderedDict()


def find_proof(session: Session, root: RootRow, receipt: Receipt) -> Proof | None:
    """What leads from a receipt to a published root; None where the tree does not hold it.

    A tree is named by its root, so one in this process's memory can never be out of date.
    """
    kept = _kept.get(root.root) or _read_tree(session, root)
    place = kept.places.get(leaf_hash(receipt.text.encode()))
    if place is None or kept.tree.root.hex() != root.root:
        return None
    return kept.tree.proof(place)


def _read_tree(session: Session, root: RootRow) -> _Tree:
    texts = sealed_texts(session, root.exam_id, root.list_version)
    tree = build_tree(text.encode() for text in texts)
    kept = _Tree(tree=tree, places={leaf: place for place, leaf in enumerate(tree.levels[0])})
    if tree.root.hex() == root.root:
        _kept[root.root] = kept
        while len(_kept) > TREES_KEPT:
            _kept.popitem(last=False)
    return kept
