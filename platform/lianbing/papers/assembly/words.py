"""Why there are no papers, in the trainer's words: texts in the language of whoever reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from lianbing.kernel.marks import show_mark
from lianbing.papers.assembly.conflicts import Conflict, Remedy, ShortCell
from lianbing.papers.assembly.demands import DEMAND_WORDS
from lianbing.papers.assembly.queries import SetRow
from lianbing.papers.assembly.rules import Demand
from lianbing.papers.use_cases import cell_words
from lianbing.web.errors import translated


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """``why``: what conflicts; ``remedies``: each enough alone, unless ``together``."""

    why: tuple[str, ...]
    remedies: tuple[str, ...]
    together: bool


def explanation(
    row: SetRow, conflict: Conflict, titles: dict[str, str], codes: Mapping[int, str]
) -> Explanation:
    """The conflict of a set; ``codes`` name the questions of its remedies."""
    why = _short_texts(row, conflict, titles)
    demands = _demands(conflict)
    if demands:
        words = [gettext(DEMAND_WORDS[demand]) for demand in demands]
        separator = gettext("; ")
        why.append(
            gettext(
                "The bank cannot fill the blueprint together with: %(demands)s.",
                demands=separator.join(words),
            )
        )
    return Explanation(
        why=tuple(why),
        remedies=tuple(
            sorted(
                (_remedy(row, remedy, titles, codes) for remedy in conflict.remedies),
                key=lambda text: text.count("\n"),  # what is said in a line first
            )
        ),
        together=conflict.together,
    )


def _demands(conflict: Conflict) -> list[Demand]:
    """What stands against the blueprint; of several conflicts all, not the first found alone."""
    also = [remedy.demand for remedy in conflict.remedies if conflict.together]
    every = dict.fromkeys([*conflict.demands, *also])
    return [demand for demand in every if demand is not Demand.CELLS]


def _short_texts(row: SetRow, conflict: Conflict, titles: dict[str, str]) -> list[str]:
    """The cells for which the bank has too few questions, whatever else is asked."""
    alone = Demand.OVERLAP not in conflict.demands
    return [
        _short_text(row, short, titles, alone=alone)
        for remedy in conflict.remedies
        for short in remedy.cells
        if short.has < short.asks * (1 if alone else row.wanted.papers)
    ]


def _cell(row: SetRow, short: ShortCell, titles: dict[str, str]) -> object:
    return translated({"cell": cell_words(row.cells[short.cell], titles)})["cell"]


def _short_text(row: SetRow, short: ShortCell, titles: dict[str, str], *, alone: bool) -> str:
    if alone or short.has < short.asks:
        return gettext(
            "%(cell)s: the bank has %(has)s questions that may be used; the blueprint asks for "
            "%(asks)s.",
            cell=_cell(row, short, titles),
            has=short.has,
            asks=short.asks,
        )
    return gettext(
        "%(cell)s: the bank has %(has)s questions that may be used; %(papers)s papers of %(asks)s "
        "each ask for %(all)s.",
        cell=_cell(row, short, titles),
        has=short.has,
        asks=short.asks,
        papers=row.wanted.papers,
        all=row.wanted.papers * short.asks,
    )


def _remedy(row: SetRow, remedy: Remedy, titles: dict[str, str], codes: Mapping[int, str]) -> str:
    amount = show_mark(remedy.amount)
    match remedy.demand:
        case Demand.CELLS:
            return "\n".join(_fewer(row, short, titles) for short in remedy.cells)
        case Demand.OVERLAP:
            return gettext("Let any two papers share up to %(count)s questions.", count=amount)
        case Demand.DIFFICULTY:
            return gettext(
                "Widen the band of the difficulty from ± %(old)s to ± %(new)s, or move its target.",
                old=show_mark(row.wanted.tolerance),
                new=amount,
            )
        case Demand.POINTS:
            return gettext("Ask for %(count)s different assessment points a paper.", count=amount)
        case Demand.INFORMATION:
            return gettext("Do without equal information at the cut score.")
        case Demand.EXPOSURE | Demand.ENEMIES | Demand.FIXED:
            return _about_questions(remedy, codes)


def _fewer(row: SetRow, short: ShortCell, titles: dict[str, str]) -> str:
    return gettext(
        "%(cell)s: ask for %(asks)s instead of %(asked)s a paper, or add questions to the bank.",
        cell=_cell(row, short, titles),
        asks=short.asks - short.fewer,
        asked=short.asks,
    )


def _about_questions(remedy: Remedy, codes: Mapping[int, str]) -> str:
    count = len(remedy.about)
    if remedy.demand is Demand.EXPOSURE:
        return ngettext(
            "Raise the limit on uses to %(limit)s, for %(num)d question.",
            "Raise the limit on uses to %(limit)s, for %(num)d questions.",
            count,
            limit=show_mark(remedy.amount),
        )
    if remedy.demand is Demand.ENEMIES:
        return ngettext(
            "Let %(num)d pair meet that is kept apart.",
            "Let %(num)d pairs meet that are kept apart.",
            count,
        )
    named = ", ".join(codes.get(number, "?") for number in remedy.about)
    return gettext("Do not fix these questions: %(codes)s.", codes=named)
