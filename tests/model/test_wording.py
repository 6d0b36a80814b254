"""Small pieces of sentences."""

from echelon_desktop.model.wording import an, counted, few_of, listed


def test_lists_end_with_a_word() -> None:
    assert [listed("ABC"[:n]) for n in range(4)] == ["", "A", "A and B", "A, B and C"]
    assert listed("AB", "or") == "A or B"


def test_what_is_left_out_is_counted_and_never_a_single_name() -> None:
    assert few_of("ABCD", 4) == "A, B, C and D"
    assert few_of("ABCDE", 4) == "A, B, C and 2 more"
    assert few_of("ABCD", 4, "or") == "A, B, C or D"
    assert few_of("ABCDE", 4, "or") == "A, B, C and 2 more"


def test_one_has_its_article() -> None:
    assert [an(noun) for noun in ("seat", "absence")] == ["a seat", "an absence"]


def test_one_is_told_from_several() -> None:
    assert [counted(n, "seat") for n in (0, 1, 2000)] == ["0 seats", "1 seat", "2,000 seats"]
    assert counted(2, "class", "classes") == "2 classes"
