"""The goals of a problem as expressions over a school model; what they count is defined in docs/rules.md."""

from collections.abc import Iterable, Iterator
from itertools import combinations_with_replacement, permutations

from ortools.sat.python import cp_model

from echelon_desktop.solver.cpsat.model import Linear, Place, SchoolModel, total
from echelon_desktop.solver.figures import load_per_fte, term_masks
from echelon_desktop.solver.problem import Goal, GoalKind, Level


def level_cost(school: SchoolModel, level: Level) -> Linear:
    """What a level costs, weights included; adds the variables that the count needs."""
    goals = [school.problem.goals[g] for g in level.goals]
    return total(goal.weight * _counts(school, goal, level.rank) for goal in goals)


def forbid_hard_costs(school: SchoolModel) -> None:
    """Make every goal of level 0 cost nothing."""
    for goal in school.problem.goals:
        if goal.level == 0:
            school.model.add(_counts(school, goal, None) <= 0)


def _counts(school: SchoolModel, goal: Goal, rank: int | None) -> Linear:
    if goal.kind is GoalKind.UNMET:
        return unmet_requests(school, rank)
    if goal.kind is GoalKind.ALTERNATES:
        return total(place.cost * place.count for place in school.places if place.cost)
    if goal.kind is GoalKind.BALANCE:
        return total(_spreads(school))
    if goal.kind is GoalKind.SPED_BALANCE:
        return total(_sped_spreads(school))
    if goal.kind is GoalKind.SPACING:
        return total(_adjacent_pairs(school, goal))
    if goal.kind is GoalKind.RUNS:
        return total(_full_windows(school, goal))
    if goal.kind is GoalKind.CHOICE_COST:
        return total(int(goal.cost[k]) * taken for k, taken in school.taken.items() if goal.cost[k])
    if goal.kind is GoalKind.FREE:
        return total(_free_excesses(school, goal))
    if goal.kind is GoalKind.HOLES:
        return total(_holes(school, goal))
    if goal.kind is GoalKind.DAY_BALANCE:
        return total(_day_excesses(school, goal))
    if goal.kind is GoalKind.LOAD:
        return total(_load_excesses(school, goal))
    if goal.kind is GoalKind.LOAD_SPREAD:
        return total(_load_spreads(school, goal))
    if goal.kind is GoalKind.TRAVEL:
        return total(_changes_of_building(school, goal))
    if goal.kind is GoalKind.CHANGES:
        moved = total(int(goal.cost[k]) * taken for k, taken in school.taken.items() if goal.cost[k])
        return moved + _lost_seats(school, goal)
    return int(goal.limits.sum())


def _lost_seats(school: SchoolModel, goal: Goal) -> Linear:
    """Requests whose seat is another; their students and sections stand alone in the model."""
    kept = []
    for place in school.places:
        request = int(school.classes[place.group].requests[place.row, 0])
        if goal.limits[request] in school.pools[place.pool].sections:
            kept.append(place.count)
    return int((goal.limits >= 0).sum()) - total(kept)


def unmet_requests(school: SchoolModel, rank: int | None) -> Linear:
    """Unmet requests of a rank class, of all when ``rank`` is None."""
    ranks = school.problem.request_rank
    return total(
        count
        for group, row, count in school.missed
        if rank is None or ranks[school.classes[group].requests[row, 0]] == rank
    )


def _spreads(school: SchoolModel) -> Iterator[Linear]:
    """Of each course with several sections, its largest minus its smallest."""
    problem, model = school.problem, school.model
    for course, sections in enumerate(problem.course_sections()):
        if len(sections) < 2:
            continue
        seats = int(problem.section_seats[sections].max())
        largest, smallest = (model.new_int_var(0, seats, "") for _ in range(2))
        for first in school.first_twins(sections):
            shares = list(school.shares(first))
            twins, size = len(school.twins[first]), total(share.size for share in shares)
            model.add(twins * largest >= size)
            model.add(twins * smallest <= size)
            for share in shares if twins > 1 else ():
                model.add(largest >= share.size)
                model.add(smallest <= share.size + seats - seats * school.taken[share.choice])
        # Follows from the above, but lets whole numbers count: 5 students in 2 sections are 1 apart.
        enrolled = school.enrolled(course)
        model.add(len(sections) * largest >= enrolled)
        model.add(len(sections) * smallest <= enrolled)
        yield largest - smallest


