"""What a move would cost: estimated by kernels, exact where it can be shown; ``row.py`` is the way in."""
