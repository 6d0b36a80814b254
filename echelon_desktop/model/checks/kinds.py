"""The kinds of finding that the checks make: how much each matters, and what to do about it."""

from dataclasses import dataclass

from echelon_desktop.model.findings import Severity

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR


@dataclass(frozen=True, slots=True)
class Kind:
    """
    A kind of finding.

    Parameters
    ----------
    code
        Its stable name; a heading in docs/checks.md.
    severity
        The same for all findings of the kind.
    many
        What several are called when they are summarised ("students without a request").
    remedy
        What to do about one, as a sentence.
    """

    code: str
    severity: Severity
    many: str
    remedy: str


KINDS = {
    kind.code: kind
    for kind in (
        # The calendar.
        Kind("no-periods", ERROR, "missing bell schedules", "Fill in Period.csv, one row for each period."),
        Kind("no-sections", ERROR, "missing section lists", "Fill in Sections_Information.csv."),
        Kind(
            "too-many-slots",
            ERROR,
            "oversized calendars",
            "Use fewer terms or periods; terms that are alike can be scheduled as one.",
        ),
        Kind(
            "period-order-twice",
            WARNING,
            "periods at the same place of a day",
            "Give each period of a day its own order, so that it is known which periods are consecutive.",
        ),
        # Ids and references.
        Kind("id-missing", ERROR, "rows without an id", "Give the row an id."),
        Kind(
            "similar-ids",
            WARNING,
            "ids that differ in capitals or spaces only",
            "If the two are one, use one spelling everywhere; otherwise make the ids easier to tell apart.",
        ),
        Kind("no-course", ERROR, "sections and requests that name no course", "Enter the course."),
        Kind(
            "unknown-id",
            ERROR,
            "references to something that does not exist",
            "Correct the id, or add the missing row.",
        ),
        Kind(
            "unknown-id-ignored",
            WARNING,
            "references that were ignored, for what they name does not exist",
            "Correct the id, or add the missing row.",
        ),
        Kind(
            "unknown-pattern",
            ERROR,
            "unknown patterns",
            "Write 1, 2 or another number of consecutive periods, or the id of a pattern.",
        ),
        Kind("unknown-period", WARNING, "unknown periods", "Write the period as in Period.csv."),
        Kind("unknown-term", WARNING, "unknown terms", "Write the term as in the list of terms."),
        Kind(
            "rule-names-unknown",
            WARNING,
            "names in rules that mean nothing in this school",
            "Correct the name in the rule, or remove the rule; as it is, it has no effect there.",
        ),
        # Sections and links.
        Kind(
            "section-cannot-meet",
            ERROR,
            "sections that cannot meet anywhere",
            "Allow the section more periods, change its pattern, or give it a teacher who is there then.",
        ),
        Kind("section-without-seats", WARNING, "sections without seats", "Fill in the number of seats."),
        Kind(
            "section-without-teacher",
            NOTE,
            "sections without a teacher",
            "Nothing, if that is meant; otherwise assign a teacher, so that clashes are seen.",
        ),
        Kind(
            "nobody-may-teach",
            ERROR,
            "sections that nobody may teach",
            "Enter the course under Can Teach of a teacher, or assign a teacher to the section.",
        ),
        Kind(
            "no-room-of-type",
            ERROR,
            "sections for which there is no room",
            "Enter a room of that type, or give the section a room.",
        ),
        Kind(
            "section-stays-without",
            WARNING,
            "sections that stay without a teacher or a room",
            "Nothing, if that is acceptable; otherwise assign one, or enter one that can be given.",
        ),
        Kind(
            "room-too-small",
            WARNING,
            "rooms smaller than their sections",
            "Choose a larger room, or reduce the seats of the section.",
        ),
        Kind(
            "room-overbooked",
            ERROR,
            "rooms with more sections than slots",
            "Move some of these sections to another room.",
        ),
        Kind(
            "nobody-eligible",
            WARNING,
            "sections that no student may join",
            "Correct the grades or groups of the section, or those of the students.",
        ),
        Kind(
            "link-too-short",
            WARNING,
            "links of fewer than two sections",
            "List at least two sections in the link, or remove it.",
        ),
        Kind(
            "link-cannot-meet",
            ERROR,
            "links that cannot be kept",
            "Give the linked sections patterns and allowed periods that fit together, or drop the link.",
        ),
        Kind(
            "stack-disagrees",
            ERROR,
            "stacks with several teachers or rooms",
            "Give all sections of the stack the same teacher and room, or take them out of the stack.",
        ),
        Kind(
            "linked-courses-clash",
            WARNING,
            "sections for the same students that can only meet at the same time",
            "Allow one of the sections other periods or another term, or drop the link.",
        ),
        # Teachers.
        Kind(
            "teacher-overbooked",
            ERROR,
            "teachers with more sections than free slots",
            "Give one of these sections to another teacher, or free the teacher in more periods.",
        ),
        Kind(
            "course-cannot-fit",
            ERROR,
            "courses whose sections do not fit their periods",
            "Allow the course more periods, or share its sections among more teachers.",
        ),
        Kind(
            "dedicated-elsewhere",
            WARNING,
            "sections taught by teachers dedicated to another course",
            "Assign the section to somebody else, or correct the teacher's dedicated course.",
        ),
        Kind(
            "dedicated-course-shared",
            NOTE,
            "sections of a dedicated course taught by others",
            "Nothing, if that is meant; otherwise give the section to the dedicated teacher.",
        ),
        Kind(
            "department-differs",
            WARNING,
            "sections whose department is not their teacher's or course's",
            "Correct the department, or the teacher of the section.",
        ),
        Kind(
            "load-differs",
            WARNING,
            "teachers whose load is not their number of sections",
            "Correct the load, or the teachers of the sections; schedules follow the sections.",
        ),
        Kind(
            "science-sections-differ",
            WARNING,
            "teachers whose science sections are not as many as stated",
            "Correct the number, or the teachers of the sections; schedules follow the sections.",
        ),
        Kind(
            "load-exceeded",
            ERROR,
            "teachers above their maximum load",
            "Give some of the sections to others, or raise the limit.",
        ),
        Kind(
            "preps-exceeded",
            ERROR,
            "teachers with more courses than they may prepare",
            "Give the sections of one course to others, or raise the limit.",
        ),
        Kind(
            "limit-will-be-missed",
            WARNING,
            "teachers for whom a graded limit cannot be kept",
            "Nothing, if that is acceptable; otherwise give some of the sections to others.",
        ),
        Kind(
            "teacher-without-sections",
            NOTE,
            "teachers without a section",
            "Nothing, if that is meant; otherwise assign sections to the teacher.",
        ),
        # Requests.
        Kind("no-requests", WARNING, "missing requests", "Fill in Student_Preference_Info.csv."),
        Kind(
            "request-without-section",
            WARNING,
            "requested courses without a section",
            "Correct the course id, add a section, or remove the requests: nobody can be given this course.",
        ),
        Kind(
            "too-many-requests",
            WARNING,
            "students with more requests than slots",
            "Remove requests, or turn some into alternates.",
        ),
        Kind(
            "too-few-requests",
            ERROR,
            "students who have more free periods than a hard rule allows",
            "Add requests, raise the limit of the rule, or give the rule a level.",
        ),
        Kind(
            "requests-clash",
            WARNING,
            "students whose requests cannot all be met, whatever the schedule",
            "Let some of these courses meet at more times, or change the requests.",
        ),
        Kind(
            "request-while-away",
            WARNING,
            "requests for courses that meet only when the student is away",
            "Correct the student's unavailable periods, allow the course others, or change the request.",
        ),
        Kind(
            "courses-always-clash",
            WARNING,
            "pairs of courses that can only meet at the same time",
            "Allow one of the two courses another period.",
        ),
        Kind(
            "demand-above-seats",
            WARNING,
            "courses with more requests than seats",
            "Add a section or seats, or give the students alternates.",
        ),
        Kind(
            "sped-demand-above-seats",
            WARNING,
            "courses with more SPED requests than SPED seats",
            "Add a section, or raise the SPED limit of the course.",
        ),
        Kind(
            "no-eligible-section",
            WARNING,
            "requests for courses whose sections the student may not join",
            "Correct the student's grade or groups, or those of the sections, or remove the request.",
        ),
        Kind(
            "grade-missing",
            WARNING,
            "students without a grade who request grade-restricted courses",
            "Fill in the student's grade.",
        ),
        Kind(
            "student-without-requests",
            WARNING,
            "students without a request",
            "Add the student's requests, or remove the student.",
        ),
        Kind(
            "request-twice",
            WARNING,
            "courses requested twice by one student",
            "Remove one of the two requests: a student takes a course once.",
        ),
        Kind(
            "alternate-useless",
            NOTE,
            "alternates that the student requests anyway",
            "Name another course as the alternate.",
        ),
        Kind("rank-below-one", WARNING, "ranks below 1", "Write 1 for the most important request."),
        Kind(
            "course-without-requests",
            NOTE,
            "courses with sections that nobody requests",
            "Cancel the sections, if nobody shall take them.",
        ),
        Kind(
            "sections-to-spare",
            NOTE,
            "courses with more sections than their requests fill",
            "A section could be cancelled, unless the room to spare is meant.",
        ),
    )
}
