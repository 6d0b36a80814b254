"""
How time and memory grow with the number of students.

    python benchmarks/scaling.py [--family district] [--students 1000 2000 ...] [--picture FILE.svg]

For each size a sample school is written to files and handled in a process of its own: reading, compiling,
the flow bound, the first schedule of the search, what follows a stop, verifying, writing (with reasons for
what is unmet). Times are processor time, so that a busy machine does not show; memory is the peak after
each stage. ``--picture`` draws both, on logarithmic scales.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from machine import describe

T = TypeVar("T")
SIZES = (1000, 2000, 4000, 8000, 16_000, 32_000, 50_000)
STAGES = ("read", "compile", "flow bound", "first schedule", "stop", "verify", "write")
COLOURS = ("#0b6e99", "#d9730d", "#448361", "#9065b0", "#c14c8a", "#9f6b53", "#787774")


def stages(folder: Path, out: Path) -> dict[str, Any]:
    """Handle one school and time each stage."""
    from echelon_desktop.model.csv_io import read_school
    from echelon_desktop.model.rules import RULES_FILE, load_rules
    from echelon_desktop.solver.bounds import flow_bound
    from echelon_desktop.solver.compile import compile_school
    from echelon_desktop.solver.output import write_result
    from echelon_desktop.solver.result import Params, Progress
    from echelon_desktop.solver.schedules import schedule_of
    from echelon_desktop.solver.search.run import warm_up
    from echelon_desktop.solver.solve import solve_problem
    from echelon_desktop.solver.verify import verify

    warm_up().wait()
    figures: dict[str, Any] = {"seconds": {}, "memory": {"start": _peak_mb()}}
    first: list[float] = []
    begun = threading.Event()

    def timed(stage: str, action: Callable[[], T]) -> T:
        began = time.process_time()
        value = action()
        figures["seconds"][stage] = time.process_time() - began
        figures["memory"][stage] = _peak_mb()
        return value

    def told(progress: Progress) -> None:
        if progress.unmet is not None and not first:
            first.append(time.process_time())
            figures["memory"]["first schedule"] = _peak_mb()
            begun.set()

    school = timed("read", lambda: read_school(folder).school)
    rules = load_rules(folder / RULES_FILE)
    problem, keys = timed("compile", lambda: compile_school(school, rules))
    timed("flow bound", lambda: flow_bound(problem))
    began = time.process_time()
    run = solve_problem(problem, Params(600.0, workers=1), on_progress=told, should_stop=begun.is_set)
    ended = time.process_time()
    solution = run.result.solution
    if solution is None or not first:
        sys.exit("Nothing was found.")
    figures["seconds"]["first schedule"] = first[0] - began - figures["seconds"]["flow bound"]
    figures["seconds"]["stop"], figures["memory"]["stop"] = ended - first[0], _peak_mb()
    schedule = schedule_of(solution, keys, school)
    verdict = timed("verify", lambda: verify(school, rules, schedule))
    timed("write", lambda: write_result(school, rules, schedule, out))
    figures |= {
        "students": len(school.students),
        "sections": len(school.sections),
        "requests": verdict.counts.requests,
        "unmet": verdict.counts.unmet,
    }
    return figures


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(family: str, students: int) -> dict[str, Any]:
    """Make a school, write it, and have it handled by another process."""
    from echelon_desktop.model.csv_io import write_school
    from echelon_desktop.model.rules import RULES_FILE, format_rules
    from echelon_desktop.model.sample import FAMILIES, make_school

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "school"
        folder.mkdir()
        sample = make_school(students, 1, FAMILIES[family])
        write_school(sample.school, folder)
        (folder / RULES_FILE).write_text(format_rules(sample.rules), encoding="utf-8")
        words = [sys.executable, __file__, "--one", str(folder)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def table(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Markdown, with the exponent of growth over the larger half in the last row."""
    yield "| students | sections | requests | " + " | ".join(f"{s}, s" for s in STAGES) + " | memory |"
    yield "|" + "---|" * (len(STAGES) + 4)
    for f in found:
        times = " | ".join(f"{f['seconds'][stage]:.2f}" for stage in STAGES)
        memory = f"{max(f['memory'].values()):,.0f} MB"
        yield f"| {f['students']:,} | {f['sections']:,} | {f['requests']:,} | {times} | {memory} |"
    if len(found) > 1:
        middle, last = found[len(found) // 2 - 1], found[-1]
        ratio = math.log(last["students"] / middle["students"])

        def power(of: Callable[[dict[str, Any]], float]) -> str:
            return f"{math.log(max(of(last), 1e-3) / max(of(middle), 1e-3)) / ratio:.2f}"

        def seconds(stage: str) -> Callable[[dict[str, Any]], float]:
            return lambda figures: figures["seconds"][stage]

        powers = " | ".join(power(seconds(stage)) for stage in STAGES)
        memory = power(lambda f: max(f["memory"].values()) - f["memory"]["start"])
        yield f"| grows with the power | | | {powers} | {memory} |"


def picture(found: Sequence[dict[str, Any]]) -> str:
    """Two charts side by side as SVG: seconds by stage, and memory; a dotted line grows as students do."""
    seconds = {stage: [f["seconds"][stage] for f in found] for stage in STAGES}
    memory = {"peak": [max(f["memory"].values()) - f["memory"]["start"] for f in found]}
    students = [f["students"] for f in found]
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="420" viewBox="0 0 960 420" '
        'font-family="sans-serif" font-size="12" fill="#37352f">',
        '<rect width="960" height="420" fill="#ffffff"/>',
        *_chart(60, students, seconds, "Seconds of processor time"),
        *_chart(560, students, memory, "Memory, MB above the empty process"),
        '<text x="60" y="412" fill="#787774">dotted: in proportion to students</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _chart(left: int, xs: Sequence[int], lines: dict[str, list[float]], title: str) -> Iterator[str]:
    top, width, height = 50, 280, 310
    values = [max(y, 1e-3) for ys in lines.values() for y in ys]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(xs[0]), math.log10(xs[-1])

    def x(value: float) -> float:
        return left + width * (math.log10(value) - first) / (last - first)

    def y(value: float) -> float:
        return top + height * (1 - (math.log10(max(value, 1e-3)) - low) / (high - low))

    yield f'<text x="{left}" y="30" font-size="14">{title}</text>'
    for power in range(low, high + 1):
        at = y(10**power)
        yield f'<line x1="{left}" y1="{at:.1f}" x2="{left + width}" y2="{at:.1f}" stroke="#e3e2e0"/>'
        yield f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
    for value in xs:
        yield f'<text x="{x(value):.1f}" y="{top + height + 18}" text-anchor="middle">{value // 1000}k</text>'
    yield f'<text x="{left + width / 2}" y="{top + height + 38}" text-anchor="middle">students</text>'
    start = 10 ** (low + (high - low) * 0.15)
    end = min(start * xs[-1] / xs[0], 10**high)
    reach = xs[0] * end / start
    yield (
        f'<line x1="{x(xs[0]):.1f}" y1="{y(start):.1f}" x2="{x(reach):.1f}" y2="{y(end):.1f}" '
        'stroke="#9b9a97" stroke-dasharray="2 4"/>'
    )
    below = 0.0
    drawn = zip(COLOURS, lines.items(), strict=False)
    for colour, (name, ys) in sorted(drawn, key=lambda line: -line[1][1][-1]):
        points = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in zip(xs, ys, strict=True))
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        below = max(y(ys[-1]) + 4, below + 13)
        yield f'<text x="{left + width + 8}" y="{below:.1f}" fill="{colour}">{name}</text>'


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--family", default="district")
    parser.add_argument("--students", type=int, nargs="+", default=SIZES)
    parser.add_argument("--picture", type=Path, help="SVG to draw")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(stages(given.one, given.one.parent / "out")))
        return
    found = []
    for students in given.students:
        found.append(measure(given.family, students))
        seconds = ", ".join(f"{stage} {s:.2f}" for stage, s in found[-1]["seconds"].items())
        print(f"{students} students: {seconds}", file=sys.stderr, flush=True)
    print(f"Measured on {describe()}; family {given.family}.\n")
    print("\n".join(table(found)))
    if given.picture:
        given.picture.write_text(picture(found), encoding="utf-8")


if __name__ == "__main__":
    main()
