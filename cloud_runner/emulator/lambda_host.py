"""
The emulated Lambda's process: calls a handler with each event it is sent, as the Lambda runtime does.

Usage: ``python -m cloud_runner.emulator.lambda_host MODULE:FUNCTION``. One JSON document per line comes
in on standard input, ``{"event": ..., "id": ...}``; for each, one goes out, ``{"result": ...}`` or
``{"error": ...}``.
"""

import importlib
import json
import os
import sys
import traceback
from types import SimpleNamespace

MARK = "\x1e"  # before an answer: all other lines are the handler's own log


def main(target: str) -> None:
    """Serve until standard input ends."""
    module, _, name = target.partition(":")
    handler = getattr(importlib.import_module(module), name)
    for line in sys.stdin:
        call = json.loads(line)
        context = SimpleNamespace(
            aws_request_id=call["id"],
            function_name=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
            get_remaining_time_in_millis=lambda: 60_000,
        )
        try:
            answer = {"result": handler(call["event"], context)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(MARK + json.dumps(answer), flush=True)  # noqa: T201 - the protocol


if __name__ == "__main__":
    main(sys.argv[1])
