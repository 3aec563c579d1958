# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP server that sends arbitrary bytes, including malformed responses, and records requests.

A handler maps a request to the chunks of the response. The server sends the chunks one by one until the client
disconnects. The server checks neither signatures nor paths.
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

MEGABYTE = 1024 * 1024
#: Seconds between the chunks of a slow response.
DRIP_INTERVAL = 0.05
#: Interval in seconds at which a blocked thread checks whether the server is shutting down.
_POLL_INTERVAL = 0.2


@dataclass(frozen=True)
class Request:
    """A request. ``raw`` contains all bytes sent by the client."""

    method: str
    target: str
    raw: bytes

    @property
    def path(self) -> str:
        """The path in the request target. In requests to a proxy, the target is a complete URL."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """The parsed query string."""
        return parse_qs(urlsplit(self.target).query)

    @property
    def body(self) -> bytes:
        """The request body."""
        return self.raw.partition(b"\r\n\r\n")[2]


T = TypeVar("T")
Handler = Callable[[Request], Iterable[bytes]]


class HostileServer:
    """A context manager that runs the server. Each connection has its own thread and serves one request.

    ``host`` is the address and port. ``requests`` is the list of requests received. ``connections`` is the number of
    connections, including those without a request. ``bytes_sent`` is the number of bytes sent.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.requests: list[Request] = []
        self.connections = 0
        self.bytes_sent = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._threads: list[threading.Thread] = []
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{self.host}"

    @property
    def methods(self) -> list[str]:
        """The methods of the requests received so far."""
        return [request.method for request in self.requests]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        for thread in list(self._threads):
            thread.join()
        self._listener.close()

    def drip(self, data: bytes, size: int = 1) -> Iterator[bytes]:
        """Yield the data in small chunks, pausing after each chunk."""
        for start in range(0, len(data), size):
            yield data[start : start + size]
            self._stopped.wait(DRIP_INTERVAL)

    def _start(self, function: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._stopped.is_set():
                if selector.select(_POLL_INTERVAL):
                    self._start(self._serve, self._listener.accept()[0])

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_POLL_INTERVAL)
        with self._lock:
            self.connections += 1
        with connection:
            try:
                request = self._read(connection)
                if request is None:
                    return
                with self._lock:
                    self.requests.append(request)
                for chunk in self.handler(request):
                    self._send(connection, chunk)
            except (ConnectionError, _Stopped):
                return  # the client disconnected, or the server is shutting down

    def _read(self, connection: socket.socket) -> Request | None:
        """Read a request, including its body. Return None if the client disconnects first."""
        raw = b""
        while not _is_complete(raw):
            received = self._retry_until_stopped(partial(connection.recv, 65536))
            if not received:
                return None
            raw += received
        method, target, _version = raw.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        return Request(method, target, raw)

    def _send(self, connection: socket.socket, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            sent = self._retry_until_stopped(partial(connection.send, view))
            view = view[sent:]
            with self._lock:
                self.bytes_sent += sent

    def _retry_until_stopped(self, function: Callable[[], T]) -> T:
        while not self._stopped.is_set():
            try:
                return function()
            except TimeoutError:
                continue
        raise _Stopped


class _Stopped(Exception):
    """Raised when the server is shutting down."""


def _is_complete(received: bytes) -> bool:
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return len(body) >= int(lengths[0].partition(b":")[2]) if lengths else True


# --- Responses and handlers -------------------------------------------------------------------------------------


def http_response(
    status: int = 200,
    body: bytes | str = b"",
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
    include_length: bool = True,
) -> bytes:
    """Build a well-formed response. If ``include_length`` is true, add a Content-Length header."""
    data = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    fields = {
        "Content-Type": content_type,
        "Connection": "close",
        **({"Content-Length": str(len(data))} if include_length else {}),
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Hostile\r\n{lines}\r\n".encode("utf-8", "surrogatepass") + data


def respond_with(*responses: bytes) -> Handler:
    """Create a handler that sends these responses in turn and repeats the last one."""
    remaining = list(responses)
    lock = threading.Lock()

    def handler(_request: Request) -> Iterable[bytes]:
        with lock:
            return [remaining.pop(0) if len(remaining) > 1 else remaining[0]]

    return handler


def to_json(value: Any) -> str:
    """Serialize to JSON, keeping lone surrogates escaped."""
    return json.dumps(value)


def error_body(message: str, code: str = "InvalidArgument", request_id: str = "R-1") -> str:
    """Build an error body that contains each field name in all its spellings."""
    fields = {
        ("RequestId", "RequestID"): request_id,
        ("Code", "ErrorCode"): code,
        ("Message", "ErrorMessage"): message,
    }
    return to_json({spelling: value for spellings, value in fields.items() for spelling in spellings})


def echo_request(request: Request) -> Iterable[bytes]:
    """Respond with an error whose message is the complete request, including its headers."""
    return [http_response(400, error_body(request.raw.decode("latin-1")))]


def large_response(megabytes: int, framing: str) -> Handler:
    """Create a handler that sends a response of this size.

    ``framing`` selects how the end of the body is indicated: ``length``, ``chunked`` or ``closed``. With
    ``closed``, closing the connection indicates the end.
    """
    block = b'"' + b"x" * (MEGABYTE - 3) + b'",'

    def handler(_request: Request) -> Iterator[bytes]:
        headers = {
            "length": {"Content-Length": str(megabytes * MEGABYTE)},
            "chunked": {"Transfer-Encoding": "chunked"},
            "closed": {},
        }[framing]
        yield http_response(headers=headers, include_length=False)
        for _number in range(megabytes):
            yield b"%x\r\n%s\r\n" % (len(block), block) if framing == "chunked" else block
        if framing == "chunked":
            yield b"0\r\n\r\n"

    return handler


def compression_bomb(megabytes: int, coding: str) -> Handler:
    """Create a handler that sends a small response that decompresses to this size.

    ``coding`` is the value of the Content-Encoding header.
    """
    data = _compressed_json(megabytes, coding.startswith("gzip"))
    if "," in coding:
        compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = compressor.compress(data) + compressor.flush()
    return respond_with(http_response(body=data, headers={"Content-Encoding": coding}))


def _compressed_json(megabytes: int, as_gzip: bool) -> bytes:
    """Compress a JSON document of this size with gzip or zlib.

    To save time, compress one megabyte and repeat the result. This is possible because blocks are independent after a
    full flush.
    """
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = (b'{"x": "', b"x" * MEGABYTE, b'"}')
    first, block, last = (compressor.compress(part) + compressor.flush(zlib.Z_FULL_FLUSH) for part in parts)
    data = first + block * megabytes + last + compressor.flush()
    raw = (parts[0], *([parts[1]] * megabytes), parts[2])
    if not as_gzip:
        return b"\x78\xda" + data + struct.pack(">I", _checksum(zlib.adler32, 1, raw))
    size = sum(map(len, raw)) & 0xFFFFFFFF
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + data + struct.pack("<II", _checksum(zlib.crc32, 0, raw), size)


def _checksum(method: Callable[[bytes, int], int], value: int, parts: Iterable[bytes]) -> int:
    for part in parts:
        value = method(part, value)
    return value
