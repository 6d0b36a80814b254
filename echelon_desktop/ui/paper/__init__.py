"""Handouts on paper: how they look, lists as they are shown, and where they go."""
