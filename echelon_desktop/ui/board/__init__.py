"""The period board: teachers down, periods across, a card for each section, to be moved by drag or key."""
