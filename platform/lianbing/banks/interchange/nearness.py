"""Which questions of a file say nearly the same as one of the bank; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy
from rapidfuzz import fuzz, process

from lianbing.banks.duplicates.rules import ALIKE_FROM, SHORTEST, normal
from lianbing.banks.interchange.drafts import Finding, Level
from lianbing.banks.interchange.rules import Checked
from lianbing.kernel.errors import N_

MOST_COMPARED = 5_000_000
"""Above so many pairs nobody waits for it: the page of near duplicates tells them afterwards."""


def with_near(checked: Sequence[Checked], stems: Mapping[str, str]) -> list[Checked]:
    """Good questions much like one of the bank, code to stem, are warned of."""
    texts = [normal(one.draft.stem) for one in checked]
    if not stems or not texts or len(texts) * len(stems) > MOST_COMPARED:
        return list(checked)
    codes = list(stems)
    scores = process.cdist(
        texts,
        [normal(stem) for stem in stems.values()],
        scorer=fuzz.ratio,
        score_cutoff=ALIKE_FROM,
        dtype=numpy.uint8,
    )
    told = []
    for one, text, row in zip(checked, texts, scores, strict=True):
        best = int(row.argmax())
        if not row[best] or len(text) < SHORTEST or not one.is_good:
            told.append(one)
            continue
        finding = Finding(
            place=one.draft.place,
            message=N_("Much like question %(code)s of the bank. Compare the two."),
            params={"code": codes[best]},
            level=Level.WARNING,
        )
        told.append(replace(one, findings=(*one.findings, finding)))
    return told