def _sped_spreads(school: SchoolModel) -> Iterator[Linear]:
    """Of each course with several sections, the most SPED students of a section minus the fewest."""
    problem, model = school.problem, school.model
    for sections in problem.course_sections():
        if len(sections) < 2:
            continue
        seats = int(problem.section_seats[sections].max())
        most, fewest = (model.new_int_var(0, seats, "") for _ in range(2))
        for first in school.first_twins(sections):
            shares, twins = list(school.shares(first)), len(school.twins[first])
            number = total(share.sped for share in shares if share.sped is not None)
            model.add(twins * most >= number)
            model.add(twins * fewest <= number)
            for share in shares if twins > 1 else ():
                sped = 0 if share.sped is None else share.sped
                model.add(most >= sped)
                model.add(fewest <= sped + seats - seats * school.taken[share.choice])
        yield most - fewest


def _adjacent_pairs(school: SchoolModel, goal: Goal) -> Iterator[Linear]:
    """For each two sections of a group, whether they stand in adjacent slots."""
    problem = school.problem
    for group in goal.groups:
        for a, b in combinations_with_replacement(school.first_twins(group), 2):
            for k in problem.choices_of(a):
                slots = 0
                for slot in range(problem.n_slots):
                    if int(problem.choice_mask[k]) >> slot & 1:
                        slots |= int(problem.adjacent[slot])
                near = [j for j in school.meeting([b], slots) if a != b or j > k]
                # A section stands in one place, so one variable does for all its choices; twins in several.
                for some in [near] if len(school.twins[b]) == 1 else [[j] for j in near]:
                    beside = school.model.new_bool_var("")
                    together = total(school.taken[j] for j in [k, *some])
                    school.model.add(beside >= together - 1)
                    yield beside


def _full_windows(school: SchoolModel, goal: Goal) -> Iterator[Linear]:
    """For each window of one slot more than a group's limit, whether all of it is taught."""
    problem = school.problem
    for group, limit in zip(goal.groups, goal.limits, strict=True):
        taught: dict[int, cp_model.IntVar] = {}
        for slot in range(problem.n_slots):
            taught[slot] = school.model.new_bool_var("")
            for s in school.first_twins(group):
                meeting = total(school.taken[k] for k in school.meeting([s], 1 << slot))
                school.model.add(taught[slot] >= meeting)
        for slot in range(problem.n_slots):
            window = [slot]
            while len(window) <= limit and problem.next_slot[window[-1]] >= 0:
                window.append(int(problem.next_slot[window[-1]]))
            if len(window) == limit + 1:
                full = school.model.new_bool_var("")
                school.model.add(full >= total(taught[x] for x in window) - int(limit))
                yield full


def _free_excesses(school: SchoolModel, goal: Goal) -> Iterator[Linear]:
    """For each student and term, the free periods above the limit."""
    problem, limit = school.problem, int(goal.limits[0])
    group_of = {int(members.students[0]): g for g, members in enumerate(school.classes)}
    for student in (int(n) for group in goal.groups for n in group):
        blocked = int(problem.student_blocked[student])
        for term in sorted({int(t) for t in problem.slot_term}):
            slots = sum(1 << slot for slot in range(problem.n_slots) if problem.slot_term[slot] == term)
            most = (slots & ~blocked).bit_count() - limit
            if most <= 0:
                continue
            places = school.places_of(group_of[student]) if student in group_of else []
            held = total((x.mask & slots).bit_count() * x.count for x in places if x.mask & slots)
            excess = school.model.new_int_var(0, most, "")
            school.model.add(excess >= most - held)
            yield excess


def _slots(term_or_day: Iterable[int]) -> int:
    return sum(1 << int(slot) for slot in term_or_day)


def _places_of(school: SchoolModel, students: Iterable[int]) -> Iterator[tuple[int, list[Place]]]:
    """Slots where each student cannot be, and the seats that he may hold; he is a class of one."""
    group_of = {int(members.students[0]): g for g, members in enumerate(school.classes)}
    for student in map(int, students):
        places = school.places_of(group_of[student]) if student in group_of else []
        yield int(school.problem.student_blocked[student]), places


def _holes(school: SchoolModel, goal: Goal) -> Iterator[Linear]:
    """For each student and slot, whether he has classes before and after it that day, and none in it."""
    model = school.model
    for blocked, places in _places_of(school, goal.groups.items):
        for day in school.problem.days:
            held = [total(x.count for x in places if x.mask >> int(slot) & 1) for slot in day]
            before: Linear = 0
            after = _from_the_end(model, held)
            for i in range(1, len(day) - 1):
                before = _either(model, before, held[i - 1])
                if not blocked >> int(day[i]) & 1:
                    hole = model.new_bool_var("")
                    model.add(hole >= before + after[i] - held[i] - 1)
                    yield hole


