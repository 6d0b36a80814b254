"""How handouts look: rich text with one style, and a head that says of what and of when they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from echelon_desktop.ui.theme import LIGHT


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands on every page: the school, the scenario and the day of printing."""

    school: str
    scenario: str
    date: str


# Paper is light, whatever the screen is.
# Distances are in px, since rich text knows no other unit for them; they grow with the resolution.
STYLE = f"""
body {{ color: {LIGHT.text}; }}
.title {{ font-size: 18pt; font-weight: 600; margin-top: 6px; margin-bottom: 2px; }}
.facts {{ margin-bottom: 14px; }}
.part {{ font-size: 11pt; font-weight: 600; margin-top: 20px; margin-bottom: 6px; }}
.soft {{ color: {LIGHT.text_soft}; font-size: 9pt; }}
.small {{ font-size: 8pt; }}
.master td, .master th {{ font-size: 7pt; }}
th {{ background-color: {LIGHT.sunken}; font-weight: 600; text-align: left; }}
"""
FRAME = f'width="100%" border="1" cellspacing="0" style="border-color: {LIGHT.line_strong}; '
FRAME += 'border-style: solid; border-collapse: collapse; margin-top: 8px"'
TABLE = f'{FRAME} cellpadding="5"'
DENSE = f'{FRAME} cellpadding="2"'  # a class of 35 fits on a page


def head(heading: Heading, title: str, facts: Iterable[str]) -> str:
    """The head of a handout; its title also stands at the foot of every page, where there are several."""
    place = "  ·  ".join(part for part in (heading.school, heading.scenario, heading.date) if part)
    return (
        f"<title>{escape(title)}  ·  {escape(place)}</title>"
        f'<p class="soft">{escape(place)}</p><p class="title">{escape(title)}</p>'
        f'<p class="facts">{escape("  ·  ".join(facts))}</p>'
    )
