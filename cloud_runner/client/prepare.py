"""Makes what leaves: the school as a shuffled problem, with the key table that stays."""

import hashlib
from dataclasses import dataclass

import numpy as np

from cloud_runner import solutions
from cloud_runner.client.keytable import KeyTable, school_digest
from cloud_runner.client.order import Order
from cloud_runner.client.receipt import Figures, Receipt, receipt
from cloud_runner.client.shuffle import Permutation, secret_rng, shuffle
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.known import require_known_names
from echelon_desktop.solver.problem import Keys, Problem
from echelon_desktop.solver.schedules import solution_of
from echelon_desktop.solver.verify import verify


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    A run that is ready to be sent; nothing has left yet.

    Parameters
    ----------
    order
        What is asked for.
    input_bytes, start_bytes
        The exact bytes that will leave; ``receipt.readable`` shows them. No start: None.
    key_table
        What stays.
    receipt, figures
        What leaves, in words and in numbers.
    digest
        Of the school as it is sent.
    """

    order: Order
    input_bytes: bytes
    start_bytes: bytes | None
    key_table: KeyTable
    receipt: Receipt
    figures: Figures
    digest: str


def prepare(
    school: School,
    rules: tuple[Rule, ...],
    baseline: Schedule,
    order: Order,
    start: Schedule | None = None,
    rng: np.random.Generator | None = None,
) -> Prepared:
    """
    Prepare a run.

    Parameters
    ----------
    school, rules, baseline
        As for ``solve_school``; the baseline's locks, forbidden places and pins are kept.
    order
        What is asked for.
    start
        A schedule to begin with; one that does not fit the school is not used.
    rng
        Where the run's order of numbers comes from; from the operating system when left out, as it should be
        outside tests.

    Raises
    ------
    InputError
        If no schedule of the school could be used.
    UnsupportedError
        If the school has more slots than can be solved.
    """
    require_known_names(school)
    plain, keys = compile_school(school, rules, baseline)
    given = None
    if start is not None and verify(school, rules, start, baseline).ok:
        given = solution_of(start, plain, keys)
    problem, permutation = shuffle(plain, rng or secret_rng())
    start_bytes = None if given is None else solutions.to_bytes(permutation.out(given))
    return _prepared(order, problem, start_bytes, permutation, keys, school, tuple(rules), baseline)


def prepare_again(table: KeyTable, input_bytes: bytes, order: Order, best: bytes | None) -> Prepared:
    """
    Prepare the same problem for another run, in an order of its own.

    Parameters
    ----------
    table, input_bytes
        Of the run before.
    best
        The best schedule of that run, in its numbers, to begin with; None for none.
    """
    before = Problem.from_bytes(input_bytes)
    problem, again = shuffle(before, secret_rng())
    start = None if best is None else solutions.to_bytes(again.out(solutions.from_bytes(best, before)))
    permutation = again.after(table.permutation)
    return _prepared(
        order, problem, start, permutation, table.keys, table.school, table.rules, table.baseline
    )


def _prepared(
    order: Order,
    problem: Problem,
    start: bytes | None,
    permutation: Permutation,
    keys: Keys,
    school: School,
    rules: tuple[Rule, ...],
    baseline: Schedule,
) -> Prepared:
    data = problem.to_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    figures = Figures.of(problem)
    sped = int(problem.student_sped.sum())
    return Prepared(
        order=order,
        input_bytes=data,
        start_bytes=start,
        key_table=KeyTable(sha256, permutation, keys, school, rules, baseline),
        receipt=receipt(figures, len(data), sha256, len(start or b""), sped),
        figures=figures,
        digest=school_digest(school, rules, baseline),
    )
