"""
One source for two speeds: kernels run as plain Python until numba has compiled them.

A kernel is an ordinary function on flat sequences of integers (lists when interpreted, arrays when
compiled). :func:`kernel` only notes it; :func:`compiled` makes a second set of the same functions, compiled
by numba and calling each other. numba is imported there and nowhere else, so that programs which never
search do not pay for it, and so that the search can start before numba has finished loading.
"""

import contextlib
import hashlib
import logging
import os
import shutil
import sys
import threading
import time
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from echelon_desktop.solver.search.linking import part_compiler

_LOG = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_KERNELS: dict[Callable[..., Any], bool] = {}
_LOCK = threading.RLock()
_TWINS: dict[Callable[..., Any], Callable[..., Any]] = {}
TRIES = 3
"""Of each kernel: numba walks through tables of modules, which other threads may be importing meanwhile."""
FOLDERS = "numba-"  # how the names of cache folders begin
UNUSED_S = 60 * 24 * 3600.0  # after which the cache of a version that is gone is deleted
_SPACES: dict[str, dict[str, Any]] = {}  # globals of the twins, by module


def kernel(function: F) -> F:
    """Note a function that is to be compiled into its callers; it stays plain Python."""
    _KERNELS[function] = False
    return function


def entry(function: F) -> F:
    """Note a kernel that Python calls: it is kept in the cache on disk and runs without the GIL."""
    _KERNELS[function] = True
    return function


def bare(values: T) -> T:
    """
    The numbers of an array without its length, for an entry to hand on: compiled, one pointer.

    Of an array, numba passes seven words to every kernel, counts references at every call, and asks at every
    index whether it is negative.
    """
    return values


def compiled(function: F) -> F:
    """
    The compiled twin of an entry kernel.

    Compiling happens at the first call with given types, or is read from the cache. Safe to call from any
    thread.
    """
    with _LOCK:
        if function not in _TWINS:
            before = dict(_TWINS)
            try:
                _build(function)
            except BaseException:
                _TWINS.clear()  # some would call others that are not compiled
                _TWINS.update(before)
                raise
        return _TWINS[function]  # type: ignore[return-value]


def _build(function: Callable[..., Any]) -> None:
    """Make twins of an entry kernel and of all that it calls."""
    import numba

    _TWINS.setdefault(bare, _bare())
    kernels = reach(function)
    cache = point_to_cache(numba, kernels)
    part = part_compiler()
    for one in kernels:
        if one in _TWINS:
            continue
        space = _SPACES.setdefault(one.__module__, dict(sys.modules[one.__module__].__dict__))
        copy = types.FunctionType(one.__code__, space, one.__name__, one.__defaults__)
        copy.__module__ = one.__module__
        copy.__qualname__ = one.__qualname__
        copy.__annotations__ = {}
        is_entry = _KERNELS[one]
        # Kernels divide by numbers they know not to be zero, and only entries are called from outside.
        options: dict[str, Any] = {
            "nogil": True,
            "cache": cache and is_entry,
            "error_model": "numpy",
            "no_cfunc_wrapper": True,
            "no_cpython_wrapper": not is_entry,
        }
        if part is not None and not is_entry:
            options["pipeline_class"] = part
        _TWINS[one] = _plainly_typed(numba, numba.njit(copy, **options))
    for space in _SPACES.values():
        for name, value in list(space.items()):
            if isinstance(value, types.FunctionType) and value in _TWINS:
                space[name] = _TWINS[value]


