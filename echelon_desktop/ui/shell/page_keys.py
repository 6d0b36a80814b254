"""The keys that belong to a page or a table and not to an action of the window, for the list of keys."""

from echelon_desktop.ui.pages import PAGES

Line = tuple[str, str, str]
"""What is done, by which key, and what there is to say about it."""

TABLES: tuple[Line, ...] = (
    ("Leave a grid", "Ctrl+Tab", "Tab walks from cell to cell there. Ctrl+Shift+Tab leaves backward."),
    ("From a filter to its table", "Down", "Enter does so as well. Esc empties the filter."),
)
DATA: tuple[Line, ...] = (
    ("Add row", "Ins", "In Data: asks for the cells of a new row."),
    ("Duplicate", "Ctrl+Shift+D", "In Data: copies the selected rows."),
    ("Delete", "Ctrl+-", "In Data: deletes the selected rows."),
    ("Paste", "Ctrl+V", "In Data: over the cells from the selected one on; past the end it adds rows."),
    ("Paste as new rows", "Ctrl+Shift+V", "In Data: below the last row, whatever is selected."),
    ("Fill down", "Ctrl+D", "In Data: writes the first selected line into the others."),
    ("Clear cells", "Del", "In Data: blanks the selected cells."),
    ("Edit cell", "F2", "In Data: goes on with the present text; typing replaces it."),
    ("Next finding", "F8", "In Data: the next cell with a finding; Shift+F8 the one before."),
)
BOARD: tuple[Line, ...] = (
    ("Pick up a card", "Space", "On the board: again takes the next card of the cell. Esc puts it back."),
    ("Put it down", "Enter", "On the board: in the period to which the arrows have led."),
    ("Menu of a card", "Enter", "On the board, with no card in hand: all that can be done with it."),
    (
        "Take off the board",
        "Del",
        "On the board: the card goes to Not placed, its students elsewhere.",
    ),
    ("Lock, unlock", "L", "On the board: the card stays where it stands in every solve."),
)
RULES: tuple[Line, ...] = (
    ("More important", "Alt+Up", "In Rules: takes the rule a level up."),
    ("Less important", "Alt+Down", "In Rules: takes the rule a level down."),
)


def lines() -> tuple[Line, ...]:
    """All of them, the pages first."""
    pages = tuple((f"Page {spec.title}", f"Ctrl+{at}", "") for at, spec in enumerate(PAGES, 1))
    return (*pages, *TABLES, *DATA, *BOARD, *RULES)
