"""
What each kind of rule counts, read from the rule itself. docs/rules.md says the same to school people.

A rule yields breaches: at a level their costs are added up, in a hard rule each is a violation.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import floor

from echelon_desktop.model.entities import Rule
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.solver.verify import assigned, days
from echelon_desktop.solver.verify.reading import Reading
from echelon_desktop.solver.verify.verdict import Breach

LOWEST_RANK = 3  # ranks below count as this one


def rank_of(rank: int) -> int:
    """Rank as it is counted: 1, 2, or 3 for third and lower."""
    return min(max(rank, 1), LOWEST_RANK)


def unmet_by_rank(reading: Reading) -> dict[int, list[Breach]]:
    """Rank as counted → its requests without a seat, for each rank that occurs among the requests."""
    unmet: dict[int, list[Breach]] = {}
    for student, requests in reading.requests.items():
        met = reading.met[student]
        for course, request in requests.items():
            breaches = unmet.setdefault(rank_of(request.rank), [])
            if course not in met:
                breaches.append(Breach(1, f"Student {student} lacks {course}.", "requests", student))
    return dict(sorted(unmet.items()))


def granted_alternates(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each alternate granted, at its place among the alternates of the request (1, 2, ...)."""
    for student, requests in reading.requests.items():
        for course, held in reading.met[student].items():
            if held != course:
                place = dict.fromkeys((course, *requests[course].alternates))
                message = f"Student {student} has {held} in place of {course}."
                yield Breach(list(place).index(held), message, "requests", student)


