"""
What the rules count that giving out teachers and rooms can change, as expressions over a staffing.

docs/rules.md defines the counts. Those of other rules are settled when the sections have their periods and
the students their seats.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

from echelon_desktop.model import entities as e
from echelon_desktop.model.scope import concerns, concerns_teacher, is_lab
from echelon_desktop.solver.assign.staffing import Linear, Roster, Stack, concerns_if_taught, named_teachers
from echelon_desktop.solver.cpsat.model import total
from echelon_desktop.solver.figures import load_per_fte
from echelon_desktop.solver.goals import fte_hundredths


def rule_cost(staffing: Roster, rule: e.Rule) -> Linear | None:
    """What a rule counts, before its weight; None where nothing that is given out changes it."""
    count = _COUNTS.get(rule.kind)
    return None if count is None else total(count(staffing, rule))


def _without_teacher(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    yield from _without(staffing, rule, staffing.teaching)


def _without_room(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    yield from _without(staffing, rule, staffing.holding)


def _without(staffing: Roster, rule: e.Rule, given: dict[str, dict[str, Linear]]) -> Iterator[Linear]:
    for stack in staffing.stacks.values():
        number = sum(concerns(rule, staffing.school, s) for s in stack.sections)
        those = given[stack.id].values()
        if number and not any(isinstance(x, int) for x in those):
            yield number - number * total(those)


def _outside(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    """Sections outside the periods of a rule that names teachers."""
    inside = staffing.grid.mask(rule.periods)
    for stack in staffing.stacks.values():
        if stack.mask & ~inside:
            for teacher, taught in staffing.teaching[stack.id].items():
                concerned = (concerns_if_taught(rule, staffing.school, s, teacher) for s in stack.sections)
                if teacher in rule.teachers and not isinstance(taught, int):
                    yield sum(concerned) * taught


def _teachers(staffing: Roster, rule: e.Rule) -> Iterator[tuple[e.Teacher, list[tuple[Stack, Linear]]]]:
    """Teachers of the rule's scope, with what they teach or may be given."""
    known = dict.fromkeys(t for those in staffing.teaching.values() for t in those)
    for name in dict.fromkeys((*map(str, staffing.school.teachers), *known)):
        teacher = staffing.school.teachers.get(name) or e.Teacher(name)
        if concerns_teacher(rule, teacher):
            yield teacher, staffing.taught_by(name)


