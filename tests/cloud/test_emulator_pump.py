"""Messages reach the handler as from SQS through Lambda; what fails comes again, at last as a dead letter."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.programs import clean_environment
from cloud_runner.emulator.pump import Pump, failures

# Does what a message's body says.
HANDLER = """
import os

def handler(event, context):
    failed = []
    for record in event["Records"]:
        print("handles", record["body"])
        match record["body"]:
            case "fail":
                failed.append({"itemIdentifier": record["messageId"]})
            case "raise":
                raise RuntimeError("as it was told")
            case "die":
                os._exit(1)
    return {"batchItemFailures": failed}
"""


class Bench:
    """A queue of its own with dead letters, and a pump that the test turns by hand."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        (folder / "told.py").write_text(HANDLER)
        self.sqs = cloud.client("sqs")
        self.dead = self.sqs.create_queue(QueueName="pump-dead")["QueueUrl"]
        redrive = {"deadLetterTargetArn": self.arn(self.dead), "maxReceiveCount": 3}
        attributes = {"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
        self.queue = self.sqs.create_queue(QueueName="pump", Attributes=attributes)["QueueUrl"]
        self.lines: list[str] = []
        environment = clean_environment(cloud.endpoint, "us-east-1") | {"PYTHONPATH": str(folder)}
        source = str(Path(__file__).resolve().parents[2])
        environment["PYTHONPATH"] += f"{os.pathsep}{source}"
        self.pump = Pump(
            self.sqs,
            self.queue,
            self.arn(self.queue),
            "told:handler",
            environment,
            folder,
            on_line=self.lines.append,
        )

    def arn(self, url: str) -> str:
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn: str = answer["Attributes"]["QueueArn"]
        return arn

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.queue, MessageBody=body)

    def count(self, url: str) -> int:
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def bodies(self) -> list[list[str]]:
        return [[record["body"] for record in call["event"]["Records"]] for call in self.pump.calls]


@pytest.fixture
def bench(cloud: Cloud, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(cloud, tmp_path)
    yield bench
    bench.pump.end_host()
    for url in (bench.queue, bench.dead):
        bench.sqs.delete_queue(QueueUrl=url)


def test_what_the_handler_takes_is_deleted_and_what_it_names_comes_again(bench: Bench) -> None:
    bench.send("fine", "fail")
    assert bench.pump.turn()
    assert bench.pump.turn()
    assert bench.bodies() == [["fine", "fail"], ["fail"]]
    assert bench.lines == ["handles fine\n", "handles fail\n", "handles fail\n"]
    counts = [record["attributes"]["ApproximateReceiveCount"] for record in records(bench.pump.calls[1])]
    assert counts == ["2"]


@pytest.mark.parametrize("poison", ["fail", "raise", "die"])
def test_poison_ends_among_the_dead_letters_after_its_receives(bench: Bench, poison: str) -> None:
    bench.send(poison)
    while bench.pump.turn():
        continue
    assert bench.bodies() == [[poison]] * 3
    assert (bench.count(bench.queue), bench.count(bench.dead)) == (0, 1)


def test_a_handler_that_dies_is_started_again(bench: Bench) -> None:
    bench.send("die")
    while bench.pump.turn():
        continue
    bench.send("fine")
    assert bench.pump.turn()
    assert bench.pump.calls[-1]["result"] == {"batchItemFailures": []}


def test_a_batch_can_come_twice(bench: Bench) -> None:
    bench.pump.deliver_twice()
    bench.send("fine")
    assert bench.pump.turn()
    assert bench.bodies() == [["fine"], ["fine"]]


@pytest.mark.parametrize(
    ("answer", "stays"),
    [
        ({"result": {"batchItemFailures": []}}, set()),
        ({"result": {}}, set()),
        ({"result": None}, set()),
        ({"result": {"batchItemFailures": [{"itemIdentifier": "a"}]}}, {"a"}),
        ({"result": {"batchItemFailures": [{"itemIdentifier": "unknown"}]}}, {"a", "b"}),
        ({"result": {"batchItemFailures": [{"itemIdentifier": ""}]}}, {"a", "b"}),
        ({"result": {"batchItemFailures": [{}]}}, {"a", "b"}),
        ({"result": "nonsense"}, {"a", "b"}),
        ({"error": "raised"}, {"a", "b"}),
    ],
)
def test_an_answer_is_read_as_lambda_reads_it(answer: dict[str, Any], stays: set[str]) -> None:
    assert failures(answer, {"a", "b"}) == stays


def records(call: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call["event"]["Records"]
    return found
