"""
The tokens: every colour, size and distance that the window uses.

Text stands at 4.5:1 or more on the surfaces it is meant for (a test computes it), and nothing is told by
colour alone. Good, doubtful and bad are teal, amber and vermillion, which people who confuse red and green
can tell apart; each comes with a sign as well.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """
    Colours of one appearance, as "#rrggbb".

    Parameters
    ----------
    window, surface, raised, sunken
        Behind everything; tables and cards; menus and tool tips; headers and alternate rows.
    line, line_strong
        Hairlines between things; borders of fields and buttons.
    text, text_soft, text_faint
        Ordinary text; secondary text; what is switched off (not meant to be read closely).
    accent, on_accent, accent_soft, on_accent_soft
        The one colour of action and selection, its text, its pale surface and the text on that.
    good, good_soft, doubt, doubt_soft, bad, bad_soft, note, note_soft
        Signs, and pale surfaces under them.
    day
        Pairs (surface, text) by which the days of the bell schedule differ, in the order of the days.
    series
        Colours of lines and bars in charts.
    heat
        From nothing to most, for heat maps.
    """

    name: str
    window: str
    surface: str
    raised: str
    sunken: str
    line: str
    line_strong: str
    text: str
    text_soft: str
    text_faint: str
    accent: str
    on_accent: str
    accent_soft: str
    on_accent_soft: str
    good: str
    good_soft: str
    doubt: str
    doubt_soft: str
    bad: str
    bad_soft: str
    note: str
    note_soft: str
    day: tuple[tuple[str, str], ...]
    series: tuple[str, ...]
    heat: tuple[str, ...]


LIGHT = Tokens(
    name="light",
    window="#f4f5f8",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#eceef3",
    line="#e1e4ea",
    line_strong="#c3c9d4",
    text="#1a2230",
    text_soft="#556072",
    text_faint="#949dab",
    accent="#2f54c8",
    on_accent="#ffffff",
    accent_soft="#e4eafc",
    on_accent_soft="#21409f",
    good="#0b7268",
    good_soft="#dcf3ef",
    doubt="#8a5a00",
    doubt_soft="#fdf0d3",
    bad="#b4371b",
    bad_soft="#fde6df",
    note="#2f6690",
    note_soft="#e0eef8",
    day=(("#fbe9e7", "#8c2f1f"), ("#fcf2d4", "#6f5200"), ("#e3f1ea", "#1f6045"), ("#e7ebfb", "#33479b")),
    series=("#2f54c8", "#c4620a", "#0b7268", "#8a3f9e", "#556072"),
    heat=("#ffffff", "#dbe6fb", "#a9c3f5", "#6c95ea", "#3a67d6", "#1f3f9a"),
)

DARK = Tokens(
    name="dark",
    window="#12161d",
    surface="#1a202a",
    raised="#222a36",
    sunken="#161b23",
    line="#2a323f",
    line_strong="#455163",
    text="#e7ebf2",
    text_soft="#a5b0c0",
    text_faint="#6b7788",
    accent="#86a5ff",
    on_accent="#0e1524",
    accent_soft="#26345c",
    on_accent_soft="#c9d6ff",
    good="#4fc7b5",
    good_soft="#143a36",
    doubt="#e5b454",
    doubt_soft="#3d3014",
    bad="#ff9176",
    bad_soft="#472219",
    note="#7fb8e4",
    note_soft="#1b3347",
    day=(("#452722", "#ffb9a8"), ("#3d3315", "#f0cf74"), ("#1c3a2e", "#8fd9b6"), ("#262f55", "#b3c1ff")),
    series=("#86a5ff", "#f0a25b", "#4fc7b5", "#d49be6", "#a5b0c0"),
    heat=("#1a202a", "#223159", "#2d4688", "#3f63bd", "#6487e6", "#a3bcff"),
)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distances in device-independent pixels; every margin and gap is one of them."""

    xs: int = 4
    s: int = 8
    m: int = 12
    l: int = 16  # noqa: E741  # the scale reads xs, s, m, l, xl, xxl
    xl: int = 24
    xxl: int = 40


@dataclass(frozen=True, slots=True)
class TypeScale:
    """Font sizes in points, relative to the user's own size of text (``body``)."""

    small: float = -1.0
    body: float = 0.0
    lead: float = 1.5
    title: float = 5.0
    hero: float = 12.0


SPACE = Spacing()
TYPE = TypeScale()
