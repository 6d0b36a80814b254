"""The tables of docs/solver.md, in Markdown, from the results of ``solver.py``."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from alternatives import METHODS

Record = dict[str, Any]
CLOCKS = {"wall": "", "processor": " of processor time"}


def print_tables(records: Sequence[Record]) -> None:
    """Print all tables for which there are results."""
    if not records:
        print("No results yet.")
        return
    for machine in dict.fromkeys(record["machine"] for record in records):
        commits = dict.fromkeys(r["commit"] for r in records if r["machine"] == machine)
        print(f"\nMeasured on {machine}; commit {', '.join(commits)}.")
    for clock in CLOCKS:
        _solved("Schools", [r for r in _part(records, "real") if r["case"]["clock"] == clock], clock)
        _solved("Families", [r for r in _part(records, "families") if r["case"]["clock"] == clock], clock)
    _beside(_part(records, "alternatives"), _part(records, "real"))


def _part(records: Iterable[Record], part: str) -> list[Record]:
    return [record for record in records if record["case"]["part"] == part]


def _solved(title: str, records: Sequence[Record], clock: str) -> None:
    """Missed requests by school and limit: the median, and every seed's figure."""
    if not records:
        return
    cells: dict[str, dict[float, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        cells[record["case"]["school"].partition("#")[0]][record["case"]["limit"]].append(record)
    limits = sorted({limit for row in cells.values() for limit in row})
    head = [f"after {limit:g} s{CLOCKS[clock]}" for limit in limits]
    print(f"\n### {title}\n")
    _row("school", *head, "proven", "size spread", "memory")
    _row(*["---"] * (len(limits) + 4))
    for school, row in cells.items():
        last = row[max(row)]
        proven = [_bound(record) for record in last]
        spreads = [r["counts"]["size_spread"] for r in last if r.get("counts")]
        memory = max((r.get("memory_mb") or 0 for found in row.values() for r in found), default=0)
        _row(
            school,
            *(_unmet(row.get(limit, [])) for limit in limits),
            _range(proven),
            _range(spreads),
            f"{memory:,.0f} MB",
        )
    broken = [r for r in records if (r.get("checked") or {}).get("broken")]
    checked = [r for r in records if r.get("checked")]
    if checked:
        checkers = ", ".join(dict.fromkeys(r["checked"]["by"] for r in checked))
        print(f"\n{len(checked)} schedules counted by {checkers}: {len(broken)} with broken rules.")


def _unmet(records: Sequence[Record]) -> str:
    """``21 (19, 21, 24)``; with the clock where all were proven before the limit."""
    if not records:
        return ""
    found = [r["counts"]["unmet"] for r in records if r.get("counts")]
    none = len(records) - len(found)
    if not found:
        return "nothing found"
    text = f"{statistics.median(found):g}"
    if len(found) > 1 and len(set(found)) > 1:
        text += f" ({', '.join(map(str, sorted(found)))})"
    if none:
        text += f", {none} × nothing found"
    if all(r.get("ended") == "proved" for r in records):
        text += f"; proven in {statistics.median(r['clock'] for r in records):.1f} s"
    return text


def _bound(record: Record) -> int:
    unmet = [f for f in record.get("levels", ()) if f["name"].startswith("unmet")]
    return sum(f["bound"] or 0 for f in unmet)


def _range(values: Sequence[int]) -> str:
    if not values:
        return ""
    return f"{min(values)}" if min(values) == max(values) else f"{min(values)} to {max(values)}"


def _beside(records: Sequence[Record], solved: Sequence[Record]) -> None:
    """The plain alternatives, with what the solver reached in its shortest limit last."""
    if not records:
        return
    schools = list(dict.fromkeys(r["case"]["school"] for r in records))
    print("\n### Beside it\n")
    _row("method", *schools)
    _row(*["---"] * (len(schools) + 1))
    for method, name in METHODS.items():
        row = {r["case"]["school"]: r for r in records if r["case"]["method"] == method}
        _row(name, *(_alternative(row[school]) if school in row else "" for school in schools))
    shortest = min((r["case"]["limit"] for r in solved), default=None)
    if shortest is not None:
        short = [r for r in solved if r["case"]["limit"] == shortest]
        own = [_unmet([r for r in short if r["case"]["school"] == school]) for school in schools]
        _row(f"`echelon solve`, {shortest:g} s", *own)


def _alternative(record: Record) -> str:
    counts, bound = record.get("counts"), record.get("bound")
    note = str(record.get("note", ""))
    if "clock" not in record:
        return note
    found = f"{counts['unmet']:,}" if counts else "nothing"
    proven = "" if bound is None else f", at least {bound}"
    memory = f", {record['memory_mb'] / 1024:.1f} GB" if (record.get("memory_mb") or 0) > 1024 else ""
    return f"{found} in {record['clock']:.3g} s{proven}{memory}" + (f" ({note})" if note else "")


def _row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |")
