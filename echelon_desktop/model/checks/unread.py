"""
What a kind of finding rests on, so that nothing is told that only follows from what could not be read.

A missing column, or a file that cannot be read, is an error of its own. What the checks would conclude from
the blanks in its place is noise that hides it.
"""

from collections.abc import Collection

_STACKS = ("links", "links.kind", "links.sections")
_COURSES = ("courses", "sections", "sections.course")  # those that only sections name are known by these
_REQUESTS = ("requests", "requests.requests", "requests.course")
_TIMES = ("periods", "terms", "patterns", "patterns.choices", *_COURSES)
_CLASSES = (*_TIMES, *_STACKS)  # a stack is one class, at one time

_RESTS_ON: dict[str, tuple[str, ...]] = {
    "no-periods": ("periods",),
    "no-sections": ("sections",),
    "unknown-pattern": ("patterns",),
    "unknown-period": ("periods", "terms"),
    "unknown-term": ("terms",),
    "section-cannot-meet": _TIMES,
    "section-without-seats": ("sections.seats",),
    "nobody-may-teach": ("teachers", *_COURSES, *_STACKS),
    "no-room-of-type": ("rooms", *_COURSES, *_STACKS),
    "room-overbooked": _CLASSES,
    "nobody-eligible": ("students",),
    "link-too-short": ("sections", "links.sections"),
    "link-cannot-meet": _CLASSES,
    "linked-courses-clash": _TIMES,
    "teacher-overbooked": _CLASSES,
    "course-cannot-fit": _CLASSES,
    "dedicated-elsewhere": ("sections.course",),
    "load-differs": ("sections", *_STACKS),
    "science-sections-differ": (*_COURSES, *_STACKS),
    "load-exceeded": _CLASSES,
    "preps-exceeded": ("sections.course",),
    "teacher-without-sections": ("sections",),
    "no-requests": _REQUESTS,
    "request-without-section": ("sections", "sections.course"),
    "too-many-requests": _TIMES,
    "too-few-requests": (*_TIMES, *_REQUESTS),
    "requests-clash": _TIMES,
    "request-while-away": _TIMES,
    "courses-always-clash": _TIMES,
    "demand-above-seats": ("sections.course", "sections.seats", *_STACKS),
    "sped-demand-above-seats": (*_COURSES, "sections.seats"),
    "no-eligible-section": ("students", "sections.course"),
    "grade-missing": ("students",),
    "student-without-requests": _REQUESTS,
    "course-without-requests": ("sections.course", *_REQUESTS),
    "sections-to-spare": ("sections.course", "sections.seats", *_REQUESTS),
}


def rests_on(code: str) -> tuple[str, ...]:
    """The tables ("rooms") and required columns ("sections.course") without which the kind means nothing."""
    return _RESTS_ON.get(code, ())


def names_of(table: str) -> tuple[str, ...]:
    """What has to be read before one can say that something is not among the records of a table."""
    return _COURSES if table == "courses" else (table,)


def is_read(needs: Collection[str], unread: Collection[str]) -> bool:
    """Whether all of the tables and columns were read; that of a table without rows was not."""
    return not any(need in unread or need.partition(".")[0] in unread for need in needs)
