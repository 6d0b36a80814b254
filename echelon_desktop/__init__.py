"""Echelon Desktop: builds a high school's master schedule from its course requests."""

__version__ = "0.1.0"
