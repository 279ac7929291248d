"""``bank``, part ``duplicates``: the page of near duplicates over the largest bank it compares.

The goal is the wait of the first opening. Five seconds: rapidfuzz scores 5,200 x 5,200 in
3.0 s, the page scores half of 6,000 x 6,000 (2.0 s), and more than as much again is left for
reading and writing 6,000 questions. Beyond ten seconds people leave a page they wait for.
"""

import random
from array import array
from dataclasses import replace
from time import perf_counter, process_time

from flask.testing import FlaskClient
from proving.progress import say

from benchmarks.made_up_bank import SEED, made_up_bank
from benchmarks.report import Report
from lianbing.banks.bank_file import BankFile
from lianbing.banks.duplicates.queries import MOST_AT_ONCE
from lianbing.banks.use_cases import load_bank
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, OrganisationId

PLANTED = 40
"""Pairs that the check must find, and no other."""

WORDS = range(0x4E00, 0x4E00 + 2_000)
STEM_LENGTHS = range(14, 46)
"""Of the shipped stems, nine in ten are as long as this."""

GOAL_SECONDS = 5.0


def measure_duplicates(
    owner: OrganisationId, client: FlaskClient, shape: str, report: Report
) -> None:
    """The whole page as a trainer gets it, drawn and all, first unknown, then known."""
    bank_id = _load(owner)
    say(f"near duplicates among {MOST_AT_ONCE} questions")
    own, began = process_time(), perf_counter()
    page = _open(client, bank_id)
    first, cpu = perf_counter() - began, process_time() - own
    began = perf_counter()
    _open(client, bank_id)
    again = perf_counter() - began
    shown = sum(f"pair-{number:03d}" in page for number in range(PLANTED))
    if not shown:
        raise RuntimeError("the page shows none of the planted pairs")
    report.goal(
        f"duplicates_{shape}_s", f"< {GOAL_SECONDS:.0f}", round(first, 2), met=first < GOAL_SECONDS
    )
    report.notes.append(
        f"{shape} near duplicates of {MOST_AT_ONCE} questions: {first:.2f} s ({cpu:.2f} CPU s), "
        f"opened again {again:.2f} s; {shown} of {PLANTED} planted pairs on the first page"
    )
    report.latencies = array("d", [*report.latencies, first])


def _load(owner: OrganisationId) -> BankId:
    say(f"loading a bank of {MOST_AT_ONCE} questions, {PLANTED} pairs of them alike")
    with transaction() as session:
        report = load_bank(session, SYSTEM, _bank(), organisation_id=owner, now=utc_now())
    return report.bank_id


def _bank() -> BankFile:
    """Stems of as many characters as real ones, unlike each other but for the planted pairs."""
    rng = random.Random(SEED)
    bank = made_up_bank(MOST_AT_ONCE, code="alike")
    stems = [
        "".join(chr(rng.choice(WORDS)) for _ in range(rng.choice(STEM_LENGTHS)))
        for _ in bank.questions
    ]
    for number in range(PLANTED):
        stems[-1 - number] = f"{stems[number]}的"
    questions = [
        replace(entry, stem=stem, code=f"pair-{number:03d}" if number < PLANTED else entry.code)
        for number, (entry, stem) in enumerate(zip(bank.questions, stems, strict=True))
    ]
    return bank.with_questions(tuple(questions))


def _open(client: FlaskClient, bank_id: BankId) -> str:
    answer = client.get(f"/banks/{bank_id}/duplicates")
    if answer.status_code != 200:
        raise RuntimeError(f"the page of near duplicates: {answer.status_code}")
    return answer.text
