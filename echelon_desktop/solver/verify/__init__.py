"""
Judges a schedule against the school and its rules, and believes no figure that somebody else counted.

It reads the records and the rules themselves and shares no code with the search, CP-SAT or the problem they
work on, so that a mistake there cannot hide itself here. Counting is plain on purpose.
"""

from echelon_desktop.solver.verify.judge import verify
from echelon_desktop.solver.verify.metrics import Metric, metrics
from echelon_desktop.solver.verify.verdict import FACTS, Breach, Counts, Figure, Part, Verdict, Violation

__all__ = [
    "FACTS",
    "Breach",
    "Counts",
    "Figure",
    "Metric",
    "Part",
    "Verdict",
    "Violation",
    "metrics",
    "verify",
]
