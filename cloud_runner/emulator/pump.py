"""
The emulated event source: takes messages from the queue and calls the dispatcher with them.

As AWS documents it for Lambda and SQS: a batch is one event; what the handler returns as
``batchItemFailures`` stays in the queue and comes again after the visibility timeout, all of it when the
handler raises, dies or answers with an identifier that was not in the batch; the rest is deleted. The queue
itself moves a message to the dead-letter queue after its receives are used up.
"""

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cloud_runner.emulator.lambda_host import MARK
from cloud_runner.emulator.programs import Program, start_host

LONG_POLL_S = 1  # a look into the queue waits so long for a message


class Pump:
    """
    Calls a handler with what comes to a queue, until it is stopped.

    Parameters
    ----------
    sqs
        Client of the emulated SQS.
    queue_url, queue_arn
        The queue.
    handler
        ``MODULE:FUNCTION``; it runs in a process of its own, as in Lambda, which may die at any point.
    environment
        Of that process.
    folder
        Where it runs.
    batch
        Messages in an event, at most.
    on_line
        Told each line that the handler logs.
    """

    def __init__(
        self,
        sqs: Any,
        queue_url: str,
        queue_arn: str,
        handler: str,
        environment: Mapping[str, str],
        folder: Path,
        *,
        batch: int = 5,
        on_line: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.sqs, self.queue_url, self.queue_arn = sqs, queue_url, queue_arn
        self.handler, self.environment, self.folder = handler, environment, folder
        self.batch, self.on_line = batch, on_line
        self.start_host: Callable[[str, Mapping[str, str], Path], Program] = start_host
        self.ending = threading.Event()
        self.open = threading.Event()
        self.open.set()
        self.receiving = threading.Lock()
        self.host: Program | None = None
        self.calls: list[dict[str, Any]] = []
        self.called = threading.Condition()
        self.twice = 0
        self.thread = threading.Thread(target=self._run, name="queue pump", daemon=True)

    def start(self) -> None:
        """Begin to look into the queue."""
        self.thread.start()

    def stop(self) -> None:
        """End the handler's process and the thread."""
        self.ending.set()
        self.open.set()
        self.kill_handler()
        self.thread.join()

    def pause(self, paused: bool) -> None:
        """Leave what comes from now on in the queue, as a disabled event source does; or take it again."""
        if not paused:
            self.open.set()
            return
        self.open.clear()
        with self.receiving:  # what is being taken is from before
            pass

    def wait_for_call(self, before: int, timeout_s: float = 60.0) -> bool:
        """Wait until the handler has been called more than so many times; False if it never was."""
        with self.called:
            return self.called.wait_for(lambda: len(self.calls) > before, timeout_s)

    def deliver_twice(self, times: int = 1) -> None:
        """Hand the next batches to the handler twice, as a standard queue may."""
        self.twice = times

    def kill_handler(self) -> None:
        """End the handler's process wherever it is; the next batch gets a new one."""
        host = self.host
        if host is not None:
            host.end(hard=True)

    def _run(self) -> None:
        try:
            while not self.ending.is_set():
                self.open.wait()
                self.turn()
        finally:
            self.end_host()

    def turn(self) -> bool:
        """Wait a second for messages and have them handled; False if there were none."""
        with self.receiving:
            messages = self._receive() if self.open.is_set() else []
        if messages and not self.ending.is_set():
            self._deliver(messages)
        return bool(messages)

    def _receive(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=self.batch,
            WaitTimeSeconds=LONG_POLL_S,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _deliver(self, messages: list[dict[str, Any]]) -> None:
        event = {"Records": [self._record(message) for message in messages]}
        answer = self._call(event)
        if self.twice:
            self.twice -= 1
            answer = self._call(event)
        kept = failures(answer, {message["MessageId"] for message in messages})
        for message in messages:
            if message["MessageId"] not in kept and not self.ending.is_set():
                self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])

    def _record(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.queue_arn,
            "awsRegion": self.queue_arn.split(":")[3],
        }

    def _call(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Have the handler called; what came back, or an error where it died."""
        answer = self._ask(json.dumps({"event": event, "id": uuid.uuid4().hex}))
        with self.called:
            self.calls.append({"event": event, **answer})
            self.called.notify_all()
        if "error" in answer:
            self.on_line(answer["error"])
        return answer

    def _ask(self, line: str) -> dict[str, Any]:
        host = self._living_host()
        try:
            host.tell(line)
            for said in host.lines():
                if said.startswith(MARK):
                    answer: dict[str, Any] = json.loads(said[1:])
                    return answer
                self.on_line(said)
        except OSError:
            pass  # it died: said below
        return {"error": "The handler's process ended before it answered."}

    def _living_host(self) -> Program:
        if self.host is None or not self.host.lives:
            self.end_host()
            self.host = self.start_host(self.handler, self.environment, self.folder)
        return self.host

    def end_host(self) -> None:
        """End the handler's process, if there is one, and wait until it has ended."""
        if self.host is not None:
            self.host.end(hard=True)
            self.host.wait()
            self.host = None


def failures(answer: Mapping[str, Any], sent: set[str]) -> set[str]:
    """
    Name the messages of a batch that stay in the queue.

    Parameters
    ----------
    answer
        The handler's ``{"result": ...}`` or ``{"error": ...}``.
    sent
        Identifiers of the whole batch.

    Source
    ------
    AWS Lambda developer guide, "Reporting batch item failures": an answer that cannot be understood fails the
    whole batch, an empty or missing list fails nothing.
    """
    if "error" in answer:
        return sent
    result = answer["result"]
    if not isinstance(result, Mapping):
        return set() if result is None else sent
    named = {item.get("itemIdentifier") for item in result.get("batchItemFailures") or ()}
    return named if named.issubset(sent) else sent