def _from_the_end(model: cp_model.CpModel, held: list[Linear]) -> list[Linear]:
    """For each position whether a later one is held."""
    after: list[Linear] = [0] * len(held)
    for i in range(len(held) - 2, -1, -1):
        after[i] = _either(model, after[i + 1], held[i + 1])
    return after


def _either(model: cp_model.CpModel, a: Linear, b: Linear) -> Linear:
    """A number of at least both, as small as the costs want it."""
    either = model.new_bool_var("")
    model.add(either >= a)
    model.add(either >= b)
    return either


def _day_excesses(school: SchoolModel, goal: Goal) -> Iterator[Linear]:
    """For each student and term, classes on his fullest day less those on his emptiest, above the limit."""
    problem, model, limit = school.problem, school.model, int(goal.limits[0])
    by_term: dict[int, list[int]] = {}
    for day in problem.days:
        by_term.setdefault(int(problem.slot_term[day[0]]), []).append(_slots(day))
    for blocked, places in _places_of(school, goal.groups.items):
        for days in by_term.values():
            there = [slots for slots in days if slots & ~blocked]
            if len(there) < 2 or not places:
                continue
            longest = max(slots.bit_count() for slots in there)
            most, fewest = (model.new_int_var(0, longest, "") for _ in range(2))
            for slots in there:
                classes = total((x.mask & slots).bit_count() * x.count for x in places if x.mask & slots)
                model.add(most >= classes)
                model.add(fewest <= classes)
            excess = model.new_int_var(0, longest, "")
            model.add(excess >= most - fewest - limit)
            yield excess


def _changes_of_building(school: SchoolModel, goal: Goal) -> Iterator[Linear]:
    """For each group and slot, whether it meets in one building then, and right after in another."""
    problem, model = school.problem, school.model
    for group in goal.groups:
        building_of: dict[int, list[int]] = {}
        for s in group.tolist():
            if problem.section_building[s] >= 0:
                building_of.setdefault(int(problem.section_building[s]), []).append(s)
        if len(building_of) < 2:
            continue
        there: dict[tuple[int, int], cp_model.IntVar] = {}
        for building, sections in building_of.items():
            for slot in range(problem.n_slots):
                there[building, slot] = model.new_bool_var("")
                for first in school.first_twins(sections):
                    meeting = total(school.taken[k] for k in school.meeting([first], 1 << slot))
                    model.add(there[building, slot] >= meeting)
        for slot, following in enumerate(problem.next_slot.tolist()):
            if following >= 0:
                change = model.new_bool_var("")
                for a, b in permutations(building_of, 2):
                    model.add(change >= there[a, slot] + there[b, following] - 1)
                yield change


def _load_spreads(school: SchoolModel, goal: Goal) -> Iterator[Linear]:
    """For each department, whole sections between the largest and the smallest load for a full post."""
    problem, model = school.problem, school.model
    departments: dict[int, list[cp_model.IntVar]] = {}
    for group, hundredths, department in zip(goal.groups, goal.limits, goal.cost, strict=True):
        load = model.new_int_var(0, len(group), "")
        terms = [
            total(school.taken[k] for k in school.meeting(group, slots)) for slots in term_masks(problem)
        ]
        model.add_max_equality(load, terms)
        scale = [load_per_fte(n, int(hundredths)) for n in range(len(group) + 1)]
        full = model.new_int_var(0, scale[-1], "")
        model.add_element(load, scale, full)
        departments.setdefault(int(department), []).append(full)
    most = max(
        (load_per_fte(len(g), int(f)) for g, f in zip(goal.groups, goal.limits, strict=True)), default=0
    )
    for loads in departments.values():
        largest, smallest, spread = (model.new_int_var(0, most, "") for _ in range(3))
        for full in loads:
            model.add(largest >= full)
            model.add(smallest <= full)
        model.add(100 * spread + 99 >= largest - smallest)
        yield spread


def _load_excesses(school: SchoolModel, goal: Goal) -> Iterator[Linear]:
    """For each group, the sections above its limit in its fullest term."""
    problem = school.problem
    for group, limit in zip(goal.groups, goal.limits, strict=True):
        excess = school.model.new_int_var(0, len(group), "")
        for term in sorted({int(t) for t in problem.slot_term}):
            slots = sum(1 << slot for slot in range(problem.n_slots) if problem.slot_term[slot] == term)
            load = total(school.taken[k] for k in school.meeting(group, slots))
            school.model.add(excess >= load - int(limit))
        yield excess
