"""Random schools that use everything the model can say, small enough to try every schedule."""

from dataclasses import dataclass, fields, is_dataclass, replace
from random import Random

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import RULE_KINDS, check_rules
from echelon_desktop.model.tables import SCHOOL_TABLES

_ONCE = {"unmet-requests", "granted-alternates", "section-balance"}


@dataclass(frozen=True)
class Case:
    """A school, its rules, and the schedule whose locks and pins are to be kept."""

    school: School
    rules: tuple[e.Rule, ...]
    baseline: Schedule


def random_case(rng: Random, requests: int = 6) -> Case:
    """A random case; twins of its students are added while there are fewer requests than this."""
    return _Maker(rng, requests).make()


class _Maker:
    def __init__(self, rng: Random, requests: int) -> None:
        self.rng, self.most_requests = rng, requests

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def some(self, items: list[str], percent: int) -> tuple[str, ...]:
        return tuple(item for item in items if self.chance(percent))

    def make(self) -> Case:
        rng = self.rng
        self.terms = ["S1", "S2"] if self.chance(40) else []
        days = ["R", "R", "R", "G", "G"] if self.chance(40) else ["R"] * 4
        n_periods = rng.randint(2, 3 if self.terms else len(days))
        self.periods = [f"{day}{i}" for i, day in enumerate(days[:n_periods])]
        self.slots = [*self.periods, *(f"{t}:{p}" for t in self.terms for p in self.periods)]
        self.course_ids = [f"C{i}" for i in range(rng.randint(1, 3))]
        self.teacher_ids = [f"T{i}" for i in range(rng.randint(2, 4))]
        self.section_ids = [f"X{i}" for i in range(rng.randint(1, 5 if n_periods < 4 else 4))]
        sections = [self.section(s) for s in self.section_ids]
        students = [self.student(f"N{i}") for i in range(rng.randint(1, 2))]
        requests = [self.requests(student.id) for student in students]
        while self.chance(60) and sum(len(x.requests) for x in requests) < self.most_requests:
            # Twins, whom a solver may take together.
            i = rng.randrange(len(students))
            students.append(replace(students[i], id=f"N{len(students)}"))
            requests.append(replace(requests[i], student=students[-1].id))
        school = School(
            periods=[e.Period(p, day=p[0], order=i) for i, p in enumerate(self.periods)],
            terms=[e.Term(t) for t in self.terms],
            patterns=[e.Pattern("ends", ((self.periods[0], self.periods[-1]), (self.periods[-1],)))],
            rooms=[e.Room("A", seats=rng.randint(1, 3), building="North"), e.Room("B", building="South")],
            groups=[e.Group("band")],
            courses=[self.course(c) for c in self.course_ids],
            teachers=[self.teacher(t) for t in self.teacher_ids],
            sections=sections,
            links=self.links(sections),
            unavailability=[
                e.Unavailability(t, (rng.choice(self.slots),)) for t in self.teacher_ids if self.chance(20)
            ],
            students=students,
            requests=requests,
        )
        return Case(school, self.rules(), self.baseline(school))

    def course(self, course_id: str) -> e.Course:
        rng = self.rng
        return e.Course(
            course_id,
            department=rng.choice(["Science", "Arts", ""]),
            lab=rng.choice([None, None, True, False]),
            allowed_periods=self.some(self.slots, 60) if self.chance(10) else (),
            sped_limit=rng.choice([None, None, None, 1]),
            pattern=rng.choice(["", "", "", "", "2", "ends"]),
            term_choices=(("S1",), ("S2",)) if self.terms and self.chance(50) else (),
        )

    def section(self, section_id: str) -> e.Section:
        rng = self.rng
        teachers = (rng.choice(self.teacher_ids),)
        if self.chance(20):
            teachers = tuple(dict.fromkeys((*teachers, rng.choice(self.teacher_ids))))
        return e.Section(
            section_id,
            rng.choice(self.course_ids),
            () if self.chance(10) else teachers,
            seats=rng.randint(1, 3),
            department=rng.choice(["", "", "Science"]),
            room=rng.choice(["", "", "", "", "A", "B"]),
            pattern=rng.choice(["", "", "", "", "2"]),
            term_choices=(("S1",), ("S1", "S2")) if self.terms and self.chance(10) else (),
            allowed_periods=self.some(self.slots, 60) if self.chance(10) else (),
            grades=("9",) if self.chance(10) else (),
            groups=("band",) if self.chance(5) else (),
            sped_limit=rng.choice([None, None, None, 0, 1]),
        )

    def student(self, student_id: str) -> e.Student:
        return e.Student(
            student_id,
            sped=self.chance(30),
            grade=self.rng.choice(["9", "9", "10"]),
            groups=("band",) if self.chance(50) else (),
            unavailable=(self.rng.choice(self.slots),) if self.chance(20) else (),
        )

    def teacher(self, teacher_id: str) -> e.Teacher:
        rng = self.rng
        return e.Teacher(
            teacher_id,
            department=rng.choice(["Science", "Arts"]),
            fte=rng.choice([None, None, 0.5]),
            max_load=rng.choice([None, None, 1]),
            max_preps=rng.choice([None, None, 1]),
            max_consecutive=rng.choice([None, None, 1]),
        )

    def requests(self, student_id: str) -> e.RequestList:
        wanted = self.rng.sample(self.course_ids, self.rng.randint(1, len(self.course_ids)))
        return e.RequestList(
            student_id,
            tuple(
                e.CourseRequest(
                    course,
                    rank=self.rng.choice([1, 1, 1, 2, 4]),
                    alternates=self.some(self.course_ids, 50) if self.chance(25) else (),
                )
                for course in wanted
            ),
        )

    def links(self, sections: list[e.Section]) -> list[e.Link]:
        links: list[e.Link] = []
        ids = [section.id for section in sections]
        while len(ids) > 1 and self.chance(35):
            kind = self.rng.choice(list(e.LinkKind))
            members = self.rng.sample(ids, min(len(ids), self.rng.choice([2, 2, 3])))
            links.append(e.Link(f"L{len(links)}", kind, tuple(members)))
            if kind is e.LinkKind.STACKED:
                # A stack has one teacher and one room; what else is stacked with it may not contradict.
                first = next(x for x in sections if x.id == members[0])
                for i, section in enumerate(sections):
                    if section.id in members:
                        sections[i] = replace(section, teachers=first.teachers, room=first.room)
                break
        return links

    def rules(self) -> tuple[e.Rule, ...]:
        rng = self.rng
        rules = [e.Rule("unmet", "unmet-requests", level=1, weight=rng.choice([1, 1, 3]))]
        if self.chance(80):
            rules.append(e.Rule("alternates", "granted-alternates", level=rng.choice([1, 2])))
        if self.chance(60):
            rules.append(e.Rule("balance", "section-balance", level=rng.choice([1, 2, 3])))
        for i in range(rng.randint(0, 3)):
            shape = rng.choice([k for k in RULE_KINDS.values() if k.name not in _ONCE])
            kind = shape.name
            hard = not shape.graded or (shape.hard and self.chance(12))
            level = None if hard else rng.randint(1, 4)
            limit = rng.choice([0, 1, 1, 2]) if "limit" in shape.uses else None
            teachers = self.some(self.teacher_ids, 70) if kind.startswith("teacher") else ()
            rules.append(
                e.Rule(
                    f"rule{i}",
                    kind,
                    level,
                    weight=rng.choice([1, 2]),
                    courses=self.some(self.course_ids, 40) if "courses" in shape.uses else (),
                    teachers=teachers,
                    grades=("9",) if "grades" in shape.uses and self.chance(50) else (),
                    periods=(self.some(self.slots, 60) or (self.periods[0],))
                    if kind == "allowed-periods"
                    else (),
                    limit=limit,
                )
            )
        check_rules(rules)
        return tuple(rules)

    def baseline(self, school: School) -> Schedule:
        rng = self.rng
        placements, seatings = {}, {}
        for section in school.sections.values():
            if self.chance(10):
                placements[section.id] = e.Placement(
                    "",
                    section.id,
                    periods=(rng.choice(self.periods),),
                    teachers=section.teachers,
                    room=section.room,
                    locked=self.chance(50),
                    forbidden=(rng.choice(self.slots),) if self.chance(50) else (),
                )
        for request_list in school.requests.values():
            request = rng.choice(request_list.requests)
            sections = [
                x.id for x in school.sections.values() if x.course in (request.course, *request.alternates)
            ]
            if sections and self.chance(10):
                section = rng.choice(sections)
                seats = (e.Seat(request.course, section),)
                seatings[request_list.student] = e.Seating("", request_list.student, seats, (section,))
        return Schedule(placements, seatings)


def shuffled(case: Case, rng: Random) -> Case:
    """The same case with other ids and its rows in another order."""
    school = case.school
    names = {
        old: f"{rng.random()} {old[0]}"
        for table in (school.sections, school.courses, school.students, school.teachers)
        for old in map(str, table)
    }

    def renamed(value: object) -> object:
        if isinstance(value, str):
            return names.get(value, value)
        if isinstance(value, tuple):
            return tuple(renamed(item) for item in value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: renamed(getattr(value, f.name)) for f in fields(value)})
        return value

    # Periods and terms keep their order: it is the order of the day and of the year.
    kept = {"periods", "terms"}
    tables = {}
    for spec in SCHOOL_TABLES:
        rows = [renamed(row) for row in getattr(school, spec.name).values()]
        tables[spec.name] = rows if spec.name in kept else rng.sample(rows, len(rows))
    rules = [renamed(rule) for rule in case.rules]
    placements = [renamed(x) for x in case.baseline.placements.values()]
    seatings = [renamed(x) for x in case.baseline.seatings.values()]
    return Case(
        School(**tables),
        tuple(rng.sample(rules, len(rules))),
        Schedule({x.section: x for x in placements}, {x.student: x for x in seatings}),
    )