def _bare() -> Any:
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def pointer(context: Any, values: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return context.make_array(values)(context, builder, args[0]).data

        return types.CPointer(values.dtype)(values), code  # type: ignore[no-untyped-call]

    return pointer


def _plainly_typed(numba: Any, dispatcher: Any) -> Any:
    """
    A dispatcher that takes a constant argument as any other number.

    numba would compile a kernel anew for each combination of constants that it is called with; the machine
    code is no better for it, since LLVM inlines the calls that matter.
    """
    template = dispatcher.get_call_template
    dispatcher.get_call_template = lambda args, kws: template([numba.types.unliteral(x) for x in args], kws)
    return dispatcher


def reach(function: Callable[..., Any]) -> list[Callable[..., Any]]:
    """A kernel and all that it calls, itself or through others."""
    found = [function]
    for one in found:
        called = (one.__globals__.get(name) for name in one.__code__.co_names)
        found += [other for other in dict.fromkeys(map(_as_kernel, called)) if other not in (None, *found)]
    return found


def _as_kernel(value: Any) -> Any:
    return value if isinstance(value, types.FunctionType) and value in _KERNELS else None


def record(layout: Any) -> Any:
    """
    A named tuple of integers as a numpy record, for compiled kernels.

    They take a record as one pointer, a tuple as a register for every field: half the time to compile.
    """
    return np.array([tuple(layout)], dtype=[(name, np.int64) for name in layout._fields])[0]


def point_to_cache(numba: Any, kernels: Sequence[Callable[..., Any]]) -> bool:
    """Let numba keep what it compiles in a folder of the user's; False where no folder can be written."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return True
    folder = cache_folder(kernels)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    numba.config.CACHE_DIR = str(folder)
    _clear_caches(folder.parent)
    return True


def _clear_caches(root: Path) -> None:
    """Delete the folders of kernels that no program has used for long; the probe dates those in use."""
    for folder in root.glob(f"{FOLDERS}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < time.time() - UNUSED_S:
                shutil.rmtree(folder, ignore_errors=True)


def cache_folder(kernels: Sequence[Callable[..., Any]]) -> Path:
    """
    Folder for a compiled entry kernel, named by what it was compiled from.

    numba notices a change of the function it keeps, not of those that it calls; a name that depends on the
    code of all of them makes stale machine code impossible, installed or frozen.

    Parameters
    ----------
    kernels
        The entry kernel and all that it calls, as :func:`reach` gives them.
    """
    import platformdirs

    digest = hashlib.sha256()
    for function in kernels:
        code = function.__code__
        digest.update(repr((code.co_name, code.co_code, code.co_names, code.co_consts)).encode())
        constants = {
            name: value
            for name, value in list(function.__globals__.items())
            if name in code.co_names and isinstance(value, int | float)
        }
        digest.update(repr(sorted(constants.items())).encode())
    root = Path(platformdirs.user_cache_dir("Echelon Desktop", appauthor=False))
    return root / f"{FOLDERS}{digest.hexdigest()[:16]}"


def _persist(call: Callable[[], object]) -> None:
    """Try again what fails because something changed while it was looked at."""
    for last in (False,) * (TRIES - 1) + (True,):
        try:
            call()
        except RuntimeError as error:
            if last:
                raise
            _LOG.info("kernels are compiled again: %s", error, exc_info=True)
        else:
            return


class Warmup:
    """
    Compiling in the background; one per process serves every search.

    Parameters
    ----------
    calls
        For each entry kernel, in the order they will be needed, something that calls its compiled twin once.
    """

    def __init__(self, calls: dict[Callable[..., Any], Callable[[], object]]) -> None:
        self._calls = calls
        self._ready: set[Callable[..., Any]] = set()
        self._over = threading.Event()
        # A daemon: a program that has its schedule must not wait for a compiler it no longer needs.
        threading.Thread(target=self._run, name="compile kernels", daemon=True).start()

    def ready(self, function: Callable[..., Any]) -> bool:
        """Whether the compiled twin of an entry kernel can be called without waiting."""
        return function in self._ready

    @property
    def over(self) -> bool:
        """Whether compiling has ended, well or not."""
        return self._over.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until compiling is over; False if ``timeout_s`` passed first."""
        return self._over.wait(timeout_s)

    def _run(self) -> None:
        try:
            for function, call in self._calls.items():
                _persist(call)
                self._ready.add(function)
        except Exception as error:
            # Without a compiler the search is slow, not wrong.
            _LOG.warning("kernels stay interpreted: %s", error)
        finally:
            self._over.set()
