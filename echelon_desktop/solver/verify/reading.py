"""A schedule read once against its school: slots, stacks, who sits where."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import (
    Course,
    CourseRequest,
    LinkKind,
    Rule,
    Seat,
    Section,
    Student,
    Teacher,
)
from echelon_desktop.model.slots import SlotGrid

# Without a word from the school, labs are what this department teaches.
LAB_DEPARTMENT = "science"


class Reading:
    """
    A schedule read against its school and rules.

    What the schedule names and the school does not know is left out here and reported by the facts.

    Attributes
    ----------
    grid
        Slots of the school.
    masks
        Slots of each placed section.
    stacks
        Section → the sections stacked with it, itself included, in the order of the school; a section that
        stands alone is a stack of one.
    students
        By id; who has requests and no record of his own is a student like any other, without SPED.
    seats
        Student → seats held, each with its section.
    roster
        Section → students who hold a seat in it.
    given
        The schedule started from; None without one.
    """

    def __init__(
        self, school: School, rules: Iterable[Rule], schedule: Schedule, given: Schedule | None = None
    ) -> None:
        self.school = school
        self.rules = tuple(rules)
        self.schedule = schedule
        self.given = None if given is None or given.is_empty else given
        self.grid = SlotGrid(school)
        self.students = {x.student: Student(x.student) for x in school.requests.values()}
        self.students |= {student.id: student for student in school.students.values()}
        self.masks = self._masks()
        self.stacks = self._stacks()
        self.seats: dict[str, list[tuple[Seat, Section]]] = {}
        self.roster: dict[str, list[str]] = {section.id: [] for section in school.sections.values()}
        sections = {section.id: section for section in school.sections.values()}
        for student, seating in schedule.seatings.items():
            if student not in self.students:
                continue
            held = [(seat, sections[seat.section]) for seat in seating.seats if seat.section in sections]
            self.seats[student] = held
            for seat, _ in held:
                self.roster[seat.section].append(student)

    def _masks(self) -> dict[str, int]:
        masks = {}
        for section in self.school.sections.values():
            placement = self.schedule.placements.get(section.id)
            if placement is None or not placement.periods:
                continue
            try:
                masks[section.id] = self.grid.mask_of(placement.periods, placement.terms)
            except KeyError:
                continue
        return masks

    def _stacks(self) -> dict[str, tuple[str, ...]]:
        stack_of = {section.id: {section.id} for section in self.school.sections.values()}
        for link in self.school.links.values():
            if link.kind != LinkKind.STACKED:
                continue
            # A section in two stacked links makes one stack of them.
            whole = set().union(*(stack_of.get(section, set()) for section in link.sections))
            for section in whole:
                stack_of[section] = whole
        order = {section: i for i, section in enumerate(stack_of)}
        return {s: tuple(sorted(stack, key=order.__getitem__)) for s, stack in stack_of.items()}

    @cached_property
    def requests(self) -> dict[str, dict[str, CourseRequest]]:
        """Student → requested course → request; of a course requested twice the first counts."""
        found: dict[str, dict[str, CourseRequest]] = {}
        for request_list in self.school.requests.values():
            by_course = found.setdefault(request_list.student, {})
            for request in request_list.requests:
                by_course.setdefault(request.course, request)
        return found

    @cached_property
    def met(self) -> dict[str, dict[str, str]]:
        """Student → requested course → the course held for it (itself, or an alternate)."""
        return {
            student: {
                seat.course: section.course
                for seat, section in self.seats.get(student, ())
                if seat.course in requests and answers(requests[seat.course], section.course)
            }
            for student, requests in self.requests.items()
        }

    @cached_property
    def taught(self) -> dict[str, list[str]]:
        """Teacher → the placed sections he teaches, one of each stack (a stack is taught as one)."""
        found: dict[str, list[str]] = {teacher.id: [] for teacher in self.school.teachers.values()}
        for section in self.masks:
            for teacher in self.teachers(section):
                sections = found.setdefault(teacher, [])
                if not any(other in self.stacks[section] for other in sections):
                    sections.append(section)
        return found

    def teachers(self, section: str) -> tuple[str, ...]:
        """Teachers of a section, as scheduled."""
        placement = self.schedule.placements.get(section)
        return tuple(dict.fromkeys(placement.teachers)) if placement else ()

    @cached_property
    def terms(self) -> list[tuple[str, int]]:
        """Each term with the mask of its slots; one without a name where the school has none."""
        periods = [period.id for period in self.grid.periods]
        return [(t, self.grid.mask_of(periods, (t,))) for t in self.grid.terms] or [("", self.grid.all)]

    def teaching(self, rule: Rule) -> Iterator[tuple[Teacher, list[str]]]:
        """Teachers of a rule's scope with their placed sections, one of each stack."""
        for teacher_id, sections in self.taught.items():
            teacher = self.school.teachers.get(teacher_id) or Teacher(teacher_id)
            if rule.teachers and teacher_id not in rule.teachers:
                continue
            if not rule.departments or teacher.department in rule.departments:
                yield teacher, sections

    def load(self, sections: list[str]) -> int:
        """How many of some sections meet in the fullest term."""
        return max(sum(bool(self.masks[s] & term) for s in sections) for _, term in self.terms)

    def room(self, section: str) -> str:
        """Room of a section as scheduled, empty when it has none."""
        placement = self.schedule.placements.get(section)
        return placement.room if placement else ""

    def course(self, section: str) -> Course | None:
        """Course of a section; None when the school does not know it."""
        return self.school.courses.get(self.school.sections[section].course)

    def department(self, section: str) -> str:
        """Department of a section: its own, or its course's."""
        course = self.course(section)
        return self.school.sections[section].department or (course.department if course else "")

    def is_lab(self, section: str) -> bool:
        """Whether a section is a lab: as its course says, or as its department has it."""
        course = self.course(section)
        if course is not None and course.lab is not None:
            return course.lab
        return self.department(section).strip().casefold() == LAB_DEPARTMENT

    def concerns(self, rule: Rule, section: str) -> bool:
        """Whether a section matches every scope field that a rule gives."""
        return (
            (not rule.sections or section in rule.sections)
            and (not rule.courses or self.school.sections[section].course in rule.courses)
            and (not rule.departments or self.department(section) in rule.departments)
            and (not rule.teachers or any(t in rule.teachers for t in self.teachers(section)))
        )

    def sped_limit(self, section: str) -> int | None:
        """Most SPED students in a section; None when nothing limits them. The nearest word counts."""
        own = self.school.sections[section].sped_limit
        if own is not None:
            return own
        course = self.course(section)
        if course is not None and course.sped_limit is not None:
            return course.sped_limit
        limits = [
            ((not rule.sections, not rule.courses, not rule.departments), rule.limit)
            for rule in self.rules
            if rule.kind == "sped-limit" and rule.limit is not None and self.concerns(rule, section)
        ]
        return min(limits)[1] if limits else None

    def enrolled_in_stack(self, section: str) -> int:
        """Students in a section and those stacked with it."""
        return sum(len(self.roster[member]) for member in self.stacks[section])

    def slots(self, mask: int) -> str:
        """Slots of a mask, for a message: ``R1, S1:R2``."""
        return ", ".join(self.grid.names(mask))


def answers(request: CourseRequest, course: str) -> bool:
    """Whether holding a course meets a request."""
    return course == request.course or course in request.alternates
