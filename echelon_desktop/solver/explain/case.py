"""What a schedule offers one student: sections open to him, seats free for him, what fits together."""

from collections.abc import Callable, Iterator
from functools import partial

from echelon_desktop.model.entities import CourseRequest, LinkKind, Section, Student
from echelon_desktop.solver.explain.one_student import Option, Wish, fit
from echelon_desktop.solver.explain.other_times import Time, Times
from echelon_desktop.solver.verify.reading import Reading
from echelon_desktop.solver.verify.rules import rank_of
from echelon_desktop.solver.verify.students import admits


class Offer:
    """
    What is the same for all students.

    Attributes
    ----------
    placed
        Course → its sections that have a period.
    linked
        Same-students link → courses of its sections.
    links_of
        Section → its same-students links.
    times
        Where sections could meet instead.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading, school = reading, reading.school
        self.times = Times(reading)
        self.placed: dict[str, list[Section]] = {}
        for section in school.sections.values():
            if section.id in reading.masks:
                self.placed.setdefault(section.course, []).append(section)
        links = [link for link in school.links.values() if link.kind == LinkKind.SAME_STUDENTS]
        self.linked = {
            link.id: frozenset(school.sections[s].course for s in link.sections if s in school.sections)
            for link in links
        }
        self.links_of: dict[str, frozenset[str]] = {}
        for link in links:
            for section_id in link.sections:
                self.links_of[section_id] = self.links_of.get(section_id, frozenset()) | {link.id}


class Case:
    """
    One student with unmet requests.

    Attributes
    ----------
    wishes
        Requested course → the request with the options open to the student, seats aside; what he holds now
        stands first.
    met
        Wishes of the requests that are met.
    """

    def __init__(self, offer: Offer, student: Student) -> None:
        self.offer, self.student = offer, student
        self.reading = reading = offer.reading
        self.name = student.name or student.id
        self.away = reading.grid.mask(student.unavailable)
        self.requests = reading.requests[student.id]
        seating = reading.schedule.seatings.get(student.id)
        self.held = {seat.course: section.id for seat, section in reading.seats.get(student.id, ())}
        self.pinned = set(seating.pinned) if seating is not None else set()
        self._full: dict[str, bool] = {}
        self.wishes = {course: self._wish(request) for course, request in self.requests.items()}
        self.met = [self.wishes[course] for course in self.requests if course in reading.met[student.id]]

    def sections(self, request: CourseRequest) -> Iterator[Section]:
        """Sections with a period that would meet the request."""
        for course in dict.fromkeys((request.course, *request.alternates)):
            yield from self.offer.placed.get(course, ())

    def open_to(self, section: Section) -> bool:
        """Whether the student may sit there, seats aside."""
        return admits(section.grades, section.groups, self.student) and not (
            self.reading.masks[section.id] & self.away
        )

    def _wish(self, request: CourseRequest) -> Wish:
        own = self.held.get(request.course)
        ways: dict[tuple[str, int, frozenset[str]], list[str]] = {}
        for section in self.sections(request):
            if section.id == own if own in self.pinned else self.open_to(section):
                links = self.offer.links_of.get(section.id, frozenset())
                way = (section.course, self.reading.masks[section.id], links)
                ways.setdefault(way, []).append(section.id)
        options = [Option(course, mask, tuple(s), links) for (course, mask, links), s in ways.items()]
        options.sort(key=lambda option: own not in option.sections)
        return Wish(request.course, tuple(options))

    def fits(self, wish: Wish) -> bool:
        """Whether wish and met requests fit together, seats aside."""
        return fit([wish, *self.met], self.offer.linked) is not None

    def fits_where(self, wish: Wish, admitted: Callable[[str], bool]) -> bool:
        """Whether they fit together in sections that are admitted or the student's own."""
        own = set(self.held.values())
        wishes = [_only(w, lambda s: s in own or admitted(s)) for w in (wish, *self.met)]
        return fit(wishes, self.offer.linked) is not None

    def has_seat(self, section: str) -> bool:
        """Whether section, stack and room have a seat for the student."""
        reading = self.reading
        stack = reading.stacks[section]
        in_stack = sum(s != self.student.id for member in stack for s in reading.roster[member])
        in_section = sum(s != self.student.id for s in reading.roster[section])
        return in_section < reading.school.sections[section].seats and in_stack < self.seats_of_stack(section)

    def stack_full(self, section: str) -> bool:
        """Whether those stacked with it, or its room, leave no seat, whatever its own seats are."""
        stack = self.reading.stacks[section]
        in_stack = sum(s != self.student.id for member in stack for s in self.reading.roster[member])
        alone = len(stack) == 1 and not self._room_seats(section)
        return not alone and in_stack >= self.seats_of_stack(section)

    def room_binds(self, section: str) -> bool:
        """Whether it is the room that limits the seats of a stack, or of a section alone."""
        rooms = self._room_seats(section)
        return bool(rooms) and min(rooms) == self.seats_of_stack(section)

    def _room_seats(self, section: str) -> list[int]:
        school = self.reading.school
        rooms = [school.rooms.get(self.reading.room(member)) for member in self.reading.stacks[section]]
        return [room.seats for room in rooms if room is not None and room.seats is not None]

    def seats_of_stack(self, section: str) -> int:
        """Seats that a section and those stacked with it share: of the largest, or of the room."""
        school, stack = self.reading.school, self.reading.stacks[section]
        return min([max(school.sections[member].seats for member in stack), *self._room_seats(section)])

    def has_sped_seat(self, section: str) -> bool:
        """Whether the SPED limit leaves the student a seat."""
        limit = self.reading.sped_limit(section)
        return not self.student.sped or limit is None or self.sped_in(section) < limit

    def sped_in(self, section: str) -> int:
        """SPED students in a section, this one aside."""
        students = self.reading.students
        return sum(students[s].sped for s in self.reading.roster[section] if s != self.student.id)

    def full(self, section: str) -> bool:
        """Whether it has no seat for the student."""
        if section not in self._full:
            self._full[section] = not (self.has_seat(section) and self.has_sped_seat(section))
        return self._full[section]

    def beyond_periods(self, unmet: list[str]) -> set[str]:
        """The unmet requests, lowest in rank and last in the list, that exceed the student's slots."""
        slots = (self.reading.grid.all & ~self.away).bit_count()
        least = {
            course: min(option.mask.bit_count() for option in wish.options)
            for course, wish in self.wishes.items()
            if wish.options
        }
        excess = sum(least.values()) - slots
        beyond = set()
        for course in sorted(unmet, key=lambda c: rank_of(self.requests[c].rank))[::-1]:
            if excess > 0 and course in least:
                beyond.add(course)
                excess -= least[course]
        return beyond

    def _opened(self, sections: set[str], section: str) -> bool:
        return section in sections or not self.full(section)

    def seats_needed(self, wish: Wish) -> list[str]:
        """
        Full sections that, with a place more in each, would let everything fit: one, where one is enough.

        Of several, none could be left out; another choice might need fewer.
        """
        wanted = [s for w in (wish, *self.met) for o in w.options for s in o.sections]
        needed = [s for s in dict.fromkeys(wanted) if self.full(s)]
        for section in needed:
            if self.fits_where(wish, partial(self._opened, {section})):
                return [section]
        for section in tuple(needed):
            fewer = set(needed) - {section}
            if self.fits_where(wish, partial(self._opened, fewer)):
                needed.remove(section)
        return needed

    def suiting_times(self, wish: Wish) -> list[Time]:
        """
        Other times at which a section of the wish would let it and all that is met be held, in free seats.

        One section moves, and nobody else; times without teacher and room in the way, or else the others.
        """
        others = self._in_free_seats(self.met)
        found = [
            time
            for option in wish.options
            for time in self.offer.times.elsewhere(option)
            if not time.mask & self.away and not self.full(time.section)
            if self._suits(wish, Option(option.course, time.mask, (time.section,)), others)
        ]
        return [time for time in found if time.free] or found

    def _suits(self, wish: Wish, option: Option, others: list[Wish]) -> bool:
        return fit([Wish(wish.course, (option,)), *others], self.offer.linked) is not None

    def _in_free_seats(self, wishes: list[Wish]) -> list[Wish]:
        """The wishes with the sections that the student holds, or that have a seat for him."""
        own = set(self.held.values())
        return [_only(w, lambda s: s in own or not self.full(s)) for w in wishes]

    def fewest_moves(self, wish: Wish) -> list[tuple[Wish, Option]] | None:
        """
        Seats to take so that the wish is met too, the wish's own first; None when free seats do not allow it.

        Courses that can stay do, asked one after the other; another order might move one course less.
        """
        wishes = self._in_free_seats([wish, *self.met])
        found = fit(wishes, self.offer.linked)
        if found is None:
            return None
        for number, other in enumerate(self.met, 1):
            staying = [*wishes]
            staying[number] = _only(other, partial(str.__eq__, self.held[other.course]))
            unmoved = fit(staying, self.offer.linked)
            if unmoved is not None:
                wishes, found = staying, unmoved
        taken = zip((wish, *self.met), found, strict=True)
        return [(w, option) for w, option in taken if self.held.get(w.course) not in option.sections]


def _only(wish: Wish, admitted: Callable[[str], bool]) -> Wish:
    """The wish with the sections that are admitted."""
    options = []
    for option in wish.options:
        sections = tuple(section for section in option.sections if admitted(section))
        if sections:
            options.append(Option(option.course, option.mask, sections, option.links))
    return Wish(wish.course, tuple(options))
