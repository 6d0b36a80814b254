"""
Policies as AWS reads them: what a set of documents allows somebody to do.

Written here since moto looks at one kind of condition only. It knows what the template uses, and refuses what
it does not know rather than guess: an explicit Deny wins, then an Allow, else no.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Call:
    """
    Something somebody asks AWS for.

    Parameters
    ----------
    action, resource
        As IAM names them.
    context
        What conditions can ask for, such as ``s3:prefix``.
    """

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def allowed(documents: Iterable[Mapping[str, Any]], call: Call) -> bool:
    """Whether policies of a user or role, taken together, allow a call."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _list(document["Statement"])
        if _applies(statement, call)
    }
    return "Deny" not in effects and "Allow" in effects


def actions(documents: Iterable[Mapping[str, Any]]) -> set[str]:
    """All actions that documents name."""
    statements = [statement for document in documents for statement in _list(document["Statement"])]
    return {action for statement in statements for action in _list(statement["Action"])}


def _applies(statement: Mapping[str, Any], call: Call) -> bool:
    unknown = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}
    assert not unknown, f"the evaluator does not know {unknown}"
    return (
        any(_matches(pattern.lower(), call.action.lower()) for pattern in _list(statement["Action"]))
        and any(_matches(pattern, call.resource) for pattern in _list(statement["Resource"]))
        and all(
            _holds(operator, call.context.get(key), _list(wanted))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, given: str | None, wanted: list[str]) -> bool:
    # A key that the call does not have fulfils no condition.
    if operator == "StringLike":
        return given is not None and any(_matches(pattern, given) for pattern in wanted)
    assert operator in ("StringEquals", "Bool"), f"the evaluator does not know {operator}"
    return given in wanted


def _matches(pattern: str, text: str) -> bool:
    return _expression(pattern).fullmatch(text) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(letter, re.escape(letter)) for letter in pattern), re.DOTALL)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
