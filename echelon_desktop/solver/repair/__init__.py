"""Repair: from a schedule that no longer fits, to one that does and changes little."""
