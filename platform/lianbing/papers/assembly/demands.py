"""What trainers call the kinds of demands: msgids, translated where shown."""

from lianbing.kernel.errors import N_, Msgid
from lianbing.papers.assembly.rules import Demand

DEMAND_WORDS = {
    Demand.CELLS: N_("the blueprint's counts"),
    Demand.OVERLAP: N_("no more common questions than allowed"),
    Demand.DIFFICULTY: N_("the difficulty band"),
    Demand.INFORMATION: N_("equal information at the cut score"),
    Demand.ENEMIES: N_("questions that never meet"),
    Demand.EXPOSURE: N_("the limit on uses"),
    Demand.POINTS: N_("assessment points covered"),
    Demand.FIXED: N_("the fixed questions"),
}


def demand_words(demand: Demand) -> Msgid:
    """A kind of demand in the trainer's words."""
    return Msgid(DEMAND_WORDS[demand])
