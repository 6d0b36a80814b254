"""The kernels: the same interpreted and compiled, at any cut into pieces; sums that stay true; the cache."""

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from plain_schools import random_school
from test_search import middling

from echelon_desktop.solver.search import jit
from echelon_desktop.solver.search.anneal import seek
from echelon_desktop.solver.search.balance import even_out
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.run import warm_up
from echelon_desktop.solver.search.start import place_sections
from echelon_desktop.solver.search.state import COST, lay_out


class Never:
    """A compiler that never gets ready."""

    over = True

    def ready(self, function: object) -> bool:
        return False

    def wait(self, timeout_s: float | None = None) -> bool:
        return True


class After:
    """A compiler that is ready from the n-th question on."""

    over = True

    def __init__(self, n: int) -> None:
        self.n = n

    def ready(self, function: object) -> bool:
        self.n -= 1
        return self.n < 0


def trajectory(problem: PlainProblem, warmup: object, pieces: list[int]) -> list[int]:
    """All data of a chain after a search in pieces."""
    chain = Chain(lay_out(problem), 7, warmup)  # type: ignore[arg-type]
    chain.begin(place_sections(problem, random.Random(7)) or [], None)
    heat = 2.0
    for n in pieces:
        chain.anneal(n, heat, 0.999, -1)
        heat = chain.temperature
    chain.level(0, problem.n_students)
    chain.price_all()
    for n in pieces:
        chain.soften(n, (0.01, 20.0), (1.0, 1.0))
    return chain._data[:] if isinstance(chain._data, list) else chain._data.tolist()


@pytest.fixture(scope="module")
def ready() -> jit.Warmup:
    """Compiled kernels; the first run on a machine compiles them."""
    warmup = warm_up()
    warmup.wait()
    return warmup


def test_interpreted_and_compiled_go_the_same_way(ready: jit.Warmup) -> None:
    problem = middling()
    interpreted = trajectory(problem, Never(), [400])
    compiled = trajectory(problem, ready, [400])
    assert interpreted == compiled


def test_going_over_to_compiled_kernels_midway_changes_nothing(ready: jit.Warmup) -> None:
    problem = middling()
    assert trajectory(problem, After(3), [100] * 4) == trajectory(problem, ready, [100] * 4)


def test_the_cut_into_pieces_changes_nothing(ready: jit.Warmup) -> None:
    problem = middling()
    assert trajectory(problem, ready, [30, 1, 300, 69]) == trajectory(problem, ready, [400])


@pytest.mark.parametrize("seed", range(8))
def test_the_sums_agree_with_the_schedule(seed: int, ready: jit.Warmup) -> None:
    problem = middling(seed) if seed % 2 else random_school(200 + seed)
    placed = place_sections(problem, random.Random(seed))
    if placed is None:
        pytest.skip("no placement of sections")
    board = lay_out(problem)
    chain = Chain(board, seed, ready)
    chain.begin(placed, None)
    chain.anneal(2000, 1.5, 1.0, -1)
    chain.level(0, problem.n_students)
    chain.price_all()
    chain.soften(2000, (0.015, 30.0), (1.0, 1.0))
    at, d = board.at, np.array(chain._data)
    course = d[at.request_course : at.request_course + at.n_requests]
    slots = d[at.request_slot : at.request_slot + at.n_requests]
    met = slots >= 0
    load = np.bincount(course[met] * at.n_slots + slots[met], minlength=at.n_courses * at.n_slots)
    assert d[at.load : at.load + len(load)].tolist() == load.tolist()
    weights = d[at.request_weight : at.request_weight + at.n_requests]
    assert chain.missed == int(weights[~met].sum()) + board.base
    total = int(d[at.cost : at.cost + at.n_courses + at.n_teachers].sum())
    assert d[COST] == total
    chain.price_all()
    assert chain.least == total


def test_without_a_folder_to_write_to_nothing_is_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    occupied = tmp_path / "a file"
    occupied.write_text("")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(jit, "cache_folder", lambda kernels: occupied / "cache")

    class Numba:
        class config:
            CACHE_DIR = ""

    assert jit.point_to_cache(Numba, []) is False
    monkeypatch.setattr(jit, "cache_folder", lambda kernels: tmp_path / "new" / "cache")
    assert jit.point_to_cache(Numba, []) is True
    assert Path(Numba.config.CACHE_DIR).is_dir()


def test_caches_of_kernels_that_nobody_uses_any_more_are_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path))
    recent, unused, other = (tmp_path / name for name in ("numba-b", "numba-c", "c"))
    used = jit.cache_folder(jit.reach(seek))
    for folder in (used, recent, unused, other):
        folder.mkdir()
        (folder / "code").touch()
    ages = {used: 2, recent: 0.9, unused: 1.1, other: 2}
    for folder, age in ages.items():
        os.utime(folder, (time.time() - age * jit.UNUSED_S,) * 2)

    class Numba:
        class config:
            CACHE_DIR = ""

    assert jit.point_to_cache(Numba, jit.reach(seek)) is True
    assert sorted(tmp_path.iterdir()) == sorted([used, recent, other])
    assert (used / "code").exists()


def test_a_failing_compiler_leaves_the_search_interpreted() -> None:
    def fail() -> None:
        raise OSError("no compiler")

    warmup = jit.Warmup({fail: fail})
    warmup.wait()
    assert warmup.over
    assert not warmup.ready(fail)


@pytest.mark.parametrize("failures", [1, jit.TRIES - 1, jit.TRIES])
def test_what_fails_once_is_tried_again(failures: int) -> None:
    tried = []

    def compiling() -> None:
        tried.append(seek)
        if len(tried) <= failures:
            raise RuntimeError("dictionary changed size during iteration")

    warmup = jit.Warmup({seek: compiling})
    assert warmup.wait(60)
    assert warmup.ready(seek) == (failures < jit.TRIES)
    assert len(tried) == min(failures + 1, jit.TRIES)


def test_a_build_that_fails_leaves_no_half_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    twins: dict[Callable[..., object], Callable[..., object]] = {}

    def failing(numba: object, dispatcher: Callable[..., object]) -> Callable[..., object]:
        if len(twins) > 2:
            raise RuntimeError("dictionary changed size during iteration")
        return dispatcher

    monkeypatch.setattr(jit, "_TWINS", twins)
    monkeypatch.setattr(jit, "_plainly_typed", failing)
    with pytest.raises(RuntimeError, match="changed size"):
        jit.compiled(seek)
    assert not twins


def test_kernels_get_ready_one_after_another() -> None:
    gate, reached = threading.Event(), threading.Event()

    def first() -> None:
        pass

    def second() -> None:
        reached.set()
        gate.wait()

    calls: dict[Callable[..., object], Callable[[], object]] = {first: first, second: second}
    warmup = jit.Warmup(calls)
    reached.wait()
    assert (warmup.ready(first), warmup.ready(second), warmup.over) == (True, False, False)
    gate.set()
    warmup.wait()
    assert warmup.ready(second)


def test_an_entry_reaches_all_that_it_calls_and_nothing_else() -> None:
    names = {function.__name__ for function in jit.reach(seek)}
    assert {"seek", "construct", "anneal", "propose", "settle", "draw"} <= names
    assert "even_out" not in names
    assert jit.cache_folder(jit.reach(seek)) != jit.cache_folder(jit.reach(even_out))
