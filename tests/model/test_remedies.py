"""What is mended in one step: the finding is gone afterwards, and where it is doubtful nothing is offered."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from small_school import small

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks import KINDS, check_school
from echelon_desktop.model.dataset import Dataset, Edit, RowChange
from echelon_desktop.model.findings import Finding
from echelon_desktop.model.remedies import REMEDIES, mend_all, remedy_for


def put(dataset: Dataset, table: str, record: e.Record) -> None:
    key = dataset.table(table).spec.key_of(record)
    dataset.apply(Edit("", (RowChange(table, key, record),)))


def found(dataset: Dataset, code: str) -> list[Finding]:
    rules = tuple(dataset.rules.values())
    return [f for f in check_school(dataset.school, rules, fold=False) if f.code == code]


def load(dataset: Dataset) -> None:
    put(dataset, "teachers", replace(dataset.school.teachers["T1"], load=7))


def science(dataset: Dataset) -> None:
    put(dataset, "teachers", replace(dataset.school.teachers["T1"], science_sections=7))


def lost_zeros(dataset: Dataset) -> None:
    put(dataset, "teachers", e.Teacher("007"))
    put(dataset, "sections", replace(dataset.school.sections["S1"], teachers=("7",)))


def spelling(dataset: Dataset) -> None:
    put(dataset, "students", replace(dataset.school.students["P1"], groups=("avid",)))


def absence_spelling(dataset: Dataset) -> None:
    put(dataset, "unavailability", e.Unavailability("t2", ("R1",)))


def numbered(dataset: Dataset) -> None:
    put(dataset, "teachers", e.Teacher("12"))
    put(dataset, "sections", replace(dataset.school.sections["S1"], teachers=("12.0",)))


def request_spelling(dataset: Dataset) -> None:
    for student in ("P2", "P3"):
        put(dataset, "requests", e.RequestList(student, (e.CourseRequest("bio"),)))


def period(dataset: Dataset) -> None:
    put(dataset, "unavailability", e.Unavailability("T1", ("g1", "R1")))


def twice(dataset: Dataset) -> None:
    put(dataset, "requests", e.RequestList("P3", (e.CourseRequest("ENG"), e.CourseRequest("ENG"))))


def useless(dataset: Dataset) -> None:
    requests = (e.CourseRequest("ENG", 1, ("BIO", "ART")), e.CourseRequest("BIO"))
    put(dataset, "requests", e.RequestList("P3", requests))


def rank(dataset: Dataset) -> None:
    put(dataset, "requests", e.RequestList("P3", (e.CourseRequest("ENG", 0),)))


def order(dataset: Dataset) -> None:
    put(dataset, "periods", e.Period("R2", "2", "R", 1))


def short(dataset: Dataset) -> None:
    put(dataset, "links", e.Link("L1", e.LinkKind.STACKED, ("S1",)))


CASES = {
    "load-differs": (load, "Set the load of T1 to 2"),
    "science-sections-differ": (science, "Set the science sections of T1 to 1"),
    "unknown-id": (lost_zeros, "Replace 7 by 007"),
    "unknown-id-ignored": (spelling, "Replace avid by AVID"),
    "request-without-section": (request_spelling, "Replace bio by BIO"),
    "unknown-period": (period, "Write g1 as G1"),
    "request-twice": (twice, "Remove the second request of P3 for ENG"),
    "alternate-useless": (useless, "Drop the alternate BIO of P3"),
    "rank-below-one": (rank, "Give the requests of P3 rank 1"),
    "period-order-twice": (order, "Number the periods as they are listed"),
    "link-too-short": (short, "Delete link L1"),
}


ALSO = [
    ("unknown-id", numbered, "Replace 12.0 by 12"),
    ("unknown-id-ignored", absence_spelling, "Replace t2 by T2"),
]


def test_every_remedy_has_a_case_and_mends_a_kind_that_exists() -> None:
    assert CASES.keys() == REMEDIES.keys()
    assert REMEDIES.keys() <= KINDS.keys()


@pytest.mark.parametrize(
    ("code", "spoil", "title"), [*((code, *case) for code, case in CASES.items()), *ALSO]
)
def test_the_finding_is_gone_after_its_remedy(
    code: str, spoil: Callable[[Dataset], None], title: str
) -> None:
    dataset = small()
    spoil(dataset)
    findings = found(dataset, code)
    edit = next(edit for f in findings if (edit := remedy_for(dataset, f)) and edit.title == title)
    dataset.apply(edit)
    mended = [f for f in findings if f in found(dataset, code)]
    assert len(mended) < len(findings)
    assert all((again := remedy_for(dataset, f)) is None or again.title != title for f in mended)


def test_all_of_a_kind_are_mended_in_one_edit() -> None:
    dataset = small()
    for teacher in ("T1", "T2"):
        put(dataset, "teachers", replace(dataset.school.teachers[teacher], load=9))
    edit = mend_all(dataset, found(dataset, "load-differs"), "Mend loads")
    assert edit.title == "Mend loads"
    assert len(edit.changes) == 2
    dataset.apply(edit)
    assert not found(dataset, "load-differs")


def test_requests_go_to_the_student_that_is_meant() -> None:
    dataset = small()
    asked, held = dataset.school.requests["P2"].requests, dataset.seatings["1", "P2"].seats
    changes = (
        RowChange("seatings", ("1", "P2"), None),
        RowChange("seatings", ("1", "p2"), e.Seating("1", "p2", held)),
        RowChange("requests", "P2", None),
        RowChange("requests", "p2", e.RequestList("p2", asked), 1),
    )
    dataset.apply(Edit("", changes))
    dataset.apply(mend_all(dataset, found(dataset, "unknown-id-ignored"), "Mend"))
    assert list(dataset.school.requests) == ["P1", "P2", "P3"]
    assert dataset.school.requests["P2"].requests == asked
    assert dataset.seatings["1", "P2"].seats == held
    assert ("1", "p2") not in dataset.seatings


def test_requests_of_a_student_who_has_some_are_left_to_people() -> None:
    dataset = small()
    put(dataset, "requests", e.RequestList("p2", (e.CourseRequest("ART"),)))
    assert "P2" in dataset.school.requests
    (finding,) = found(dataset, "unknown-id-ignored")
    assert remedy_for(dataset, finding) is None


def test_two_that_could_be_meant_are_left_to_people() -> None:
    dataset = small()
    lost_zeros(dataset)
    put(dataset, "teachers", e.Teacher("07"))
    (finding,) = found(dataset, "unknown-id")
    assert remedy_for(dataset, finding) is None


def test_what_is_gone_or_has_no_remedy_is_not_mended() -> None:
    dataset = small()
    load(dataset)
    (finding,) = (f for f in found(dataset, "load-differs") if f.key == "T1")
    assert remedy_for(dataset, replace(finding, key="T9")) is None
    assert remedy_for(dataset, replace(finding, code="demand-above-seats")) is None
