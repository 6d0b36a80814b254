"""``echelon trade-offs``: what more even sections would cost in unmet requests."""

import argparse

from echelon_desktop.cli import OK
from echelon_desktop.cli.source import load_source
from echelon_desktop.errors import InputError
from echelon_desktop.model.csv_io import read_schedule
from echelon_desktop.solver.output import write_result
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.trade_offs import NONE, TradeOff, laid_out
from echelon_desktop.solver.verify import Counts, verify


def trade_offs(args: argparse.Namespace) -> int:
    """Print each trade-off from a schedule on as it is found; with ``--out``, write them, too."""
    source = load_source(args.school, args.rules)
    school, rules = source.school, source.rules
    start = read_schedule(school, args.start).schedule
    before = verify(school, rules, start)
    if not before.ok:
        why = before.violations[0].message
        raise InputError(
            f"The schedule in {args.start} breaks hard rules: {why} Trade-offs need one that breaks none."
        )
    problem, keys, solution = laid_out(school, rules, start)
    from echelon_desktop.solver.search.trading import trade_offs

    print(f"{_figures(before.counts)}: the schedule in {args.start}")
    found = False
    for each in trade_offs(problem, solution):
        found, line = True, _figures(each)
        if args.out:
            folder = args.out / f"{each.unmet}-unmet-spread-{each.size_spread}"
            write_result(school, rules, schedule_of(each.solution, keys, school, start), folder)
            line += f": {folder}"
        print(line, flush=True)
    if not found:
        print(NONE)
    return OK


def _figures(of: Counts | TradeOff) -> str:
    return f"{of.unmet:,} unmet, size spread {of.size_spread:,}"
