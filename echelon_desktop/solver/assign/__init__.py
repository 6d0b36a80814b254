"""
Giving out teachers and rooms to sections that name none.

``openings`` says who and what may be given to which section, ``limits`` what that asks of the periods,
``give`` does it for sections that have their periods, and ``complete`` joins it with the search for those.
"""
