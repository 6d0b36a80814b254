"""Kernels below an entry are linked into it and never made machine code of by themselves."""

import numba
import numpy as np
import pytest

from echelon_desktop.solver.search import jit, linking


@jit.kernel
def double(d: list[int], i: int) -> int:
    return 2 * d[i]


@jit.entry
def add_doubles(d: list[int], i: int, j: int) -> int:
    return double(d, i) + double(d, 1) + double(d, j)


def twin_of(monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    monkeypatch.setenv("NUMBA_DISABLE_CACHING", "1")
    monkeypatch.setattr(jit, "point_to_cache", lambda numba, kernels: False)
    monkeypatch.setattr(jit, "_TWINS", {})
    monkeypatch.setattr(jit, "_SPACES", {})
    entry = jit.compiled(add_doubles)
    assert entry(np.array([3, 4, 5]), 0, 2) == 24
    return entry, jit._TWINS[double]


def test_a_kernel_below_an_entry_is_linked_only(monkeypatch: pytest.MonkeyPatch) -> None:
    entry, part = twin_of(monkeypatch)
    codes = [dispatcher.overloads for dispatcher in (entry, part)]
    assert [len(overloads) for overloads in codes] == [1, 1], "constants make no versions of their own"
    loaded = [next(iter(overloads.values())).library for overloads in codes]
    assert type(loaded[1]).__name__ == "Part"
    assert type(loaded[0]).__name__ != "Part"


def test_another_numba_than_expected_compiles_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> object:
        raise ImportError("numba has other insides")

    monkeypatch.setattr(linking, "_part_compiler", missing)
    _, part = twin_of(monkeypatch)
    assert isinstance(next(iter(part.overloads.values())).library, numba.core.codegen.JITCodeLibrary)