def _adjacent_labs(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    beside = {stack.id: _union(staffing.grid.adjacent(), stack.mask) for stack in staffing.stacks.values()}
    for _, taught in _teachers(staffing, rule):
        labs = [(x, lit) for x, lit in taught if any(is_lab(staffing.school, s) for s in x.sections)]
        for (a, lit), (b, other) in combinations(labs, 2):
            if beside[a.id] & b.mask:
                yield staffing.both(lit, other)


def _union(masks: tuple[int, ...], members: int) -> int:
    union = 0
    for i, mask in enumerate(masks):
        if members >> i & 1:
            union |= mask
    return union


def _full_windows(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    grid, model = staffing.grid, staffing.model
    for teacher, taught in _teachers(staffing, rule):
        limit = _least(rule.limit, teacher.max_consecutive)
        for run in grid.runs(limit + 1):
            for term in grid.terms or (None,):
                slots = [grid.mask_of((p,), (term,) if term is not None else ()) for p in run]
                # At most one section in each slot, so the sum is the number of slots taught.
                meeting = [total(lit for x, lit in taught if x.mask & slot) for slot in slots]
                full = model.new_bool_var("")
                model.add(full >= total(meeting) - limit)
                yield full


def _changes_of_building(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    grid, model = staffing.grid, staffing.model
    rooms = staffing.school.rooms
    in_building: dict[str, dict[str, Linear]] = {}
    for stack_id, those in staffing.holding.items():
        for room, lit in those.items():
            building = rooms[room].building if room in rooms else ""
            if building:
                here = in_building.setdefault(stack_id, {})
                here[building] = here.get(building, 0) + lit
    for _, taught in _teachers(staffing, rule):
        there = {
            (x.id, building): staffing.both(lit, inside)
            for x, lit in taught
            for building, inside in in_building.get(x.id, {}).items()
        }
        for term in grid.terms or (None,):
            for run in grid.runs(2):
                first, second = (grid.mask_of((p,), (term,) if term is not None else ()) for p in run)
                at: list[dict[str, Linear]] = [{}, {}]
                for x, _lit in taught:
                    for building in in_building.get(x.id, {}):
                        for i, slot in enumerate((first, second)):
                            if x.mask & slot:
                                at[i][building] = at[i].get(building, 0) + there[x.id, building]
                if any(a != b for a in at[0] for b in at[1]):
                    change = model.new_bool_var("")
                    for a, lit in at[0].items():
                        for b, other in at[1].items():
                            if a != b:
                                model.add(change >= lit + other - 1)
                    yield change


def _term_masks(staffing: Roster) -> list[int]:
    grid = staffing.grid
    periods = [period.id for period in grid.periods]
    return [grid.mask_of(periods, (term,)) for term in grid.terms] or [grid.all]


def _load_excesses(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    for teacher, taught in _teachers(staffing, rule):
        share = 1.0 if teacher.fte is None else teacher.fte
        limit = _least(int((rule.limit or 0) * share + 1e-9), teacher.max_load)
        excess = staffing.model.new_int_var(0, len(taught), "")
        for term in _term_masks(staffing):
            staffing.model.add(excess >= total(lit for x, lit in taught if x.mask & term) - limit)
        yield excess


def _load_spreads(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    model = staffing.model
    departments: dict[str, list[Linear]] = {}
    highest = 0
    for teacher, taught in _teachers(staffing, rule):
        hundredths = fte_hundredths(teacher)
        if not teacher.department or hundredths <= 0 or str(teacher.id) not in staffing.school.teachers:
            continue
        terms = [total(lit for x, lit in taught if x.mask & term) for term in _term_masks(staffing)]
        load = model.new_int_var(0, len(taught), "")
        model.add_max_equality(load, terms)
        scale = [load_per_fte(n, hundredths) for n in range(len(taught) + 1)]
        full = model.new_int_var(0, scale[-1], "")
        model.add_element(load, scale, full)
        departments.setdefault(teacher.department, []).append(full)
        highest = max(highest, scale[-1])
    for loads in departments.values():
        largest, smallest, spread = (model.new_int_var(0, highest, "") for _ in range(3))
        for full_load in loads:
            model.add(largest >= full_load)
            model.add(smallest <= full_load)
        model.add(100 * spread + 99 >= largest - smallest)
        yield spread


def _prep_excesses(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    model = staffing.model
    for teacher, taught in _teachers(staffing, rule):
        courses: dict[str, list[Linear]] = {}
        for stack, lit in taught:
            named = named_teachers(stack)
            for section in stack.sections:
                if not named or teacher.id in section.teachers:
                    courses.setdefault(section.course, []).append(lit)
        limit = _least(rule.limit, teacher.max_preps)
        if len(courses) > limit:
            excess = model.new_int_var(0, len(courses), "")
            model.add(excess >= total(_any_of(staffing, lits) for lits in courses.values()) - limit)
            yield excess


def _room_excesses(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    limit = rule.limit or 0
    for _, taught in _teachers(staffing, rule):
        rooms: dict[str, list[Linear]] = {}
        for stack, lit in taught:
            for room, held in staffing.holding[stack.id].items():
                rooms.setdefault(room, []).append(staffing.both(lit, held))
        if len(rooms) > limit:
            excess = staffing.model.new_int_var(0, len(rooms), "")
            staffing.model.add(excess >= total(_any_of(staffing, lits) for lits in rooms.values()) - limit)
            yield excess


def _any_of(staffing: Roster, lits: list[Linear]) -> Linear:
    if any(isinstance(lit, int) and lit for lit in lits):
        return 1
    some = staffing.model.new_bool_var("")
    for lit in lits:
        staffing.model.add(some >= lit)
    return some


def _room_sizes(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    for stack in staffing.stacks.values():
        if any(concerns(rule, staffing.school, s) for s in stack.sections):
            for room, held in staffing.holding[stack.id].items():
                record = staffing.school.rooms.get(room)
                if record is not None and record.seats is not None:
                    yield abs(record.seats - stack.seats) * held


def _rooms_in_use(staffing: Roster, rule: e.Rule) -> Iterator[Linear]:
    rooms: dict[str, list[Linear]] = {}
    for those in staffing.holding.values():
        for room, held in those.items():
            rooms.setdefault(room, []).append(held)
    for lits in rooms.values():
        yield _any_of(staffing, lits)


_COUNTS: dict[str, Callable[[Roster, e.Rule], Iterator[Linear]]] = {
    "section-teachers": _without_teacher,
    "section-rooms": _without_room,
    "allowed-periods": _outside,
    "lab-spacing": _adjacent_labs,
    "teacher-consecutive": _full_windows,
    "teacher-travel": _changes_of_building,
    "teacher-load": _load_excesses,
    "teacher-load-spread": _load_spreads,
    "teacher-preps": _prep_excesses,
    "teacher-rooms": _room_excesses,
    "room-fit": _room_sizes,
    "room-use": _rooms_in_use,
}


def _least(*limits: int | None) -> int:
    return min(limit for limit in limits if limit is not None)
