"""
Sample schools: believable, invented, of any size and shape, the same for the same seed.

By default a schedule is planted: the requests of the students are derived from a hidden schedule that keeps
all hard rules and meets them all, so that the optimum is known to be no unmet request. Searches are measured
on such schools, and people try the application with one.
"""

from echelon_desktop.model.sample.families import FAMILIES
from echelon_desktop.model.sample.make import Sample, make_school
from echelon_desktop.model.sample.shape import Shape

__all__ = ["FAMILIES", "Sample", "Shape", "make_school"]
