"""The guide to receipts computes by hand what the product computes."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lianbing.exams.receipts.chain import ChainEntry, fold_chain, instant_text
from lianbing.exams.receipts.merkle import build_tree
from lianbing.exams.receipts.rules import Receipt, SignedReceipt
from lianbing.infra.crypto import Keyring
from lianbing.infra.settings import Settings

MOMENT = datetime(2026, 11, 20, 8, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def guide(project_root: Path) -> str:
    return (project_root / "docs" / "receipts.md").read_text()


@pytest.fixture
def by_hand(guide: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec("\n".join(re.findall(r"```python\n(.*?)```", guide, re.S)), names)
    return names


def receipt(head: str = "cd" * 32) -> Receipt:
    return Receipt(
        exam=12,
        attempt=345,
        version=1,
        cause="hand_in",
        made=MOMENT,
        entries=2,
        paper="ab" * 32,
        head=head,
    )


def test_head_by_hand_is_the_head(by_hand: dict[str, Any]) -> None:
    entries = [
        ChainEntry(
            device=device,
            seq=seq,
            question=7,
            answer='["接地", "220"]',
            standing="counted",
            arrived_at=MOMENT,
            device_clock="钟",
        )
        for device, seq in [(2, 1), (1, 9), (1, 10)]
    ]
    facts = {"attempt_id": 345, "version": 1, "paper_hash": "ab" * 32, "answers": '{"7": "接"}'}
    rows = [
        (e.device, e.seq, e.question, e.answer, e.standing, instant_text(MOMENT), e.device_clock)
        for e in entries
    ]
    found = by_hand["head"](345, 1, "ab" * 32, rows, '{"7": "接"}')
    assert found == fold_chain(entries, **facts).head.hex()  # type: ignore[arg-type]


def test_proof_by_hand_leads_to_the_root(by_hand: dict[str, Any]) -> None:
    texts = [receipt(f"{number:064x}").text for number in range(5)]
    tree = build_tree(text.encode() for text in texts)
    for place, text in enumerate(texts):
        proof = [(side, neighbour.hex()) for side, neighbour in tree.proof(place)]
        assert by_hand["root"](text, proof) == tree.root.hex()


def test_signature_by_hand_is_verified_by_openssl(guide: str, tmp_path: Path) -> None:
    if not shutil.which("openssl") or not shutil.which("xxd"):
        pytest.skip("no openssl or no xxd here")
    keyring = Keyring(Settings(field_key="11" * 32, signing_key="22" * 32, secret_key="x"))
    signed = SignedReceipt(receipt=receipt(), signature=keyring.sign(receipt().text.encode()))
    (tmp_path / "printed.txt").write_text(signed.printed)
    (script,) = (
        block for block in re.findall(r"```sh\n(.*?)```", guide, re.S) if "openssl" in block
    )
    ran = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env={"PUBLIC_KEY": keyring.public_key, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, "Verified" in ran.stdout) == (0, True), ran.stderr
    assert (tmp_path / "receipt.txt").read_text() == receipt().text


def test_command_it_names_is_the_command(guide: str) -> None:
    assert "lianbing exams verify 12 --root" in guide
