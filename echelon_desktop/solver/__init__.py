"""Solving: a school compiled to arrays, two ways to solve them, bounds, and a check apart from both."""
