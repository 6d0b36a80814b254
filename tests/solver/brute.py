"""
Tries every schedule of a tiny problem. Plain loops over the primitives as ``problem.py`` words them; nothing
here is shared with a solver.
"""

from collections.abc import Iterator
from itertools import combinations, product
from math import prod

from echelon_desktop.solver.problem import Goal, GoalKind, Problem, Solution


class Brute:
    """Every schedule of a problem, and what each costs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.sections = range(problem.n_sections)
        self.students = range(problem.n_students)
        self.requests = range(problem.n_requests)
        self.mask = [int(m) for m in problem.choice_mask]
        self.course = [int(c) for c in problem.section_course]
        self.student = [int(n) for n in problem.request_student]
        self.options = [[int(c) for c in options] for options in problem.options]

    def size(self) -> int:
        """About how many schedules there are to try, at most."""
        size = prod(len(self.choices(s)) for s in self.sections)
        return size * prod(1 + sum(c in options for c in self.course) for options in self.options)

    def best(self) -> tuple[int, ...] | None:
        """The lexicographically least values of all levels, None when no schedule keeps the hard rules."""
        best: tuple[int, ...] | None = None
        for choice in self.placements():
            for seat in self.seatings(choice, best):
                if self.hard_costs(choice, seat) == 0:
                    values = self.values(choice, seat)
                    best = values if best is None else min(best, values)
        return best

    def accepts(self, solution: Solution) -> bool:
        """Whether a solution keeps all hard rules."""
        choice, seat = solution.choice.tolist(), solution.seat.tolist()
        own = all(choice[s] in self.choices(s) for s in self.sections)
        return (
            own
            and self.may_stand(choice)
            and self.may_sit(choice, seat)
            and not self.hard_costs(choice, seat)
        )

    def choices(self, section: int) -> range:
        start = self.problem.choice_start
        return range(int(start[section]), int(start[section + 1]))

    def placements(self) -> Iterator[tuple[int, ...]]:
        for choice in product(*(self.choices(s) for s in self.sections)):
            if self.may_stand(choice):
                yield choice

    def may_stand(self, choice: tuple[int, ...] | list[int]) -> bool:
        for group in self.problem.exclusive:
            for a, b in combinations(group.tolist(), 2):
                if self.mask[choice[a]] & self.mask[choice[b]]:
                    return False
        limits = zip(self.problem.slot_limit_sections, self.problem.slot_limit_most, strict=True)
        for group, most in limits:
            for slot, number in enumerate(most.tolist()):
                if sum(self.mask[choice[s]] >> slot & 1 for s in group.tolist()) > number:
                    return False
        for table in self.problem.pair_tables:
            if [choice[table.a], choice[table.b]] not in table.pairs.tolist():
                return False
        return True

    def seatings(self, choice: tuple[int, ...], best: tuple[int, ...] | None) -> Iterator[list[int]]:
        """All seatings, but for those that leave more unmet at the first level than the best so far."""
        seat = [-1] * len(self.requests)
        first = self.problem.levels()[0]
        weight = sum(self.problem.goals[g].weight for g in first.goals)

        def extend(r: int, unmet: int) -> Iterator[list[int]]:
            if best is not None and first.rank is not None and unmet * weight > best[0]:
                return
            if r == len(self.requests):
                if self.may_sit(choice, seat):
                    yield list(seat)
                return
            for s in self.sections:
                if self.course[s] in self.options[r]:
                    seat[r] = s
                    if self.fits(choice, seat, r):
                        yield from extend(r + 1, unmet)
            seat[r] = -1
            yield from extend(r + 1, unmet + (self.problem.request_rank[r] == first.rank))

        yield from extend(0, 0)

    def fits(self, choice: tuple[int, ...], seat: list[int], r: int) -> bool:
        """Whether seat r goes with the seats before it; only there to save time."""
        s = seat[r]
        mine = [seat[q] for q in range(r) if seat[q] >= 0 and self.student[q] == self.student[r]]
        return seat[: r + 1].count(s) <= self.problem.section_seats[s] and not any(
            self.mask[choice[s]] & self.mask[choice[other]] for other in mine
        )

    def may_sit(self, choice: tuple[int, ...] | list[int], seat: list[int]) -> bool:
        problem = self.problem
        for n in self.students:
            mine = [seat[r] for r in self.requests if self.student[r] == n and seat[r] >= 0]
            busy = int(problem.student_blocked[n])
            for s in mine:
                if self.mask[choice[s]] & busy:
                    return False
                busy |= self.mask[choice[s]]
                row = problem.section_audience[s]
                if row >= 0 and not problem.audience[row, n]:
                    return False
            if len({self.course[s] for s in mine}) < len(mine):
                return False
            for linked in problem.same_students:
                courses = {self.course[s] for s in linked}
                if set(mine) & set(linked.tolist()):
                    for s in mine:
                        if self.course[s] in courses and s not in linked:
                            return False
        for r in self.requests:
            if seat[r] >= 0 and self.course[seat[r]] not in self.options[r]:
                return False
            if problem.request_pin[r] >= 0 and seat[r] != problem.request_pin[r]:
                return False
        for s in self.sections:
            here = [r for r in self.requests if seat[r] == s]
            if len(here) > problem.section_seats[s]:
                return False
            if sum(bool(problem.student_sped[self.student[r]]) for r in here) > problem.section_sped[s]:
                return False
        for members, seats in zip(problem.capacity_sections, problem.capacity_seats, strict=True):
            if sum(s in members for s in seat if s >= 0) > seats:
                return False
        return True

    def hard_costs(self, choice: tuple[int, ...] | list[int], seat: list[int]) -> int:
        return sum(self.count(goal, choice, seat, None) for goal in self.problem.goals if goal.level == 0)

    def values(self, choice: tuple[int, ...] | list[int], seat: list[int]) -> tuple[int, ...]:
        goals = self.problem.goals
        return tuple(
            sum(goals[g].weight * self.count(goals[g], choice, seat, level.rank) for g in level.goals)
            for level in self.problem.levels()
        )

    def count(
        self, goal: Goal, choice: tuple[int, ...] | list[int], seat: list[int], rank: int | None
    ) -> int:
        problem = self.problem
        meets = [{i for i in range(problem.n_slots) if self.mask[k] >> i & 1} for k in choice]
        terms = sorted(set(problem.slot_term.tolist()))
        cost = 0
        if goal.kind is GoalKind.UNMET:
            return sum(seat[r] < 0 and rank in (None, problem.request_rank[r]) for r in self.requests)
        if goal.kind is GoalKind.ALTERNATES:
            for r in self.requests:
                if seat[r] >= 0:
                    costs = problem.option_cost[problem.options.start[r] :]
                    cost += int(costs[self.options[r].index(self.course[seat[r]])])
        elif goal.kind is GoalKind.BALANCE:
            for course in set(self.course):
                sizes = [seat.count(s) for s in self.sections if self.course[s] == course]
                cost += max(sizes) - min(sizes)
        elif goal.kind is GoalKind.SPED_BALANCE:
            sped = [s if problem.student_sped[self.student[r]] else -1 for r, s in enumerate(seat)]
            for course in set(self.course):
                numbers = [sped.count(s) for s in self.sections if self.course[s] == course]
                cost += max(numbers) - min(numbers)
        elif goal.kind is GoalKind.SPACING:
            for group in goal.groups:
                for a, b in combinations(group.tolist(), 2):
                    cost += any(problem.adjacent[i] >> j & 1 for i in meets[a] for j in meets[b])
        elif goal.kind is GoalKind.RUNS:
            for group, limit in zip(goal.groups, goal.limits, strict=True):
                taught = {i for s in group for i in meets[s]}
                for slot in range(problem.n_slots):
                    window = [slot]
                    while len(window) <= limit:
                        window.append(int(problem.next_slot[window[-1]]) if window[-1] >= 0 else -1)
                    cost += taught.issuperset(window)
        elif goal.kind is GoalKind.CHANGES:
            cost = sum(int(goal.cost[k]) for k in choice)
            cost += sum(before >= 0 and seat[r] != before for r, before in enumerate(goal.limits.tolist()))
        elif goal.kind is GoalKind.CHOICE_COST:
            cost = sum(int(goal.cost[k]) for k in choice)
        elif goal.kind is GoalKind.FREE:
            for n in goal.groups.items.tolist():
                busy = {i for i in range(problem.n_slots) if int(problem.student_blocked[n]) >> i & 1}
                for r in self.requests:
                    if self.student[r] == n and seat[r] >= 0:
                        busy |= meets[seat[r]]
                for term in terms:
                    slots = {i for i in range(problem.n_slots) if problem.slot_term[i] == term}
                    cost += max(0, len(slots - busy) - int(goal.limits[0]))
        elif goal.kind in {GoalKind.HOLES, GoalKind.DAY_BALANCE}:
            for n in goal.groups.items.tolist():
                away = {i for i in range(problem.n_slots) if int(problem.student_blocked[n]) >> i & 1}
                held = {
                    i for r in self.requests if self.student[r] == n and seat[r] >= 0 for i in meets[seat[r]]
                }
                if goal.kind is GoalKind.HOLES:
                    for day in problem.days:
                        for i, slot in enumerate(day.tolist()):
                            around = held & set(day[:i].tolist()), held & set(day[i + 1 :].tolist())
                            cost += all(around) and slot not in held | away
                    continue
                for term in terms:
                    days = [set(day.tolist()) for day in problem.days if problem.slot_term[day[0]] == term]
                    sizes = [len(held & day) for day in days if day - away]
                    cost += max(0, max(sizes) - min(sizes) - int(goal.limits[0])) if sizes else 0
        elif goal.kind is GoalKind.TRAVEL:
            building = problem.section_building.tolist()
            for group in goal.groups:
                at = [(i, building[s]) for s in group.tolist() for i in meets[s] if building[s] >= 0]
                cost += len(
                    {i for i, one in at for j, other in at if problem.next_slot[i] == j and one != other}
                )
        elif goal.kind is GoalKind.LOAD_SPREAD:
            loads: dict[int, list[int]] = {}
            for group, fte, department in zip(goal.groups, goal.limits, goal.cost, strict=True):
                load = max(
                    sum(any(problem.slot_term[i] == t for i in meets[s]) for s in group) for t in terms
                )
                loads.setdefault(int(department), []).append(10_000 * load // int(fte))
            cost = sum((max(those) - min(those)) // 100 for those in loads.values())
        elif goal.kind is GoalKind.LOAD:
            for group, limit in zip(goal.groups, goal.limits, strict=True):
                loads = [sum(any(problem.slot_term[i] == t for i in meets[s]) for s in group) for t in terms]
                cost += max(0, max(loads) - int(limit))
        else:
            cost = int(goal.limits.sum())
        return cost
