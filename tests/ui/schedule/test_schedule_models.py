"""The models of the Schedule page, apart from it."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from pytestqt.modeltest import ModelTester

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.paper.looks import Heading
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import clipping, table_block
from echelon_desktop.ui.schedule.handouts import student_page
from echelon_desktop.ui.schedule.matrix import Matrix, MatrixCell, MatrixModel, contrast, ink_on
from echelon_desktop.ui.schedule.overview import ALL_PERIODS, Measure, heat_map, master_grid
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.schedule.week_view import WeekModel
from echelon_desktop.ui.schedule.weeks import student_week, teacher_week
from echelon_desktop.ui.theme import theme


@pytest.fixture
def dataset() -> Dataset:
    """One course twice, one once; a student lacks the second and is free in G1."""
    school = School(
        periods=[e.Period("R1", "1", "R", 1), e.Period("G1", "2", "G", 1)],
        terms=[e.Term("S1"), e.Term("S2")],
        courses=[e.Course("A", "Algebra", "Math"), e.Course("B", "Band", "Arts")],
        teachers=[e.Teacher("T1", "Math", name="Byron, Ada")],
        sections=[
            e.Section("A1", "A", ("T1",), 2),
            e.Section("A2", "A", ("T1",), 2, term_choices=(("S1",), ("S2",))),
            e.Section("B1", "B", (), 1, term_choices=(("S1",), ("S2",))),
        ],
        students=[e.Student("s1"), e.Student("s2")],
        requests=[
            e.RequestList("s1", (e.CourseRequest("A"), e.CourseRequest("B", 2))),
            e.RequestList("s2", (e.CourseRequest("A"), e.CourseRequest("B", 2, ("A",)))),
        ],
    )
    placements = [
        e.Placement("1", "A1", ("R1",), (), ("T1",)),
        e.Placement("1", "A2", ("G1",), ("S1",), ("T1",)),
        e.Placement("1", "B1", ("G1",), ("S2",)),
    ]
    seatings = [
        e.Seating("1", "s1", (e.Seat("A", "A1"), e.Seat("B", "B1")), ("B1",)),
        e.Seating("1", "s2", (e.Seat("A", "A1"),)),
    ]
    return Dataset(school, preset_rules("standard"), [e.Scenario("1", "x")], placements, seatings)


def read(dataset: Dataset) -> Timetable:
    return Timetable(dataset.school, dataset.rules.values(), dataset.schedule("1"))


def records() -> RecordModel[tuple[str, int]]:
    columns: list[Column[tuple[str, int]]] = [
        Column("Name", 80, lambda row: row[0]),
        Column("Number", 80, lambda row: f"{row[1]:,}", lambda row: row[1], True),
    ]
    model = RecordModel(columns, lambda row: row[0])
    model.set_rows([("S10", 5), ("S2", 1200), ("T1", 40)])
    return model


def shown(model: RecordModel[tuple[str, int]]) -> list[str]:
    return [model.key_at(row) for row in range(model.rowCount())]


def test_records_keep_the_rules_of_models(qtmodeltester: ModelTester) -> None:
    model = records()
    qtmodeltester.check(model)
    model.sort(1, Qt.SortOrder.DescendingOrder)
    model.filter("s")
    model.set_rows([])
    qtmodeltester.check(model)


def test_text_is_sorted_with_its_numbers_as_numbers() -> None:
    model = records()
    model.sort(0)
    assert shown(model) == ["S2", "S10", "T1"]
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert shown(model) == ["S2", "T1", "S10"]
    model.sort(-1)
    assert shown(model) == ["S10", "S2", "T1"]
    assert natural("Room 9") < natural("room 10")


def test_sorting_takes_persistent_indexes_along() -> None:
    model = records()
    held = QPersistentModelIndex(model.index(0, 1))
    model.sort(0)
    assert (held.row(), held.data()) == (1, "5")


def test_filter_wants_every_word_and_the_condition() -> None:
    model = records()
    model.filter("s 1")
    assert shown(model) == ["S10", "S2"]
    model.filter("s", lambda row: row[1] > 100)
    assert shown(model) == ["S2"]
    model.set_rows([("S3", 500), ("S4", 1)])  # the filter stays
    assert shown(model) == ["S3"]


def test_matrix_keeps_the_rules_of_models(qtmodeltester: ModelTester) -> None:
    model = MatrixModel()
    cells = ((MatrixCell("1", 5, "one"), MatrixCell("")), (MatrixCell("2"), MatrixCell("3", 1)))
    model.set_matrix(Matrix(("Algebra", "Band"), ("R1", "G1"), cells))
    qtmodeltester.check(model)
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Algebra, R1: one"
    assert model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Algebra, G1: nothing"
    model.filter("band")
    assert model.headerData(0, Qt.Orientation.Vertical) == "Band"


@pytest.mark.parametrize("look", ["light", "dark"])
def test_numbers_are_readable_on_every_tone(look: str) -> None:
    theme().choose(look)
    try:
        for tone in theme().tokens.heat:
            assert contrast(ink_on(QColor(tone)), QColor(tone)) >= 4.5
    finally:
        theme().choose("light")


def test_tones_follow_the_appearance() -> None:
    model = MatrixModel()
    model.set_matrix(Matrix(("A",), ("R1",), ((MatrixCell("1", 3),),)))
    light = model.index(0, 0).data(Qt.ItemDataRole.BackgroundRole)
    theme().choose("dark")
    try:
        assert model.index(0, 0).data(Qt.ItemDataRole.BackgroundRole) != light
    finally:
        theme().choose("light")


def test_heat_counts_who_waits_and_could_come(dataset: Dataset) -> None:
    matrix = heat_map(read(dataset), False, Measure.WANTED)
    assert matrix.rows == ("Band", "Algebra")  # by department
    assert matrix.columns == ("R1", "G1", ALL_PERIODS)
    band, algebra = matrix.cells
    # s2 lacks Band and is free in G1, not in R1.
    assert [cell.text for cell in band] == ["", "2/1", "2/1"]
    assert band[1].tone == 5
    assert [cell.text for cell in algebra] == ["2/2", "0/2", "2/4"]
    assert [cell.tone for cell in algebra] == [5, 0, 2]


def test_heat_by_department_and_by_other_measures(dataset: Dataset) -> None:
    departments = heat_map(read(dataset), True, Measure.FILLED)
    assert departments.rows == ("Arts", "Math")
    assert [cell.text for cell in departments.cells[0]] == ["", "1/1", "1/1"]
    free = heat_map(read(dataset), True, Measure.FREE)
    assert [cell.text for cell in free.cells[1]] == ["0", "2", "2"]


def test_master_grid_names_teacher_section_and_term(dataset: Dataset) -> None:
    matrix = master_grid(read(dataset))
    assert matrix.columns == ("R1", "G1")
    assert [[cell.text for cell in row] for row in matrix.cells] == [
        ["", "no teacher B1 (S2)"],
        ["Byron A1", "Byron A2 (S1)"],
    ]


def test_master_grid_shows_what_has_no_place(dataset: Dataset) -> None:
    key = ("1", "A2")
    dataset.placements._rows[key] = replace(dataset.placements[key], periods=())
    matrix = master_grid(read(dataset))
    assert matrix.columns == ("R1", "G1", "Not placed")
    assert matrix.cells[1][2].text == "Byron A2"


def test_week_of_a_student_tells_terms_and_pins(dataset: Dataset, qtmodeltester: ModelTester) -> None:
    week = student_week(read(dataset), "s1")
    assert (week.days, week.rows) == (("R day", "G day"), ("1",))
    assert week.words((0, 1)) == "Band, B1, S2, pinned"
    assert student_week(read(dataset), "s2").words((0, 1)) == "free"
    model = WeekModel()
    model.set_week(week)
    qtmodeltester.check(model)
    model.set_week(student_week(read(dataset), "s2"))
    assert model.index(0, 0).data() == "Algebra, A1  ·  Byron, Ada"


def one_day(dataset: Dataset) -> Timetable:
    """Read the school with one day, Zero before G1; s1 has Band, then Algebra, then Chess in one period."""
    periods = [e.Period("G1", "1", "Mon", 1), e.Period("Zero", "0", "Mon", 0)]
    school = School(
        periods=periods,
        terms=dataset.school.terms.values(),
        sections=[
            e.Section(name, name, (), 2, term_choices=terms)
            for name, terms in (("B", (("S2",),)), ("A", (("S1",),)), ("C", ()))
        ],
        students=[e.Student("s1")],
        requests=[e.RequestList("s1", tuple(map(e.CourseRequest, "BAC")))],
    )
    placements = [
        e.Placement("1", "B", ("Zero",), ("S2",)),
        e.Placement("1", "A", ("Zero",), ("S1",)),
        e.Placement("1", "C", ("G1",)),
    ]
    seating = e.Seating("1", "s1", tuple(e.Seat(name, name) for name in "CBA"))
    return read(Dataset(school, (), [e.Scenario("1", "x")], placements, [seating]))


def test_a_week_of_one_day_names_its_periods_and_puts_terms_in_order(dataset: Dataset) -> None:
    week = student_week(one_day(dataset), "s1")
    assert week.rows == ("Zero", "G1")
    assert [entry.section for entry in week.entries[0, 0]] == ["A", "B"]


def test_a_handout_lists_sections_by_period_and_then_by_term(dataset: Dataset) -> None:
    listed = student_page(one_day(dataset), Heading("", "", ""), "s1").partition("Sections")[2]
    assert re.findall(r"<tr><td>(.*?)</td>", listed) == ["Zero (S1)", "Zero (S2)", "G1"]


def test_alternate_says_what_it_stands_for(dataset: Dataset) -> None:
    key = ("1", "s2")
    seats = (e.Seat("A", "A1"), e.Seat("B", "A2"))
    dataset.seatings._rows[key] = replace(dataset.seatings[key], seats=seats)
    timetable = read(dataset)
    assert student_week(timetable, "s2").words((0, 1)).endswith("S1, in place of Band")
    assert timetable.unmet == ()


def test_week_of_a_teacher(dataset: Dataset) -> None:
    week = teacher_week(read(dataset), "T1")
    assert week.words((0, 0)) == "Algebra, A1  ·  2 of 2"
    assert week.words((0, 1)) == "Algebra, A2  ·  0 of 2, S1"


def test_what_is_copied_stays_what_it_is() -> None:
    columns: list[Column[str]] = [Column("Id", 80, lambda row: row), Column("Sum", 80, lambda _row: "1,200")]
    model = RecordModel(columns, lambda row: row)
    model.set_rows(["0042", "=1+1", "+1.5", "<b>"])
    block = table_block(model, range(4), [0, 1])
    assert [line[0] for line in block] == ["Id", "0042", "'=1+1", "+1.5", "<b>"]
    data = clipping(block)
    assert data.text().splitlines()[1] == "0042\t1,200"
    assert '<td style="mso-number-format:\\@">0042</td><td>1,200</td>' in data.html()
    assert "&lt;b&gt;" in data.html()
    assert "<td>+1.5</td>" in data.html()


def test_heat_is_copied_so_that_it_is_no_date(dataset: Dataset) -> None:
    model = MatrixModel()
    model.set_matrix(heat_map(read(dataset), False, Measure.WANTED))
    assert table_block(model, [0], [1]) == [["", "G1"], ["Band", "2 of 1"]]
