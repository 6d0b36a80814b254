"""Demand: requests against seats and sections, and the pairs of courses that students want together."""

from collections import Counter
from itertools import combinations

import pytest

from echelon_desktop.model.dataset import School
from echelon_desktop.model.demand import Wish, read_demand, wanted_together
from echelon_desktop.model.entities import Course, CourseRequest, RequestList, Section
from echelon_desktop.model.sample import make_school


def small() -> School:
    """Ana and Ben want Band and Biology, Ben would take Choir for Band; nobody offers Chess."""
    return School(
        courses=[Course("BAND", "Band"), Course("BIO", "Biology", "Science"), Course("CHOIR")],
        sections=[
            Section("S1", "BAND", seats=1, department="Arts"),
            Section("S2", "BIO", seats=1),
            Section("S3", "BIO", seats=1),
            Section("S4", "BIO", seats=4),
            Section("S5", "CHOIR", seats=20),
        ],
        requests=[
            RequestList("Ana", (CourseRequest("BAND"), CourseRequest("BIO", 2), CourseRequest("CHESS", 3))),
            RequestList("Ben", (CourseRequest("BIO"), CourseRequest("BAND", 2, ("CHOIR",)))),
        ],
    )


def test_requests_are_counted_against_seats_and_sections():
    demand = read_demand(small())
    assert list(demand) == ["BAND", "BIO", "CHOIR", "CHESS"]
    band, bio, choir, chess = demand.values()
    assert (band.title, band.department, band.requests, band.seats, band.spare) == ("Band", "Arts", 2, 1, -1)
    assert (band.needed, band.sections) == (2, ("S1",))
    assert (bio.department, bio.seats, bio.class_size, bio.needed) == ("Science", 6, 1, 2)
    assert bio.wishes == (Wish("Ana", 2), Wish("Ben", 1))
    assert (choir.title, choir.requests, choir.alternates) == ("CHOIR", 0, 1)
    assert (chess.requests, chess.sections, chess.spare) == (1, (), -1)
    assert chess.needed == 1  # of the size that most sections of the school have


def test_without_any_section_nobody_knows_how_many_are_needed():
    school = School(requests=[RequestList("Ana", (CourseRequest("BAND"),))])
    assert read_demand(school)["BAND"].needed is None


def test_a_course_that_is_both_requested_and_an_alternate_is_requested():
    requests = (CourseRequest("A", 1, ("B",)), CourseRequest("B", 2))
    demand = read_demand(School(requests=[RequestList("Ana", requests)]))
    assert demand["B"].wishes == (Wish("Ana", 2),)


def test_pairs_leave_out_alternates_and_what_nobody_offers():
    (pair,) = wanted_together(read_demand(small()))
    assert (pair.one.course, pair.other.course, pair.students) == ("BAND", "BIO", ("Ana", "Ben"))
    assert pair.most_sections == 3


@pytest.mark.parametrize("seed", range(3))
def test_pairs_of_a_whole_school_are_those_of_its_request_lists(seed: int):
    school = make_school(60, seed=seed).school
    counted = Counter(
        frozenset(pair)
        for entry in school.requests.values()
        for pair in combinations([request.course for request in entry.requests], 2)
    )
    pairs = wanted_together(read_demand(school))
    assert {frozenset((p.one.course, p.other.course)): len(p.students) for p in pairs} == counted
    sizes = [len(pair.students) for pair in pairs]
    assert sizes == sorted(sizes, reverse=True)
