"""A linear model through HiGHS: the same model gives the same answer on one thread, always.

No clock decides: the search stops at the first solutions within a tolerance of the best
possible, or after so many nodes. Proof of the very best is never chased, since it would take
any time and buys nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from lianbing.papers.assembly.modelling import LinearModel

GAP = 0.05
MOST_NODES = 3_000
SEED = 7


class Cancelled(Exception):
    """Whoever asked for the papers no longer wants them."""


class Undecided(Exception):
    """Neither papers nor a proof that there are none, within the nodes allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Solved:
    """``values`` by column; ``cost`` is what the model minimises."""

    values: tuple[float, ...]
    cost: float


def solve(
    model: LinearModel, *, gap: float = GAP, is_cancelled: Callable[[], bool] = lambda: False
) -> Solved | None:
    """The cheapest solution, to ``gap``; None when there is none. Raises Cancelled, Undecided."""
    if any((lower > 0 or upper < 0) and not terms for lower, upper, terms in model.rows):
        return None
    if not model.cost:
        return Solved(values=(), cost=0.0)
    highs = highspy.Highs()
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": SEED,
        "mip_rel_gap": gap,
        "mip_max_nodes": MOST_NODES,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.passModel(_lp(model))

    def ask(event: highspy.HighsCallbackEvent) -> None:
        if is_cancelled() and event.data_in is not None:
            event.data_in.user_interrupt = True

    highs.cbMipInterrupt += ask
    highs.cbSimplexInterrupt += ask
    highs.run()
    if is_cancelled():
        raise Cancelled
    status = highs.getModelStatus()
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        return None
    solution = highs.getSolution()
    if not solution.value_valid:
        raise Undecided
    return Solved(values=tuple(solution.col_value), cost=highs.getInfo().objective_function_value)


def _lp(model: LinearModel) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.rows)
    lp.col_cost_ = np.array(model.cost)
    lp.col_lower_ = np.zeros(len(model.cost))
    lp.col_upper_ = np.array(model.upper)
    lp.integrality_ = [
        highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        for whole in model.whole
    ]
    lp.row_lower_ = np.array([lower for lower, _upper, _terms in model.rows])
    lp.row_upper_ = np.array([upper for _lower, upper, _terms in model.rows])
    counts = [len(terms) for _lower, _upper, terms in model.rows]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    lp.a_matrix_.index_ = np.array(
        [column for _l, _u, terms in model.rows for column, _value in terms], dtype=np.int32
    )
    lp.a_matrix_.value_ = np.array(
        [value for _l, _u, terms in model.rows for _column, value in terms], dtype=float
    )
    return lp