def schedule_changes(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Sections that stand elsewhere than in the schedule started from, and requests that lost their seat."""
    given = reading.given
    if given is None:
        return
    for section, mask in reading.masks.items():
        before = reading.grid.mask_of_placement(given.placements.get(section))
        if before not in {0, mask}:
            yield Breach(1, f"Section {section} stands elsewhere.", "sections", section)
    for student, requests in reading.requests.items():
        seating = given.seatings.get(student)
        held = {seat.course: seat.section for seat in seating.seats} if seating is not None else {}
        now = {seat.course: section.id for seat, section in reading.seats.get(student, ())}
        for course in requests:
            if held.get(course) in reading.roster and held[course] != now.get(course):
                message = f"Student {student} no longer has {held[course]} for {course}."
                yield Breach(1, message, "students", student)


def sped_balance(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each course's most minus fewest SPED students in a section."""
    sped = {student.id for student in reading.students.values() if student.sped}
    for course, sizes in sizes_by_course(reading).items():
        numbers = {section: sum(student in sped for student in reading.roster[section]) for section in sizes}
        fewest, most = min(numbers, key=numbers.__getitem__), max(numbers, key=numbers.__getitem__)
        if numbers[most] > numbers[fewest]:
            message = (
                f"{course} has {counted(numbers[fewest], 'SPED student')} in {fewest} "
                f"and {numbers[most]} in {most}."
            )
            yield Breach(numbers[most] - numbers[fewest], message, "courses", course)


def section_balance(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each course's largest minus smallest section."""
    for course, sizes in sizes_by_course(reading).items():
        spread = max(sizes.values()) - min(sizes.values())
        if spread:
            smallest, largest = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
            message = (
                f"{course} has {counted(sizes[smallest], 'student')} in {smallest} "
                f"and {sizes[largest]} in {largest}."
            )
            yield Breach(spread, message, "courses", course)


def sizes_by_course(reading: Reading) -> dict[str, dict[str, int]]:
    """Course → its sections → students enrolled."""
    sizes: dict[str, dict[str, int]] = {}
    for section in reading.school.sections.values():
        sizes.setdefault(section.course, {})[section.id] = len(reading.roster[section.id])
    return sizes


def allowed_periods(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each section of the scope with a slot outside."""
    inside = reading.grid.mask(rule.periods)
    for section, mask in reading.masks.items():
        if mask & ~inside and reading.concerns(rule, section):
            message = f"Section {section} meets in {reading.slots(mask)}, not in {', '.join(rule.periods)}."
            yield Breach(1, message, "sections", section)


def lab_spacing(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each pair of a teacher's labs with slots next to each other in a day and term; a stack is one lab."""
    adjacent = reading.grid.adjacent()
    for teacher, sections in reading.teaching(rule):
        labs = [s for s in sections if any(reading.is_lab(member) for member in reading.stacks[s])]
        for first, second in combinations(labs, 2):
            beside = 0
            for slot in range(reading.grid.n_slots):
                if reading.masks[first] >> slot & 1:
                    beside |= adjacent[slot]
            if beside & reading.masks[second]:
                message = f"Labs {first} and {second} of teacher {teacher.id} are in consecutive periods."
                yield Breach(1, message, "teachers", teacher.id, (first, second))


def teacher_consecutive(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each run of one period more than the limit, in a day and term, that is taught throughout."""
    for teacher, sections in reading.teaching(rule):
        taught = 0
        for section in sections:
            taught |= reading.masks[section]
        limit = _least(rule.limit, teacher.max_consecutive)
        for run in reading.grid.runs(limit + 1):
            for term in reading.grid.terms or (None,):
                window = reading.grid.mask_of(run, (term,) if term is not None else ())
                if taught & window == window:
                    where = ", ".join(run) + (f" of {term}" if term is not None else "")
                    message = f"Teacher {teacher.id} teaches {where} without a break; the limit is {limit}."
                    those = tuple(s for s in sections if reading.masks[s] & window)
                    yield Breach(1, message, "teachers", teacher.id, those)


def teacher_load(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Sections (a stack is one) above the limit in each teacher's fullest term."""
    for teacher, sections in reading.teaching(rule):
        share = 1.0 if teacher.fte is None else teacher.fte
        # A hair more, so that 0.1 × 30 is 3 whatever binary fractions make of it.
        limit = _least(floor((rule.limit or 0) * share + 1e-9), teacher.max_load)
        load = reading.load(sections)
        if load > limit:
            message = (
                f"Teacher {teacher.id} teaches {counted(load, 'section')} at a time; the limit is {limit}."
            )
            yield Breach(load - limit, message, "teachers", teacher.id)


def teacher_preps(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Different courses above the limit of each teacher."""
    for teacher, sections in reading.teaching(rule):
        members = [m for s in sections for m in reading.stacks[s] if teacher.id in reading.teachers(m)]
        courses = dict.fromkeys(reading.school.sections[member].course for member in members)
        limit = _least(rule.limit, teacher.max_preps)
        if len(courses) > limit:
            message = f"Teacher {teacher.id} prepares {listed(courses)}; the limit is {limit}."
            yield Breach(len(courses) - limit, message, "teachers", teacher.id)


# Unmet requests are counted by rank (above), SPED limits among the facts.
RULES: dict[str, Callable[[Reading, Rule], Iterator[Breach]]] = {
    "granted-alternates": granted_alternates,
    "sped-balance": sped_balance,
    "schedule-changes": schedule_changes,
    "section-balance": section_balance,
    "allowed-periods": allowed_periods,
    "lab-spacing": lab_spacing,
    "teacher-consecutive": teacher_consecutive,
    "teacher-travel": assigned.teacher_travel,
    "teacher-load": teacher_load,
    "teacher-preps": teacher_preps,
    "teacher-load-spread": assigned.teacher_load_spread,
    "teacher-rooms": assigned.teacher_rooms,
    "section-teachers": assigned.section_teachers,
    "section-rooms": assigned.section_rooms,
    "room-fit": assigned.room_fit,
    "room-use": assigned.room_use,
    "student-free-periods": days.student_free_periods,
    "student-holes": days.student_holes,
    "student-day-balance": days.student_day_balance,
}


def _least(limit: int | None, own: int | None) -> int:
    given = [number for number in (limit, own) if number is not None]
    return min(given, default=0)
