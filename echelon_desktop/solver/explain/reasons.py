"""The reasons for an unmet request, in the order in which they are looked for, and their sentences."""

from dataclasses import dataclass
from enum import StrEnum

from echelon_desktop.model.entities import CourseRequest
from echelon_desktop.model.wording import counted, few_of, listed
from echelon_desktop.solver.explain.case import Case
from echelon_desktop.solver.explain.one_student import Option, Wish, smallest_conflict
from echelon_desktop.solver.verify.students import admits

MOST_NAMED = 3  # sections, or sets of them, that could be moved


class ReasonKind(StrEnum):
    """Why a request is unmet."""

    NO_SECTION = "no section"
    NOT_ALLOWED = "not allowed"
    MOVABLE = "could be met by moving seats"
    MORE_THAN_PERIODS = "more requests than periods"
    PERIOD_CONFLICT = "period conflict"
    SPED_LIMIT = "SPED limit"
    SEATS_FULL = "seats full"


@dataclass(frozen=True, slots=True)
class Reason:
    """
    Why one request is unmet.

    Parameters
    ----------
    kind, text
        What it is, and one sentence for a scheduler.
    courses, sections, slots
        What stands in the way: the courses of a conflict (the unmet one first), the sections concerned, and
        the slots (as slot texts) they compete for. Of seats to be moved: the requests, the unmet one first,
        and the section for each.
    """

    kind: ReasonKind
    text: str
    courses: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()


def reason_for(case: Case, course: str, unmet: list[str]) -> Reason:
    """
    The reason for one unmet request: the first that applies, from "there is no section" to "no seat".

    Parameters
    ----------
    case, course
        Who lacks what.
    unmet
        All unmet requests of the student, in the order of the request list.
    """
    request, wish = case.requests[course], case.wishes[course]
    if not any(case.sections(request)):
        return _no_section(case, request)
    if not wish.options:
        return _not_allowed(case, request)
    moves = case.fewest_moves(wish)
    if moves is not None:
        return _movable(case, course, moves)
    if course in case.beyond_periods(unmet):
        return _more_than_periods(case, course)
    if not case.fits(wish):
        return _period_conflict(case, wish)
    by_sped = case.fits_where(wish, case.has_seat)
    return _no_seat(case, ReasonKind.SPED_LIMIT if by_sped else ReasonKind.SEATS_FULL, wish)


def _no_section(case: Case, request: CourseRequest) -> Reason:
    courses = tuple(dict.fromkeys((request.course, *request.alternates)))
    sections = tuple(s.id for s in case.reading.school.sections.values() if s.course in courses)
    first, *others = (_title(case, course) for course in courses)
    if sections:
        text = f"No section of {listed([first, *others], 'or')} has a period yet: {listed(sections)}."
    elif others:
        text = f"Neither {first} nor any alternate ({listed(others)}) has a section."
    else:
        text = f"{first} has no section."
    return Reason(ReasonKind.NO_SECTION, text, courses, sections)


def _not_allowed(case: Case, request: CourseRequest) -> Reason:
    sections = list(case.sections(request))
    parts = []
    for section in sections:
        if not admits(section.grades, section.groups, case.student):
            only = [f"grade {grade}" for grade in section.grades]
            only += [f"group {group}" for group in section.groups]
            parts.append(f"{section.id} is for {listed(only)} only")
        else:
            slots = case.reading.slots(case.reading.masks[section.id] & case.away)
            parts.append(f"{section.id} meets in {slots}, when {case.name} is unavailable")
    text = f"{_title(case, request.course)} has no section open to {case.name}: {'; '.join(parts)}."
    courses = tuple(dict.fromkeys(section.course for section in sections))
    return Reason(ReasonKind.NOT_ALLOWED, text, courses, tuple(section.id for section in sections))


