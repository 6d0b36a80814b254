"""What no schedule can do better than: bounds on unmet requests and on the levels after them."""

from echelon_desktop.solver.bounds.bound import Bound, Reason, Witness
from echelon_desktop.solver.bounds.flow import FlowRelaxation, flow_bound
from echelon_desktop.solver.bounds.improve import improve_bounds
from echelon_desktop.solver.bounds.levels import least_spread, level_bounds, spread_of

__all__ = [
    "Bound",
    "FlowRelaxation",
    "Reason",
    "Witness",
    "flow_bound",
    "improve_bounds",
    "least_spread",
    "level_bounds",
    "spread_of",
]
