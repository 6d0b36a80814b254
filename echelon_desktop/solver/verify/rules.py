"""
What each kind of rule counts, read from the rule itself. docs/rules.md says the same to school people.

A rule yields breaches: at a level their costs are added up, in a hard rule each is a violation.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import floor

from echelon_desktop.model.entities import Rule, Teacher
from echelon_desktop.solver.verify.reading import Reading
from echelon_desktop.solver.verify.verdict import Breach
from echelon_desktop.solver.verify.wording import counted, listed

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
    for teacher, sections in _teaching(reading, rule):
        labs = [s for s in sections if any(reading.is_lab(member) for member in reading.stacks[s])]
        for first, second in combinations(labs, 2):
            beside = 0
            for slot in range(reading.grid.n_slots):
                if reading.masks[first] >> slot & 1:
                    beside |= adjacent[slot]
            if beside & reading.masks[second]:
                message = f"Labs {first} and {second} of teacher {teacher.id} are in consecutive periods."
                yield Breach(1, message, "teachers", teacher.id)


def teacher_consecutive(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each run of one period more than the limit, in a day and term, that is taught throughout."""
    for teacher, sections in _teaching(reading, rule):
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
                    yield Breach(1, message, "teachers", teacher.id)


def teacher_load(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Sections (a stack is one) above the limit in each teacher's fullest term."""
    for teacher, sections in _teaching(reading, rule):
        share = 1.0 if teacher.fte is None else teacher.fte
        # A hair more, so that 0.1 × 30 is 3 whatever binary fractions make of it.
        limit = _least(floor((rule.limit or 0) * share + 1e-9), teacher.max_load)
        terms = [reading.grid.mask_of(_all_periods(reading), (term,)) for term in reading.grid.terms]
        terms = terms or [reading.grid.all]
        load = max(sum(1 for s in sections if reading.masks[s] & term) for term in terms)
        if load > limit:
            message = (
                f"Teacher {teacher.id} teaches {counted(load, 'section')} at a time; the limit is {limit}."
            )
            yield Breach(load - limit, message, "teachers", teacher.id)


def teacher_preps(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Different courses above the limit of each teacher."""
    for teacher, sections in _teaching(reading, rule):
        members = [m for s in sections for m in reading.stacks[s] if teacher.id in reading.teachers(m)]
        courses = dict.fromkeys(reading.school.sections[member].course for member in members)
        limit = _least(rule.limit, teacher.max_preps)
        if len(courses) > limit:
            message = f"Teacher {teacher.id} prepares {listed(courses)}; the limit is {limit}."
            yield Breach(len(courses) - limit, message, "teachers", teacher.id)


def student_free_periods(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Periods of a term in which a student has neither a seat nor an absence, above the limit."""
    limit = rule.limit or 0
    terms = [(term, reading.grid.mask_of(_all_periods(reading), (term,))) for term in reading.grid.terms]
    for student in reading.students.values():
        if rule.grades and student.grade not in rule.grades:
            continue
        busy = reading.grid.mask(student.unavailable)
        for _, section in reading.seats.get(student.id, ()):
            busy |= reading.masks.get(section.id, 0)
        for term, slots in terms or [("", reading.grid.all)]:
            free = (slots & ~busy).bit_count()
            if free > limit:
                when = f" in {term}" if term else ""
                message = (
                    f"Student {student.id} has {counted(free, 'free period')}{when}; the limit is {limit}."
                )
                yield Breach(free - limit, message, "students", student.id)


# Unmet requests are counted by rank (above), SPED limits among the facts.
RULES: dict[str, Callable[[Reading, Rule], Iterator[Breach]]] = {
    "granted-alternates": granted_alternates,
    "section-balance": section_balance,
    "allowed-periods": allowed_periods,
    "lab-spacing": lab_spacing,
    "teacher-consecutive": teacher_consecutive,
    "teacher-load": teacher_load,
    "teacher-preps": teacher_preps,
    "student-free-periods": student_free_periods,
}


def _teaching(reading: Reading, rule: Rule) -> Iterator[tuple[Teacher, list[str]]]:
    """Teachers of a rule's scope with their sections, one of each stack."""
    for teacher_id, sections in reading.taught.items():
        teacher = reading.school.teachers.get(teacher_id) or Teacher(teacher_id)
        if rule.teachers and teacher_id not in rule.teachers:
            continue
        if not rule.departments or teacher.department in rule.departments:
            yield teacher, sections


def _all_periods(reading: Reading) -> list[str]:
    return [period.id for period in reading.grid.periods]


def _least(limit: int | None, own: int | None) -> int:
    given = [number for number in (limit, own) if number is not None]
    return min(given, default=0)