def _more_than_periods(case: Case, course: str) -> Reason:
    slots = case.reading.grid.all & ~case.away
    asked = [wish for wish in case.wishes.values() if wish.options]
    least = sum(min(option.mask.bit_count() for option in wish.options) for wish in asked)
    unit = "slot" if case.reading.grid.terms else "period"
    needs = "" if least == len(asked) else f", which take {counted(least, unit)}"
    text = (
        f"{case.name} asks for {counted(len(asked), 'course')}{needs}, "
        f"but has only {counted(slots.bit_count(), unit)}; {_title(case, course)} is beyond them."
    )
    return Reason(ReasonKind.MORE_THAN_PERIODS, text, (course,), (), case.reading.grid.names(slots))


def _period_conflict(case: Case, wish: Wish) -> Reason:
    others = smallest_conflict(wish, case.met, case.offer.linked)
    wishes = (wish, *others)
    options = [option for each in wishes for option in each.options]
    mask = 0
    for each in wishes:
        mask |= each.mask
    names = case.reading.grid.names(mask)
    if len(wishes) == 2 and all(len({o.mask for o in each.options}) == 1 for each in wishes):
        text = _one_against_one(case, *wishes)
    else:
        if mask.bit_count() < len(wishes):
            what = f"These {len(wishes)} courses meet only in {listed(names)}"
        else:
            what = f"{listed(_title(case, each.course) for each in wishes)} cannot be held together"
        # Others may find a section of them that this student may not attend.
        who = f" for {case.name}" if any(_narrowed(case, each) for each in wishes) else ""
        text = f"{what}{who}: {'; '.join(_where(case, each) for each in wishes)}."
    sections = tuple(section for option in options for section in option.sections)
    text += _where_it_would_fit(case, wish)
    return Reason(ReasonKind.PERIOD_CONFLICT, text, tuple(each.course for each in wishes), sections, names)


def _where_it_would_fit(case: Case, wish: Wish) -> str:
    """`` Others aside, it would fit with B-1 or B-2 in R3.``; empty where moving one section does not do."""
    times = case.suiting_times(wish)
    if not times:
        return ""
    slots_of: dict[str, list[str]] = {}
    for time in times:
        slots_of.setdefault(time.section, []).append("+".join(case.reading.grid.names(time.mask)))
    alike: dict[tuple[str, ...], list[str]] = {}
    for section, slots in slots_of.items():
        alike.setdefault(tuple(slots), []).append(section)
    places = [f"{few_of(names, MOST_NAMED, 'or')} in {listed(slots, 'or')}" for slots, names in alike.items()]
    taken = "" if times[0].free else ", where its teacher or room is taken"
    return f" Others aside, it would fit with {', or '.join(places[:MOST_NAMED])}{taken}."


def _one_against_one(case: Case, wish: Wish, other: Wish) -> str:
    """Two courses of which each meets at one time only, the same or an overlapping one."""
    first, second = wish.options[0], other.options[0]
    title, held = _title(case, wish.course), _title(case, other.course)
    one_course = len({option.course for each in (wish, other) for option in each.options}) == 1
    if one_course or not first.mask & second.mask:
        why = "both requests mean one course" if one_course else "a link keeps their sections together"
        return (
            f"{title} and {held} cannot be held together: {_where(case, wish)}; {_where(case, other)}; {why}."
        )
    sections = [section for option in other.options for section in option.sections]
    if not case.pinned.isdisjoint(sections):
        which = f"pinned to {sections[0]}"
    elif _narrowed(case, other):
        which = f"no other section is open to {case.name}"
    else:
        which = "its only section" if len(sections) == 1 else f"all {len(sections)} sections"
    meets = f"is open to {case.name}" if _narrowed(case, wish) else "meets"
    slots = case.reading.slots(first.mask)
    return f"{title} {meets} only in {slots}, where {case.name} holds {held} ({which})."


def _movable(case: Case, course: str, moves: list[tuple[Wish, Option]]) -> Reason:
    places = [f"{_title(case, o.course)} in {o.sections[0]} ({case.reading.slots(o.mask)})" for _, o in moves]
    text = f"{_title(case, course)} could be met by moving {case.name}: {listed(places)}."
    courses, sections = zip(*((w.course, option.sections[0]) for w, option in moves), strict=True)
    return Reason(ReasonKind.MOVABLE, text, courses, sections)


