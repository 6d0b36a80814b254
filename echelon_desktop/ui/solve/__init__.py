"""Solving from the window: what to solve, how it goes, what came of it, and every run before."""
