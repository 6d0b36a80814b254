"""What the rules about students' days count."""

from collections.abc import Iterator

from echelon_desktop.model.entities import Rule, Student
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.verify.reading import Reading
from echelon_desktop.solver.verify.verdict import Breach


def student_free_periods(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Periods of a term in which a student has neither a seat nor an absence, above the limit."""
    limit = rule.limit or 0
    for student in _students(reading, rule):
        busy = reading.grid.mask(student.unavailable) | _held(reading, student)
        for term, slots in reading.terms:
            free = (slots & ~busy).bit_count()
            if free > limit:
                when = f" in {term}" if term else ""
                message = (
                    f"Student {student.id} has {counted(free, 'free period')}{when}; the limit is {limit}."
                )
                yield Breach(free - limit, message, "students", student.id)


def student_holes(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each period after a class of a student and before another, that day, with neither seat nor absence."""
    for student in _students(reading, rule):
        away, held = reading.grid.mask(student.unavailable), _held(reading, student)
        for _, day, slots in _days(reading):
            classes = [slot for slot in slots if held & slot]
            between = slots[slots.index(classes[0]) : slots.index(classes[-1])] if classes else []
            for slot in between:
                if not (held | away) & slot:
                    where = reading.slots(slot)
                    message = f"Student {student.id} has {where} free between classes of {day or 'the day'}."
                    yield Breach(1, message, "students", student.id)


def student_day_balance(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Periods with a class on each student's fullest day less those on his emptiest, above the limit."""
    limit = rule.limit or 0
    for student in _students(reading, rule):
        away, held = reading.grid.mask(student.unavailable), _held(reading, student)
        by_term: dict[str, dict[str, int]] = {}
        for term, day, slots in _days(reading):
            if not all(away & slot for slot in slots):
                by_term.setdefault(term, {})[day] = sum(bool(held & slot) for slot in slots)
        for term, classes in by_term.items():
            fullest, emptiest = max(classes, key=classes.__getitem__), min(classes, key=classes.__getitem__)
            apart = classes[fullest] - classes[emptiest]
            if apart > limit:
                when = f" of {term}" if term else ""
                message = (
                    f"Student {student.id} has {counted(classes[fullest], 'class', 'classes')} on day "
                    f"{fullest}{when} and {classes[emptiest]} on day {emptiest}; "
                    f"they may differ by {limit}."
                )
                yield Breach(apart - limit, message, "students", student.id)


def _students(reading: Reading, rule: Rule) -> Iterator[Student]:
    for student in reading.students.values():
        if not rule.grades or student.grade in rule.grades:
            yield student


def _held(reading: Reading, student: Student) -> int:
    """Slots in which a student holds a seat."""
    held = 0
    for _, section in reading.seats.get(student.id, ()):
        held |= reading.masks.get(section.id, 0)
    return held


def _days(reading: Reading) -> list[tuple[str, str, list[int]]]:
    """Term, day and the slots of that day as masks, in its order."""
    days: dict[str, list[str]] = {}
    for period in sorted(reading.grid.periods, key=lambda period: period.order):
        days.setdefault(period.day, []).append(period.id)
    return [
        (term, day, [reading.grid.mask_of((period,), (term,) if term else ()) for period in periods])
        for term, _ in reading.terms
        for day, periods in days.items()
    ]
