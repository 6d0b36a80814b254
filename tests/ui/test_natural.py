"""Names are sorted as people sort them."""

from echelon_desktop.ui.natural import natural


def test_numbers_in_names_are_numbers_and_case_does_not_count():
    names = ["English 10", "english 9", "Art", "English", "9", "10", "English 9 Honors"]
    assert sorted(names, key=natural) == [
        *("9", "10", "Art", "English", "english 9", "English 9 Honors", "English 10")
    ]


def test_grades_below_one_come_after_numbers():
    assert sorted(["12", "K", "9"], key=natural) == ["9", "12", "K"]
