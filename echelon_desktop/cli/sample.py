"""``echelon sample``: a made-up school to try things on."""

import argparse

from echelon_desktop.cli import OK
from echelon_desktop.model.csv_io import replace_file, write_school
from echelon_desktop.model.rules import RULES_FILE, format_rules
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.wording import counted


def sample(args: argparse.Namespace) -> int:
    """Write the files of a generated school."""
    made = make_school(students=args.students, seed=args.seed)
    write_school(made.school, args.folder)
    replace_file(args.folder / RULES_FILE, format_rules(made.rules).encode())
    school = made.school
    tables = ((school.students, "student"), (school.sections, "section"), (school.teachers, "teacher"))
    made_of = ", ".join(counted(len(table), noun) for table, noun in tables)
    print(f"{args.folder}: {made_of}. Try: echelon solve {args.folder} --out schedule")
    return OK
