"""What a rule forbids, or costs in the schedule on the screen, in a few words."""

from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Rule, Section, Teacher
from echelon_desktop.model.scope import concerns, concerns_teacher
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.verify import Breach, Part, Verdict
from echelon_desktop.ui.schedule.timetable import Timetable

# What a graded rule counts: for one, for more.
COUNTED = {
    "unmet-requests": ("unmet request", "unmet requests"),
    "granted-alternates": ("alternate granted", "alternates granted"),
    "sped-balance": ("student of SPED spread", "students of SPED spread"),
    "schedule-changes": ("change", "changes"),
    "section-balance": ("student of size spread", "students of size spread"),
    "allowed-periods": ("section outside", "sections outside"),
    "lab-spacing": ("pair of labs side by side", "pairs of labs side by side"),
    "teacher-consecutive": ("run too long", "runs too long"),
    "teacher-load": ("section too many", "sections too many"),
    "teacher-preps": ("course too many", "courses too many"),
    "teacher-travel": ("change of building", "changes of building"),
    "teacher-load-spread": ("section of load spread", "sections of load spread"),
    "teacher-rooms": ("room too many", "rooms too many"),
    "section-teachers": ("section without", "sections without"),
    "section-rooms": ("section without", "sections without"),
    "room-fit": ("seat too many or too few", "seats too many or too few"),
    "room-use": ("room in use", "rooms in use"),
    "student-free-periods": ("free period too many", "free periods too many"),
    "student-holes": ("hole", "holes"),
    "student-day-balance": ("class too many", "classes too many"),
}


def parts_of(rule: Rule, verdict: Verdict) -> list[Part]:
    """What a graded rule adds to the figures of a verdict; unmet requests stand in one figure a rank."""
    return [part for figure in verdict.figures for part in figure.parts if part.rule == rule.id]


def breaches_of(rule: Rule, verdict: Verdict) -> list[Breach]:
    """Everything that a graded rule counts."""
    return [breach for part in parts_of(rule, verdict) for breach in part.breaches]


def effect(
    rule: Rule, school: School, grid: SlotGrid, timetable: Timetable | None, verdict: Verdict | None
) -> str:
    """
    What a rule does now.

    Parameters
    ----------
    rule, school, grid
        The rule, in this school.
    timetable, verdict
        Of the schedule on the screen; None when there is none, or nothing is known of it yet.
    """
    if rule.level is None:
        return _of_hard(rule, school, grid, timetable)
    if verdict is None:
        return _concerned(rule, school)
    parts = parts_of(rule, verdict)
    if not parts:
        return "Nobody names alternates" if rule.kind == "granted-alternates" else ""
    cost = sum(part.cost for part in parts)
    if not cost:
        return "Kept everywhere"
    one, more = COUNTED[rule.kind]
    return f"{cost:,} {one if cost == 1 else more} now"


def _of_hard(rule: Rule, school: School, grid: SlotGrid, timetable: Timetable | None) -> str:
    sections = [section for section in school.sections.values() if concerns(rule, school, section)]
    if rule.kind == "allowed-periods":
        if not sections:
            return "Concerns no section of this school"
        open_slots, unit = grid.mask(rule.periods).bit_count(), "slots" if grid.terms else "periods"
        may = "section may stand" if len(sections) == 1 else "sections may stand"
        return f"{len(sections):,} {may} in {open_slots} of {grid.n_slots} {unit}"
    if rule.kind == "sped-limit" and timetable is not None and rule.limit is not None:
        limited = [section for section in sections if not _has_own_limit(school, section)]
        full = 0
        for section in limited:
            meeting = timetable.meetings.get(section.id)
            full += meeting is not None and meeting.sped >= rule.limit
        return f"{full:,} of {counted(len(limited), 'section')} at the limit"
    return _concerned(rule, school)


def _concerned(rule: Rule, school: School) -> str:
    """Whom the rule is about."""
    if rule.kind in {"unmet-requests", "granted-alternates"}:
        number, noun = sum(len(x.requests) for x in school.requests.values()), "request"
    elif rule.kind.startswith("student-"):
        grades = rule.grades
        number = sum(not grades or s.grade in grades for s in school.students.values())
        noun = "student"
    elif rule.kind == "room-use":
        number, noun = len(school.rooms), "room"
    elif not rule.kind.startswith("teacher-") and rule.kind != "lab-spacing":
        number = sum(concerns(rule, school, section) for section in school.sections.values())
        noun = "section"
    else:
        teaching = {teacher for section in school.sections.values() for teacher in section.teachers}
        records = (school.teachers.get(t) or Teacher(t) for t in teaching)
        number, noun = sum(concerns_teacher(rule, record) for record in records), "teacher"
    return f"Concerns {counted(number, noun)}" if number else f"Concerns no {noun} of this school"


def _has_own_limit(school: School, section: Section) -> bool:
    course = school.courses.get(section.course)
    return section.sped_limit is not None or (course is not None and course.sped_limit is not None)
