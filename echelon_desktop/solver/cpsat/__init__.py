"""
Exact solving with OR-Tools' CP-SAT: small drafts to proof, bounds for large ones.

``classes`` and ``pools`` say which students and sections the model need not tell apart, ``model`` states the
hard rules, ``costs`` the goals, ``solve`` minimises them level by level, and ``seating`` turns counts back
into seats. Only ``model``, ``costs`` and ``solve`` load OR-Tools.
"""
