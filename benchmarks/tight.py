"""
A school with fewer seats: all of them together a little above demand.

    python benchmarks/tight.py SCHOOL_FOLDER OUT_FOLDER [--slack 0.04] [--each school|section]

Reads the six files and writes them again with ``# of Seats Available`` cut and everything else as it was. How
seats are cut, for demand D of the whole school and a slack of 4 %:

1. Every course keeps a seat for each student who requests it, or all that it has where those are fewer.
2. Of the round(0.04 D) seats above demand each course gets its share by demand, rounded by largest
   remainders, and no more than it had; what a course cannot take goes to the others.
3. The seats of a course are spread evenly over its sections: they differ by one at most, except where a
   section had fewer to begin with.
4. A section with fewer seats than the SPED limit seats fewer SPED students, too. Should those of a course no
   longer fit, that is said.

So all requests still fit, course by course; what is unmet is unmet for want of a seat at the right time.

``--each section`` is milder: a section gets its part of its course's demand and slack, rounded up, which
leaves more seats in all: 6 % above demand on a school of many small courses.
"""

import argparse
import csv
import io
import math
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from echelon_desktop.model.csv_io import read_school
from echelon_desktop.model.dataset import School

SECTIONS, SEATS = "Sections_Information.csv", "# of Seats Available"
SPED_LIMIT = 12


@dataclass(frozen=True)
class Cut:
    """Seats of each section after the cut, and courses whose SPED students no longer fit."""

    seats: Mapping[str, int]
    short_of_sped: Sequence[str]


def cut_seats(school: School, slack: float, each: str = "school") -> Cut:
    """Cut a school's seats to ``1 + slack`` of demand, over the school or rounded up section by section."""
    demand = Counter(r.course for wanted in school.requests.values() for r in wanted.requests)
    sections: dict[str, dict[str, int]] = defaultdict(dict)
    for section in school.sections.values():
        sections[section.course][section.id] = section.seats
    if each == "section":
        for course, seats in sections.items():
            most = math.ceil((1 + slack) * demand[course] / len(seats))
            sections[course] = {section: min(n, most) for section, n in seats.items()}
    had = {course: sum(seats.values()) for course, seats in sections.items()}
    kept = {course: min(demand[course], seats) for course, seats in had.items()}
    room = {course: had[course] - kept[course] for course in had}
    spare = round(slack * demand.total()) if each == "school" else sum(room.values())
    for course, more in _share(spare, kept, room).items():
        kept[course] += more
    cut = {s: n for course in sections for s, n in _spread(kept[course], sections[course]).items()}
    sped = Counter(
        r.course
        for wanted in school.requests.values()
        if school.students[wanted.student].sped
        for r in wanted.requests
    )
    short = [
        course
        for course, seats in sections.items()
        if sum(min(SPED_LIMIT, cut[s]) for s in seats) < min(sped[course], kept[course])
    ]
    return Cut(cut, short)


def _share(total: int, weight: Mapping[str, int], room: Mapping[str, int]) -> dict[str, int]:
    """Share out by weight, by largest remainders; nobody gets more than there is room for."""
    shares = dict.fromkeys(weight, 0)
    while total > 0:
        open_to = {name: weight[name] for name in weight if shares[name] < room[name] and weight[name]}
        whole = sum(open_to.values())
        if not whole:
            break
        exact = {name: total * each / whole for name, each in open_to.items()}
        by_remainder = sorted(exact, key=lambda name: (int(exact[name]) - exact[name], name))
        extra = set(by_remainder[: total - sum(map(int, exact.values()))])
        for name in open_to:
            given = min(int(exact[name]) + (name in extra), room[name] - shares[name])
            shares[name] += given
            total -= given
    return shares


def _spread(total: int, most: Mapping[str, int]) -> dict[str, int]:
    """Spread seats over sections evenly, none above what it had."""
    spread: dict[str, int] = {}
    for i, (section, seats) in enumerate(sorted(most.items(), key=lambda item: item[1])):
        spread[section] = min(seats, total // (len(most) - i))
        total -= spread[section]
    return spread


def write_cut(folder: Path, out: Path, seats: Mapping[str, int]) -> None:
    """Copy a school's files with other seats."""
    out.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_file() and path.name != SECTIONS:
            shutil.copy2(path, out / path.name)
    with (folder / SECTIONS).open(newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    names = [name.strip() for name in header]
    at, key = names.index(SEATS), names.index("Section ID")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        if row:
            row[at] = str(seats[row[key].strip()])
            writer.writerow(row)
    (out / SECTIONS).write_text(text.getvalue(), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("school", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--slack", type=float, default=0.04, help="seats above demand, as a share of it")
    parser.add_argument(
        "--each", choices=("school", "section"), default="school", help="where seats are counted"
    )
    given = parser.parse_args()
    if not (given.school / SECTIONS).is_file():
        sys.exit(f"{given.school} holds no {SECTIONS}.")
    school = read_school(given.school).school
    cut = cut_seats(school, given.slack, given.each)
    write_cut(given.school, given.out, cut.seats)
    before, after = sum(s.seats for s in school.sections.values()), sum(cut.seats.values())
    asked = sum(len(wanted.requests) for wanted in school.requests.values())
    print(f"{given.out}: {after:,} seats of {before:,} for {asked:,} requests ({after / asked - 1:+.1%}).")
    if cut.short_of_sped:
        print(f"The SPED students of {', '.join(cut.short_of_sped)} no longer all fit.")


if __name__ == "__main__":
    main()
