"""The reading of policies that the other tests rely on, case by case as AWS documents it."""

from typing import Any

import pytest
from iam import Call, allowed


def one(
    effect: str = "Allow", action: Any = "s3:GetObject", resource: Any = "*", **more: Any
) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}]}


GET = Call("s3:GetObject", "arn:aws:s3:::b/runs/1")
PREFIX = {"StringLike": {"s3:prefix": "runs/*"}}
VIA = {"StringEquals": {"kms:ViaService": ["s3.a.amazonaws.com", "s3.b.amazonaws.com"]}}


@pytest.mark.parametrize(
    ("documents", "call", "expected"),
    [
        ([], GET, False),
        ([one()], GET, True),
        ([one(action="S3:getobject")], GET, True),
        ([one(action="s3:Get*")], GET, True),
        ([one(action="s3:GetObjec?")], GET, True),
        ([one(action="s3:GetObjec")], GET, False),
        ([one(action=["s3:PutObject", "s3:GetObject"])], GET, True),
        ([one(resource="arn:aws:s3:::b/runs/*")], GET, True),
        ([one(resource="arn:aws:s3:::b/RUNS/*")], GET, False),
        ([one(resource="arn:aws:s3:::b")], GET, False),
        ([one(resource="arn:aws:s3:::b.runs/1")], GET, False),
        ([one(), one("Deny")], GET, False),
        ([one(), one("Deny", action="s3:PutObject")], GET, True),
        ([one(Condition=PREFIX)], GET, False),
        ([one(Condition=PREFIX)], Call(GET.action, GET.resource, {"s3:prefix": "runs/1"}), True),
        ([one(Condition=PREFIX)], Call(GET.action, GET.resource, {"s3:prefix": "run"}), False),
        (
            [one(Condition=VIA)],
            Call(GET.action, GET.resource, {"kms:ViaService": "s3.b.amazonaws.com"}),
            True,
        ),
        ([one(Condition=VIA | PREFIX)], Call(GET.action, GET.resource, {"s3:prefix": "runs/1"}), False),
    ],
)
def test_reading(documents: list[dict[str, Any]], call: Call, expected: bool) -> None:
    assert allowed(documents, call) is expected


@pytest.mark.parametrize("more", [{"NotAction": "*"}, {"Condition": {"ArnLike": {"aws:SourceArn": "*"}}}])
def test_what_it_does_not_know_it_refuses_to_judge(more: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="does not know"):
        allowed([one(**more)], GET)
