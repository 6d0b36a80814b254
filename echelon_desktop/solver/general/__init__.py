"""A local search over everything a problem can say; ``run.py`` is the way in."""
