"""
The integer programme one writes down first, for HiGHS.

x[s, p]     section s meets in period p
y[r, s]     request r is met in section s
z[r, s, p]  both: z <= x, z <= y, z >= x + y - 1

One period a section, a teacher once a period, seats and SPED limits over y, one section a request, one z a
student and period; as many y as possible.
"""

from collections import defaultdict

from alternatives.plain import NotTriedError, Outcome, PlainSchool

MOST_ROWS = 3_000_000  # HiGHS takes about a gigabyte for each million of these rows


def solve(school: PlainSchool, seconds: float, seed: int) -> Outcome:
    """Maximise met requests; HiGHS is needed for benchmarks only (``pip install highspy``)."""
    try:
        import highspy
    except ImportError as missing:
        raise NotTriedError("highspy is not installed") from missing
    import numpy as np

    sections_of = school.sections_of()
    rows: list[tuple[float, float, list[int], list[float]]] = []
    cost: list[float] = []

    def variable(gain: float = 0.0) -> int:
        cost.append(gain)
        return len(cost) - 1

    def row(low: float, high: float, terms: dict[int, float]) -> None:
        rows.append((low, high, list(terms), list(terms.values())))

    z_rows = 3 * sum(len(school.allowed[s]) for _, c in school.requests for s in sections_of.get(c, ()))
    if z_rows > MOST_ROWS:
        raise NotTriedError(f"{z_rows / 1e6:.1f} million rows")
    x = {(s, p): variable() for s, allowed in enumerate(school.allowed) for p in allowed}
    of_teacher, of_student = defaultdict(list), defaultdict(list)
    for (s, p), at in x.items():
        if school.teacher[s] >= 0:
            of_teacher[school.teacher[s], p].append(at)
    for s, allowed in enumerate(school.allowed):
        row(1, 1, {x[s, p]: 1 for p in allowed})
    for group in of_teacher.values():
        if len(group) > 1:
            row(0, 1, dict.fromkeys(group, 1))
    y = {}
    held, special = defaultdict(list), defaultdict(list)
    for r, (student, course) in enumerate(school.requests):
        options = sections_of.get(course, ())
        for s in options:
            y[r, s] = variable(1.0)
            held[s].append(y[r, s])
            if school.sped[student]:
                special[s].append(y[r, s])
            terms = {}
            for p in school.allowed[s]:
                z = variable()
                terms[z] = 1.0
                of_student[student, p].append(z)
                row(-highspy.kHighsInf, 0, {z: 1, x[s, p]: -1})
                row(-highspy.kHighsInf, 0, {z: 1, y[r, s]: -1})
                row(-1, highspy.kHighsInf, {z: 1, x[s, p]: -1, y[r, s]: -1})
        if options:
            row(0, 1, {y[r, s]: 1 for s in options})
    for s, members in held.items():
        row(0, school.seats[s], dict.fromkeys(members, 1))
    for s, members in special.items():
        row(0, school.sped_seats[s], dict.fromkeys(members, 1))
    for members in of_student.values():
        row(0, 1, dict.fromkeys(members, 1))

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array(cost)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(cost)), np.ones(len(cost))
    lp.row_lower_, lp.row_upper_ = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(r[2]) for r in rows)])
    lp.a_matrix_.index_ = np.concatenate([np.array(r[2], np.int32) for r in rows])
    lp.a_matrix_.value_ = np.concatenate([np.array(r[3]) for r in rows])
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
    size = f"{len(rows):,} rows, {len(cost):,} columns"
    rows.clear()
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("time_limit", float(seconds))
    highs.setOptionValue("random_seed", seed)
    highs.setOptionValue("threads", 2)
    highs.passModel(lp)
    highs.run()
    info = highs.getInfo()
    met_at_most = min(float(len(school.requests)), info.mip_dual_bound)
    bound = max(0, len(school.requests) - int(met_at_most + 1e-6))
    if info.primal_solution_status != 2:
        return Outcome(None, (), bound, size)
    value = highs.getSolution().col_value
    period = [max(allowed, key=lambda p: value[x[s, p]]) for s, allowed in enumerate(school.allowed)]
    seat = [
        next((s for s in sections_of.get(course, ()) if value[y[r, s]] > 0.5), -1)
        for r, (_, course) in enumerate(school.requests)
    ]
    return Outcome(period, seat, bound, size)
