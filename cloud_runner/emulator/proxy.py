"""
An HTTP proxy on loopback that stands before the emulated cloud, cuts where it is told, and remembers.

Each request has a name, ``"PUT /bucket/runs/.../manifest.json"`` or ``"AmazonSQS.SendMessage"``, by which
faults find it. A fault applies to the requests it matches after the first ``skip``, ``times`` times.
"""

import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote, urlsplit

CHUNK = 65536


@dataclass(slots=True)
class Exchange:
    """One request and what was answered; ``answer`` is empty where none was passed on."""

    name: str
    head: bytes
    body: bytes
    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Break the connection before anything reaches the cloud."""


@dataclass(frozen=True, slots=True)
class CutRequest:
    """Break the connection after some bytes of the request's body; the cloud refuses such a request."""

    after: int


@dataclass(frozen=True, slots=True)
class LoseAnswer:
    """Let the request be done, and break the connection before the answer."""


@dataclass(frozen=True, slots=True)
class CutAnswer:
    """Break the connection after some bytes of the answer's body."""

    after: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer in the cloud's place."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Before:
    """Call a function, then let the request go its way."""

    call: Callable[[Exchange], None]


@dataclass(frozen=True, slots=True)
class After:
    """Let the request be done, call a function, then pass the answer on."""

    call: Callable[[Exchange], None]


Fault = Refuse | CutRequest | LoseAnswer | CutAnswer | Answer | Before | After


@dataclass(slots=True)
class Rule:
    """A fault, the requests it is for, and how often it has struck."""

    pattern: str
    fault: Fault
    skip: int = 0
    times: int = 1
    seen: int = 0
    struck: threading.Event = field(default_factory=threading.Event)

    def applies(self, name: str) -> bool:
        """Count a request of a name, and tell whether the fault is for it."""
        if not fnmatchcase(name, self.pattern):
            return False
        self.seen += 1
        hit = self.skip < self.seen <= self.skip + self.times
        if hit:
            self.struck.set()
        return hit


class Proxy:
    """
    The proxy.

    Parameters
    ----------
    target
        Host and port of the emulated cloud.
    remember
        Keep all exchanges whole, for a test that reads them.
    """

    def __init__(self, target: tuple[str, int], *, remember: bool = False) -> None:
        self.target, self.remember = target, remember
        self.rules: list[Rule] = []
        self.names: list[str] = []
        self.exchanges: list[Exchange] = []
        self.down = False
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.proxy = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    @property
    def endpoint(self) -> str:
        """URL to use in place of the cloud's."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def start(self) -> None:
        """Begin to listen."""
        self.thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def on(self, pattern: str, fault: Fault, *, skip: int = 0, times: int = 1) -> Rule:
        """Have a fault strike requests whose name matches a pattern of the shell's kind."""
        rule = Rule(pattern, fault, skip, times)
        with self.lock:
            self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Forget all faults, and let everything through."""
        with self.lock:
            self.rules.clear()
            self.down = False

    def note(self, exchange: Exchange) -> list[Fault]:
        """Remember a request and name the faults that are for it."""
        with self.lock:
            self.names.append(exchange.name)
            if self.remember:
                self.exchanges.append(exchange)
            if self.down:
                return [Refuse()]
            return [rule.fault for rule in self.rules if rule.applies(exchange.name)]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    proxy: Proxy


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError, TimeoutError):  # the client has gone, or the cloud has
            self._serve()

    def _serve(self) -> None:
        head = _read_head(self.rfile)
        if not head:
            return
        exchange = Exchange(_name(head), head, b"")
        faults = self.server.proxy.note(exchange)
        if not self._receive(exchange, faults):
            self._break()
            return
        for fault in faults:
            if isinstance(fault, Before):
                fault.call(exchange)
        given = next((fault for fault in faults if isinstance(fault, Answer)), None)
        answer = _forward(self.server.proxy.target, exchange) if given is None else _compose(given)
        for fault in faults:
            if isinstance(fault, After):
                fault.call(exchange)
        if self._send(exchange, answer, faults):
            self._break()

    def _receive(self, exchange: Exchange, faults: list[Fault]) -> bool:
        """Take the request's body; False if the connection breaks before its end."""
        if any(isinstance(fault, Refuse) for fault in faults):
            return False
        if _header(exchange.head, "expect").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        for fault in faults:
            if isinstance(fault, CutRequest):
                self.rfile.read(min(fault.after, int(_header(exchange.head, "content-length") or 0)))
                return False
        exchange.body = _read_body(self.rfile, exchange.head)
        return True

    def _send(self, exchange: Exchange, answer: bytes, faults: list[Fault]) -> bool:
        """Pass the answer on; True if the connection breaks before its end."""
        for fault in faults:
            if isinstance(fault, LoseAnswer):
                return True
            if isinstance(fault, CutAnswer):
                self.wfile.write(answer[: answer.index(b"\r\n\r\n") + 4 + fault.after])
                return True
        if self.server.proxy.remember:
            exchange.answer = answer
        self.wfile.write(answer)
        return False

    def _break(self) -> None:
        # A reset, not an orderly end: that is how a lost network looks.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _read_head(stream: Any) -> bytes:
    lines = []
    while line := stream.readline(CHUNK):
        lines.append(line)
        if line in (b"\r\n", b"\n"):
            return b"".join(lines)
    return b""


def _read_body(stream: Any, head: bytes) -> bytes:
    if _header(head, "transfer-encoding").lower() != "chunked":
        body: bytes = stream.read(int(_header(head, "content-length") or 0))
        return body
    parts = []
    while True:
        line = stream.readline(CHUNK)
        size = int(line.split(b";")[0], 16)
        parts.append(line + stream.read(size + 2))  # with the line's end
        if size == 0:
            return b"".join(parts)


def _header(head: bytes, wanted: str) -> str:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.decode("latin-1").strip().lower() == wanted:
            return value.decode("latin-1").strip()
    return ""


def _name(head: bytes) -> str:
    operation = _header(head, "x-amz-target")
    if operation:
        return operation
    method, target, _ = head.split(b"\r\n")[0].decode("latin-1").split(" ", 2)
    parts = urlsplit(target)
    return f"{method} {unquote(parts.path)}" + (f"?{unquote(parts.query)}" if parts.query else "")


def _forward(target: tuple[str, int], exchange: Exchange) -> bytes:
    lines = [
        line
        for line in exchange.head.rstrip(b"\r\n").split(b"\r\n")
        if line.split(b":")[0].lower() not in (b"expect", b"connection")
    ]
    with socket.create_connection(target) as cloud:
        cloud.sendall(b"\r\n".join(lines) + b"\r\nConnection: close\r\n\r\n" + exchange.body)
        parts = []
        while part := cloud.recv(CHUNK):
            parts.append(part)
    return b"".join(parts)


def _compose(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Emulated", f"Content-Length: {len(answer.body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + answer.body
