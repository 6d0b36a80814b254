"""``echelon sample``: a made-up school to try things on."""

import argparse

from echelon_desktop.cli import OK
from echelon_desktop.errors import InputError
from echelon_desktop.model.csv_io import write_school
from echelon_desktop.model.rules import RULES_FILE, format_rules
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.wording import counted


def sample(args: argparse.Namespace) -> int:
    """Write the files of a generated school."""
    made = make_school(students=args.students, seed=args.seed)
    try:
        args.folder.mkdir(parents=True, exist_ok=True)
        write_school(made.school, args.folder)
        (args.folder / RULES_FILE).write_text(format_rules(made.rules), encoding="utf-8")
    except OSError as error:
        raise InputError(f"The sample cannot be written to {args.folder}: {error.strerror}.") from error
    school = made.school
    tables = ((school.students, "student"), (school.sections, "section"), (school.teachers, "teacher"))
    made_of = ", ".join(counted(len(table), noun) for table, noun in tables)
    print(f"{args.folder}: {made_of}. Try: echelon solve {args.folder} --out schedule")
    return OK