def _no_seat(case: Case, kind: ReasonKind, wish: Wish) -> Reason:
    """No seat in any section that would fit, or in those to be moved into for one that has a seat."""
    title = _title(case, wish.course)
    sections = [
        section
        for option in wish.options
        if case.fits(Wish(wish.course, (option,)))
        for section in option.sections
    ]
    free = [section for section in sections if not case.full(section)]
    if free:
        needed = case.seats_needed(wish)
        where = case.reading.slots(case.reading.masks[free[0]])
        text = (
            f"{title} has a seat in {free[0]} ({where}), but {case.name} would first have to move into "
            f"what is full: {', '.join(_filled(case, section) for section in needed)}."
        )
        return Reason(kind, text, (wish.course,), tuple(needed))
    what = "every section" if len(sections) > 1 else "the only section"
    there = ", ".join(_filled(case, section) for section in sections)
    text = f"Of {title}, {what} that {case.name} could attend is full: {there}."
    text = f"{text} {_enough(case, case.seats_needed(wish))}"
    return Reason(kind, text, (wish.course,), tuple(sections))


def _filled(case: Case, section: str) -> str:
    """``B-1 in R2 (30 of 30 and 3 of 3 SPED students)``: all that fills it, as each alone keeps it full."""
    reading, parts = case.reading, []
    own_seats, enrolled = reading.school.sections[section].seats, len(reading.roster[section])
    if enrolled >= own_seats:
        parts.append(f"{enrolled} of {own_seats}")
    if case.stack_full(section):
        stack = reading.stacks[section]
        together = f"with {listed(stack)} together" if len(stack) > 1 else "in its room"
        parts.append(f"{reading.enrolled_in_stack(section)} of {case.seats_of_stack(section)} {together}")
    if not case.has_sped_seat(section):
        parts.append(f"{case.sped_in(section)} of {reading.sped_limit(section)} SPED students")
    return f"{section} in {reading.slots(reading.masks[section])} ({listed(parts)})"


def _enough(case: Case, sections: list[str]) -> str:
    """``A seat more in B-1 and A-2 and a higher SPED limit in A-2 would do.``"""
    own = [s for s in sections if len(case.reading.roster[s]) >= case.reading.school.sections[s].seats]
    shared = [s for s in sections if case.stack_full(s)]
    remedies = {
        "a seat more in": own,
        "a larger room for": [s for s in shared if case.room_binds(s)],
        "a seat more for the stack of": [s for s in shared if not case.room_binds(s)],
        "a higher SPED limit in": [s for s in sections if not case.has_sped_seat(s)],
    }
    words = ", and ".join(f"{remedy} {listed(names)}" for remedy, names in remedies.items() if names)
    return f"{words[0].upper()}{words[1:]} would do."


def _where(case: Case, wish: Wish) -> str:
    """``AP Biology in R2 (B-1), R3 (B-2)``, the course itself first, in the order of the day."""
    parts = []
    for option in sorted(wish.options, key=lambda o: (o.course != wish.course, o.mask & -o.mask)):
        other = f"{_title(case, option.course)} " if option.course != wish.course else ""
        slots = "+".join(case.reading.grid.names(option.mask))
        parts.append(f"{other}{slots} ({', '.join(option.sections)})")
    pinned = any(section in case.pinned for option in wish.options for section in option.sections)
    return f"{_title(case, wish.course)} in {', '.join(parts)}{', pinned' if pinned else ''}"


def _narrowed(case: Case, wish: Wish) -> bool:
    """Whether some sections are not open to the student."""
    mine = sum(len(option.sections) for option in wish.options)
    return mine != sum(1 for _ in case.sections(case.requests[wish.course]))


def _title(case: Case, course: str) -> str:
    record = case.reading.school.courses.get(course)
    return (record.title if record is not None else "") or course
