"""``echelon demand``: what students want, by course and by pairs of courses."""

import argparse
from collections.abc import Iterable, Sequence

from echelon_desktop.cli import OK
from echelon_desktop.cli.source import load_source
from echelon_desktop.model.csv_io import write_tables
from echelon_desktop.model.demand import CourseDemand, Together, read_demand, wanted_together
from echelon_desktop.model.wording import counted

COURSES = ("Course", "Requests", "Alternates", "Sections", "Needed", "Seats", "To spare")
PAIRS = ("Course", "And", "Students", "Sections", "And sections")
FEW = 20  # pairs that are printed


def demand(args: argparse.Namespace) -> int:
    """Print both lists, of the pairs the first; or write them whole as CSV files."""
    found = read_demand(load_source(args.school, args.rules).school)
    pairs = [pair for pair in wanted_together(found) if pair.most_sections <= args.sections]
    courses = [_course(each) for each in found.values()]
    if args.out:
        lists = {
            "demand_courses.csv": (COURSES, courses),
            "demand_wanted_together.csv": (PAIRS, _pairs(pairs)),
        }
        write_tables({name: [titles, *lines] for name, (titles, lines) in lists.items()}, args.out)
        print(f"{len(courses):,} courses and {len(pairs):,} pairs written to {args.out}.")
        return OK
    _print(COURSES, courses)
    print()
    if not pairs:
        most = counted(args.sections, "section")
        print(f"No courses of at most {most} are wanted together (--sections N takes in more).")
        return OK
    _print(PAIRS, _pairs(pairs[:FEW]))
    if len(pairs) > FEW:
        print(f"... and {len(pairs) - FEW:,} more pairs (--out DIR writes them all).")
    return OK


def _course(each: CourseDemand) -> tuple[str, ...]:
    needed = "?" if each.needed is None else str(each.needed)
    numbers = (each.requests, each.alternates, len(each.sections))
    return (each.title, *map(str, numbers), needed, str(each.seats), str(each.spare))


def _pairs(pairs: Iterable[Together]) -> list[tuple[str, ...]]:
    return [
        (
            pair.one.title,
            pair.other.title,
            *map(str, (len(pair.students), len(pair.one.sections), len(pair.other.sections))),
        )
        for pair in pairs
    ]


def _print(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Print lines in columns, numbers at the right."""
    widths = [max(map(len, column)) for column in zip(titles, *lines, strict=True)]
    words = [not any(line[at].lstrip("-").isdecimal() for line in lines) for at in range(len(titles))]
    for line in (titles, *lines):
        cells = zip(line, widths, words, strict=True)
        print(
            "  ".join(
                f"{cell:<{width}}" if left else f"{cell:>{width}}" for cell, width, left in cells
            ).rstrip()
        )
