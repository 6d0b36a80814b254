"""Every kind of finding has words for people."""

from echelon_desktop.model.checks import KINDS
from echelon_desktop.model.code_words import words_of
from echelon_desktop.model.codes import Code


def test_every_kind_has_words_of_its_own() -> None:
    for code in Code:
        assert words_of(code) != code.replace("-", " "), code
    assert words_of("load-differs") == KINDS["load-differs"].many
    assert words_of("never-seen") == "never seen"
