"""
Why a request is unmet: one reason and one sentence for each.

Section periods and the seats of all other students are taken as they stand; what the student could hold
among them is settled exactly (``one_student.py``). A reason is therefore true of this schedule: another one,
with sections elsewhere, may well meet the request.
"""

from collections.abc import Iterable

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule, Student
from echelon_desktop.model.row_order import in_order
from echelon_desktop.solver.explain.case import Case, Offer
from echelon_desktop.solver.explain.reasons import Reason, ReasonKind, reason_for
from echelon_desktop.solver.verify.reading import Reading

__all__ = ["Reason", "ReasonKind", "explain_unmet"]


def explain_unmet(school: School, rules: Iterable[Rule], schedule: Schedule) -> dict[tuple[str, str], Reason]:
    """
    Explain every unmet request of a schedule.

    Parameters
    ----------
    school, rules, schedule
        As for :func:`echelon_desktop.solver.verify.verify`; the schedule should be one that it finds ok.

    Returns
    -------
    dict
        (student, requested course) → reason, in the order of the school's requests.

    References
    ----------
    docs/rules.md, "Why a request is unmet".
    """
    reading = Reading(in_order(school), rules, schedule)
    offer = Offer(reading)
    reasons = {}
    for student_id, requests in reading.requests.items():
        unmet = [course for course in requests if course not in reading.met[student_id]]
        if unmet:
            case = Case(offer, school.students.get(student_id) or Student(student_id))
            reasons.update({(student_id, course): reason_for(case, course, unmet) for course in unmet})
    order = ((x.student, request.course) for x in school.requests.values() for request in x.requests)
    return {key: reasons[key] for key in order if key in reasons}
