"""The rules of a ``retryStrategy``, as the AWS Batch reference states them."""

from typing import Any

import pytest

from cloud_runner.emulator.resources import Settings
from cloud_runner.emulator.retry import OUT_OF_MEMORY, TIMED_OUT, Exit, tries_again

HOST_LOST = "Host EC2 (instance i-0123456789abcdef0) terminated."


@pytest.mark.parametrize(
    ("exit", "again"),
    [
        (Exit(143, status_reason=HOST_LOST), True),
        (Exit(143), True),  # a reclaim that the container was quicker than
        (Exit(137, status_reason=HOST_LOST), True),
        (Exit(None, reason="CannotPullContainerError: timeout"), True),
        (Exit(137, reason=OUT_OF_MEMORY), False),
        (Exit(1), False),
        (Exit(65), False),
        (Exit(143, status_reason="cancelled", final=True), False),
        (Exit(137, status_reason=TIMED_OUT, final=True), False),
        (Exit(0), False),
    ],
)
def test_the_stacks_own_rules(exit: Exit, again: bool) -> None:
    assert tries_again(Settings.of_template().retries, 1, exit) is again


def test_attempts_are_counted() -> None:
    assert tries_again({"attempts": 2}, 1, Exit(7))
    assert not tries_again({"attempts": 2}, 2, Exit(7))
    assert not tries_again({}, 1, Exit(7))
    assert not tries_again(None, 1, Exit(7))


@pytest.mark.parametrize(
    ("rules", "again"),
    [
        ([{"onExitCode": "7", "action": "exit"}], False),
        ([{"onExitCode": "7*", "action": "EXIT"}], False),
        ([{"onExitCode": "70", "action": "EXIT"}], True),
        ([{"onExitCode": "7", "onReason": "Out*", "action": "EXIT"}], True),  # all conditions of a rule
        ([{"onExitCode": "7", "action": "RETRY"}, {"onExitCode": "*", "action": "EXIT"}], True),  # the first
        ([], True),
    ],
)
def test_the_first_rule_whose_conditions_all_hold_decides(rules: list[dict[str, Any]], again: bool) -> None:
    assert tries_again({"attempts": 2, "evaluateOnExit": rules}, 1, Exit(7)) is again
