"""
CP-SAT on one model of everything: x[s, p], a section meets in a period; w[r, p], a request is met in it.

Requests sit in the pool of their course and period, whose seats are those of the sections there, so that no
variable says which section; students are spread over sections at the end. With seats that differ, SPED seats
are pooled in the same way.
"""

from collections import defaultdict

from alternatives.plain import Outcome, PlainSchool, seat_pools

WORKERS = 2


def solve(school: PlainSchool, seconds: float, seed: int) -> Outcome:
    """Minimise unmet requests."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = {(s, p): model.new_bool_var("") for s, allowed in enumerate(school.allowed) for p in allowed}
    of_teacher, in_pool = defaultdict(list), defaultdict(list)
    for (s, p), at in x.items():
        in_pool[school.course[s], p].append((s, at))
        if school.teacher[s] >= 0:
            of_teacher[school.teacher[s], p].append(at)
    for s, allowed in enumerate(school.allowed):
        model.add_exactly_one(x[s, p] for p in allowed)
    for group in of_teacher.values():
        model.add_at_most_one(group)
    w = {}
    of_student, held = defaultdict(list), defaultdict(list)
    for r, (student, course) in enumerate(school.requests):
        options = []
        for p in range(school.periods):
            if (course, p) in in_pool:
                w[r, p] = model.new_bool_var("")
                options.append(w[r, p])
                of_student[student, p].append(w[r, p])
                held[course, p].append((r, w[r, p]))
        model.add_at_most_one(options)
    for group in of_student.values():
        model.add_at_most_one(group)
    for pool, members in held.items():
        seats = sum(school.seats[s] * at for s, at in in_pool[pool])
        model.add(sum(at for _, at in members) <= seats)
        sped = [at for r, at in members if school.sped[school.requests[r][0]]]
        if sped:
            model.add(sum(sped) <= sum(school.sped_seats[s] * at for s, at in in_pool[pool]))
    model.maximize(sum(w.values()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    size = f"{len(x) + len(w):,} Booleans"
    bound = max(0, len(school.requests) - int(solver.best_objective_bound + 1e-6))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, (), bound if solver.best_objective_bound else None, size)
    period = [next(p for p in allowed if solver.value(x[s, p])) for s, allowed in enumerate(school.allowed)]
    attends = [-1] * len(school.requests)
    for (r, p), at in w.items():
        if solver.value(at):
            attends[r] = p
    return Outcome(period, seat_pools(school, period, attends), bound, size)
