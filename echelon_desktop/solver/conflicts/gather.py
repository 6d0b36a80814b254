"""Read the claims, places and pinned seats out of a school's records, rules and baseline."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.scope import concerns, concerns_teacher, is_lab, stacks, students_of
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.solver.assign.openings import as_locked
from echelon_desktop.solver.conflicts import claims as c
from echelon_desktop.solver.conflicts.board import PinnedSeat, Place
from echelon_desktop.solver.conflicts.pins import pin_claims, pinned_seats
from echelon_desktop.solver.conflicts.staffing import room_claims, staffing_claims


@dataclass(frozen=True, slots=True)
class Demands:
    """
    What a school demands of a schedule's places.

    Parameters
    ----------
    places
        For each section the places it could have if no claim stood in the way.
    seats
        Pinned seats.
    claims
        All demands, in the order of the school's tables.
    """

    places: dict[str, tuple[Place, ...]]
    seats: tuple[PinnedSeat, ...]
    claims: tuple[c.Claim, ...]


def gather(school: School, rules: Iterable[e.Rule], baseline: Schedule) -> Demands:
    """The demands of a school; graded rules demand nothing."""
    return _Gatherer(school, [rule for rule in rules if rule.level is None], baseline).gather()


class _Gatherer:
    def __init__(self, school: School, rules: list[e.Rule], baseline: Schedule) -> None:
        self.school, self.rules, self.baseline = as_locked(school, baseline), rules, baseline
        school = self.school
        self.grid = SlotGrid(school)
        self.sections = {section.id: section for section in school.sections.values()}
        self.head = stacks(school)

    def gather(self) -> Demands:
        places = {section.id: self._places(section) for section in self.sections.values()}
        seats = pinned_seats(self.school, self.baseline)
        claims = [
            *self._teachers(),
            *self._rooms(),
            *self._confined(),
            *self._patterns(places),
            *self._links(),
            *self._hard_rules(),
            *staffing_claims(self.school, self.rules, self.baseline),
            *pin_claims(self.school, self.rules, self.baseline, seats),
        ]
        return Demands(places, seats, tuple(claims))

    def _places(self, section: e.Section) -> tuple[Place, ...]:
        """Usual places, and those it would have without pattern, terms or where it is locked."""
        found: dict[tuple[frozenset[str], frozenset[str]], Place] = {}

        def add(periods: tuple[str, ...], terms: tuple[str, ...], mask: int, usual: bool) -> None:
            place = Place(periods, terms, mask, usual)
            found.setdefault((frozenset(periods), frozenset(terms)), place)

        for choice in self.grid.choices(section):
            add(choice.periods, choice.terms, choice.mask, True)
        course = self.school.courses.get(section.course)
        pattern = section.pattern or (course.pattern if course else "")
        term_choices = section.term_choices or (course.term_choices if course else ())
        known = [t for t in term_choices or ((),) if set(t) <= set(self.grid.terms)]
        single = [(term,) for term in self.grid.terms] if len(self.grid.terms) > 1 and term_choices else []
        if pattern not in {"", "1"} or term_choices:
            for terms in [*known, *single] or [()]:
                for period in self.grid.periods:
                    kept = () if set(terms) == set(self.grid.terms) else terms
                    add((period.id,), kept, self.grid.mask_of((period.id,), kept), False)
        locked = self.baseline.placements.get(section.id)
        if locked is not None and locked.locked and locked.periods:
            names = {period.id for period in self.grid.periods}
            if set(locked.periods) <= names and set(locked.terms) <= set(self.grid.terms):
                mask = self.grid.mask_of(locked.periods, locked.terms)
                add(locked.periods, locked.terms, mask, False)
        return tuple(found.values())

    def _patterns(self, places: dict[str, tuple[Place, ...]]) -> Iterator[c.Claim]:
        for section in self.sections.values():
            options = places[section.id]
            if all(place.usual for place in options):
                continue
            course = self.school.courses.get(section.course)
            pattern = section.pattern or (course.pattern if course else "")
            terms = section.term_choices or (course.term_choices if course else ())
            if pattern in self.school.patterns:
                sets = [" + ".join(choice) for choice in self.school.patterns[pattern].choices]
                needs = f"meets in {listed(sets, 'or')} (pattern {pattern})"
            elif pattern.isdecimal() and pattern not in {"0", "1"}:
                needs = f"meets in {pattern} consecutive periods of a day"
            elif pattern in {"", "1"}:
                needs = "meets in one period"
            else:
                needs = f"has the unknown pattern {pattern!r}"
            names = [" + ".join(t) or "all terms" for t in terms]
            when = f" in {listed(names, 'or')}" if terms else " in all terms" if self.grid.terms else ""
            sentence = f"{section.id} ({section.course}) {needs}{when}."
            advice = f"Give {section.id} another pattern or other terms."
            yield c.Patterned("sections", section.id, (section.id,), sentence, advice)

    def _taught(self) -> dict[str, list[str]]:
        taught: dict[str, list[str]] = {}
        for section in self.sections.values():
            for teacher in dict.fromkeys(section.teachers):
                taught.setdefault(teacher, []).append(section.id)
        return taught

    def _teachers(self) -> Iterator[c.Claim]:
        for teacher, sections in self._taught().items():
            yield from self._apart("teachers", teacher, sections, "teaches")
            absence = self.school.unavailability.get(teacher)
            away = self.grid.mask(absence.slots) if absence else 0
            if away:
                sentence = f"Teacher {teacher} is unavailable in {listed(self.grid.names(away))}."
                advice = f"Let {teacher} teach in one of these periods, or somebody else take the section."
                yield c.Confined("unavailability", teacher, tuple(sections), sentence, advice, ~away)

    def _rooms(self) -> Iterator[c.Claim]:
        rooms: dict[str, list[str]] = {}
        for section in self.sections.values():
            if section.room:
                rooms.setdefault(section.room, []).append(section.id)
        for room, sections in rooms.items():
            yield from self._apart("rooms", room, sections, "holds")

    def _apart(self, table: str, key: str, sections: list[str], verb: str) -> Iterator[c.Claim]:
        heads = tuple(self.head[section] for section in sections)
        if len(set(heads)) > 1:
            who = f"{'Teacher' if table == 'teachers' else 'Room'} {key}"
            yield c.OneAtATime(table, key, tuple(sections), who, verb, heads, self.grid.n_slots)

    def _confined(self) -> Iterator[c.Claim]:
        by_course: dict[str, list[str]] = {}
        for section in self.sections.values():
            by_course.setdefault(section.course, []).append(section.id)
        for course, sections in by_course.items():
            record = self.school.courses.get(course)
            if record is not None and record.allowed_periods:
                yield self._only(
                    "courses", course, sections, f"Course {course} stands", record.allowed_periods
                )
        for section in self.sections.values():
            if section.allowed_periods:
                name = f"Section {section.id} stands"
                yield self._only("sections", section.id, [section.id], name, section.allowed_periods)
            placement = self.baseline.placements.get(section.id)
            if placement is None:
                continue
            forbidden = self.grid.mask(placement.forbidden)
            if forbidden:
                sentence = f"{section.id} is forbidden in {listed(self.grid.names(forbidden))}."
                advice = f"Allow {section.id} in one of these periods."
                yield c.Confined("placements", section.id, (section.id,), sentence, advice, ~forbidden)
            if placement.locked:
                yield from self._locked(section, placement)
        for rule in self.rules:
            if rule.kind == "allowed-periods":
                scope = [s.id for s in self.sections.values() if concerns(rule, self.school, s)]
                whose = [*rule.courses, *rule.departments, *rule.teachers, *rule.sections]
                what = f"{listed(whose) or 'Every section'} {'stand' if len(whose) > 1 else 'stands'}"
                claim = self._only("rules", rule.id, scope, what, rule.periods, rule.id)
                if scope:
                    yield claim

    def _locked(self, section: e.Section, placement: e.Placement) -> Iterator[c.Claim]:
        own = (section.id,)
        if placement.periods or placement.terms:
            terms = () if set(placement.terms) == set(self.grid.terms) else placement.terms
            yield c.Locked("placements", section.id, own, placement.periods, terms)
        named = (
            ("teacher", placement.teachers, section.teachers),
            ("room", (placement.room,) * bool(placement.room), (section.room,)),
        )
        for what, kept, own_ones in named:
            if kept and set(kept) != set(own_ones):
                sentence = f"{section.id} is locked with {what} {listed(kept)}, and has {listed(own_ones)}."
                advice = f"Unlock {section.id}, or give it that {what}."
                yield c.Impossible("placements", section.id, own, sentence, advice)

    def _only(
        self, table: str, key: str, sections: list[str], what: str, periods: tuple[str, ...], rule: str = ""
    ) -> c.Claim:
        by_rule = f' (rule "{rule}")' if rule else ""
        return c.Confined(
            table,
            key,
            tuple(sections),
            f"{what} only in {listed(periods)}{by_rule}.",
            f'Give the rule "{rule}" a level, or allow more periods.' if rule else "Allow more periods.",
            self.grid.mask(periods),
        )

    def _links(self) -> Iterator[c.Claim]:
        for link in self.school.links.values():
            members = tuple(s for s in link.sections if s in self.sections)
            if link.kind is not e.LinkKind.SAME_STUDENTS and len(members) > 1:
                stack = [s for s in self.sections.values() if self.head[s.id] == self.head[members[0]]]
                yield c.LinkedPlaces(
                    "links", link.id, members, link.kind, self.grid, self._stack_seats(stack)
                )

    def _stack_seats(self, stack: list[e.Section]) -> int:
        """Those of the largest section, unless a room has fewer."""
        rooms = [self.school.rooms.get(section.room) for section in stack]
        limits = [room.seats for room in rooms if room is not None and room.seats is not None]
        return max(0, min([max(section.seats for section in stack), *limits]))

    def _hard_rules(self) -> Iterator[c.Claim]:
        terms = [self.grid.mask_of([p.id for p in self.grid.periods], t) for t in self._term_sets()]
        for rule in self.rules:
            for name, sections in self._taught().items():
                teacher = self.school.teachers.get(name) or e.Teacher(name)
                if concerns_teacher(rule, teacher):
                    heads = tuple(dict.fromkeys(self.head[s] for s in sections))
                    yield from self._teaching_rule(rule, teacher, sections, heads, terms)
                    yield from room_claims(rule, self.school, teacher, sections, self.head)
            if rule.kind == "student-free-periods":
                yield from self._free_periods(rule, terms)

    def _term_sets(self) -> list[tuple[str, ...]]:
        return [(term,) for term in self.grid.terms] or [()]

    def _teaching_rule(
        self,
        rule: e.Rule,
        teacher: e.Teacher,
        sections: list[str],
        heads: tuple[str, ...],
        terms: list[int],
    ) -> Iterator[c.Claim]:
        if rule.kind == "lab-spacing":
            labs = {self.head[s] for s in sections if is_lab(self.school, self.sections[s])}
            labs |= {h for h in heads if any(self._lab_in_stack(h))}
            apart = tuple(h for h in heads if h in labs)
            if len(apart) > 1:
                yield c.LabsApart("teachers", teacher.id, apart, rule.id, self.grid.adjacent())
        elif rule.kind == "teacher-consecutive":
            limit = _least(rule.limit, teacher.max_consecutive)
            windows = tuple(
                self.grid.mask_of(run, term)
                for run in self.grid.runs(limit + 1)
                for term in self._term_sets()
            )
            if windows:
                yield c.Breaks("teachers", teacher.id, heads, rule.id, limit, windows)
        elif rule.kind == "teacher-load":
            share = 1.0 if teacher.fte is None else teacher.fte
            limit = _least(int((rule.limit or 0) * share + 1e-9), teacher.max_load)
            yield c.LoadLimit("teachers", teacher.id, heads, rule.id, limit, tuple(terms))
        elif rule.kind == "teacher-preps":
            courses = dict.fromkeys(self.sections[s].course for s in sections)
            limit = _least(rule.limit, teacher.max_preps)
            if len(courses) > limit:
                sentence = (
                    f"{teacher.id} prepares at most {counted(limit, 'course')} "
                    f'(rule "{rule.id}"), and teaches {listed(courses)}.'
                )
                advice = f'Raise the limit, give the rule "{rule.id}" a level, or a course another teacher.'
                yield c.Impossible("teachers", teacher.id, (sections[0],), sentence, advice)

    def _lab_in_stack(self, head: str) -> Iterator[bool]:
        return (is_lab(self.school, s) for s in self.sections.values() if self.head[s.id] == head)

    def _free_periods(self, rule: e.Rule, terms: list[int]) -> Iterator[c.Claim]:
        """Students whose requests, all met at their longest, still leave too many periods free."""
        limit = rule.limit or 0
        longest = {
            s.id: [
                max(((choice.mask & t).bit_count() for choice in self.grid.choices(s)), default=0)
                for t in terms
            ]
            for s in self.sections.values()
        }
        by_course: dict[str, list[int]] = {}
        for section in self.sections.values():
            at_best = by_course.setdefault(section.course, [0] * len(terms))
            by_course[section.course] = [max(a, b) for a, b in zip(at_best, longest[section.id], strict=True)]
        for student in students_of(self.school):
            if rule.grades and student.grade not in rule.grades:
                continue
            wishes = self.school.requests.get(student.id)
            requests = wishes.requests if wishes else ()
            away = self.grid.mask(student.unavailable)
            for t, slots in enumerate(terms):
                busy = sum(
                    max((by_course[x][t] for x in (r.course, *r.alternates) if x in by_course), default=0)
                    for r in requests
                )
                free = (slots & ~away).bit_count() - busy
                if free > limit:
                    sentence = (
                        f"Student {student.id} may have at most {counted(limit, 'free period')} "
                        f'(rule "{rule.id}"), and has {free} with all requests met.'
                    )
                    advice = f'Give the rule "{rule.id}" a level, or the student more requests.'
                    yield c.Impossible("requests", student.id, (), sentence, advice)
                    break


def _least(*limits: int | None) -> int:
    return min(limit for limit in limits if limit is not None)
