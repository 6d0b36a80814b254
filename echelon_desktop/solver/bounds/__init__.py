"""What no schedule can do better than: bounds on unmet requests and on the levels after them."""

from echelon_desktop.solver.bounds.bound import Bound, Reason, Witness
from echelon_desktop.solver.bounds.flow import FlowRelaxation, flow_bound
from echelon_desktop.solver.bounds.improve import improve_bounds
from echelon_desktop.solver.bounds.levels import LevelBounds, level_bounds
from echelon_desktop.solver.bounds.spread import spread_of

__all__ = [
    "Bound",
    "FlowRelaxation",
    "LevelBounds",
    "Reason",
    "Witness",
    "flow_bound",
    "improve_bounds",
    "level_bounds",
    "spread_of",
]
