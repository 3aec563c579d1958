# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that sends bytes as it is told, however wrong they are, and counts what it was asked and what it sent.

An answer is a function from a request to the pieces that are sent, one after the other, until the client hangs up.
Nothing is checked: neither signatures nor paths.
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
#: Seconds between two pieces that are dripped.
DRIP = 0.05
#: Seconds after which a blocked thread looks whether the server is to end.
_LOOK = 0.2


@dataclass(frozen=True)
class Asked:
    """A request: ``whole`` is everything that the client sent."""

    method: str
    target: str
    whole: bytes

    @property
    def path(self) -> str:
        """The target's path, also if the client takes the server for its proxy."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """The target's query."""
        return parse_qs(urlsplit(self.target).query)

    @property
    def body(self) -> bytes:
        """What stands behind the headers."""
        return self.whole.partition(b"\r\n\r\n")[2]


T = TypeVar("T")
Answer = Callable[[Asked], Iterable[bytes]]


class Hostile:
    """The server, while its ``with`` block lasts: one thread for each connection, one request on each.

    ``host`` is its address and port. ``asked`` holds the requests so far, ``connections`` counts also those that asked
    nothing, and ``sent`` the bytes that clients took.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.connections = 0
        self.sent = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._threads: list[threading.Thread] = []
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}"

    @property
    def methods(self) -> list[str]:
        """The methods of the requests so far."""
        return [asked.method for asked in self.asked]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        for thread in list(self._threads):
            thread.join()
        self._listener.close()

    def drip(self, data: bytes, size: int = 1) -> Iterator[bytes]:
        """The data in small pieces, each a moment after the other."""
        for at in range(0, len(data), size):
            yield data[at : at + size]
            self._stopped.wait(DRIP)

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._stopped.is_set():
                if selector.select(_LOOK):
                    self._start(self._serve, self._listener.accept()[0])

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_LOOK)
        with self._lock:
            self.connections += 1
        with connection:
            try:
                asked = self._read(connection)
                if asked is None:
                    return
                with self._lock:
                    self.asked.append(asked)
                for piece in self.answer(asked):
                    self._send(connection, piece)
            except (ConnectionError, _Stopped):
                return  # the client has had enough, or the test

    def _read(self, connection: socket.socket) -> Asked | None:
        """A request with its body, None if the client hangs up before that."""
        whole = b""
        while not _is_whole(whole):
            received = self._patiently(partial(connection.recv, 65536))
            if not received:
                return None
            whole += received
        method, target, _version = whole.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        return Asked(method, target, whole)

    def _send(self, connection: socket.socket, piece: bytes) -> None:
        view = memoryview(piece)
        while view:
            sent = self._patiently(partial(connection.send, view))
            view = view[sent:]
            with self._lock:
                self.sent += sent

    def _patiently(self, work: Callable[[], T]) -> T:
        while not self._stopped.is_set():
            try:
                return work()
            except TimeoutError:
                continue
        raise _Stopped


class _Stopped(Exception):
    """The server is to end."""


def _is_whole(received: bytes) -> bool:
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return len(body) >= int(lengths[0].partition(b":")[2]) if lengths else True


# --- What to answer ---------------------------------------------------------------------------------------------


def reply(
    status: int = 200,
    body: bytes | str = b"",
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
    length: bool = True,
) -> bytes:
    """An answer as it should be, whatever its body is. ``length``: whether the answer tells it."""
    data = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    told = {
        "Content-Type": content_type,
        "Connection": "close",
        **({"Content-Length": str(len(data))} if length else {}),
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Hostile\r\n{lines}\r\n".encode("utf-8", "surrogatepass") + data


def says(*answers: bytes) -> Answer:
    """These answers in turn; the last of them again and again."""
    left = list(answers)
    lock = threading.Lock()

    def answer(_asked: Asked) -> Iterable[bytes]:
        with lock:
            return [left.pop(0) if len(left) > 1 else left[0]]

    return answer


def as_json(value: Any) -> str:
    """JSON in which lone surrogates stay escapes."""
    return json.dumps(value)


def error(message: str, code: str = "InvalidArgument", request_id: str = "R-1") -> str:
    """An error's body in every spelling at once."""
    told = {
        ("RequestId", "RequestID"): request_id,
        ("Code", "ErrorCode"): code,
        ("Message", "ErrorMessage"): message,
    }
    return as_json({spelling: value for spellings, value in told.items() for spelling in spellings})


def echo(asked: Asked) -> Iterable[bytes]:
    """An error whose message is the whole request, headers included."""
    return [reply(400, error(asked.whole.decode("latin-1")))]


def huge(megabytes: int, framing: str) -> Answer:
    """An answer of so many megabytes: by ``length``, ``chunked``, or until the connection is ``closed``."""
    block = b'"' + b"x" * (MEGABYTE - 3) + b'",'

    def answer(_asked: Asked) -> Iterator[bytes]:
        headers = {
            "length": {"Content-Length": str(megabytes * MEGABYTE)},
            "chunked": {"Transfer-Encoding": "chunked"},
            "closed": {},
        }[framing]
        yield reply(headers=headers, length=False)
        for _number in range(megabytes):
            yield b"%x\r\n%s\r\n" % (len(block), block) if framing == "chunked" else block
        if framing == "chunked":
            yield b"0\r\n\r\n"

    return answer


def bomb(megabytes: int, coding: str) -> Answer:
    """A small answer that unfolds to so many megabytes; ``coding`` as the header Content-Encoding names it."""
    data = _packed(megabytes, coding.startswith("gzip"))
    if "," in coding:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = packer.compress(data) + packer.flush()
    return says(reply(body=data, headers={"Content-Encoding": coding}))


def _packed(megabytes: int, as_gzip: bool) -> bytes:
    """A JSON text of so many megabytes, as gzip or zlib pack it.

    One megabyte is packed, and repeated: after a full flush, what follows does not depend on what was before.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    texts = (b'{"x": "', b"x" * MEGABYTE, b'"}')
    first, block, last = (packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH) for text in texts)
    data = first + block * megabytes + last + packer.flush()
    whole = (texts[0], *([texts[1]] * megabytes), texts[2])
    if not as_gzip:
        return b"\x78\xda" + data + struct.pack(">I", _checksum(zlib.adler32, 1, whole))
    size = sum(map(len, whole)) & 0xFFFFFFFF
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + data + struct.pack("<II", _checksum(zlib.crc32, 0, whole), size)


def _checksum(method: Callable[[bytes, int], int], value: int, texts: Iterable[bytes]) -> int:
    for text in texts:
        value = method(text, value)
    return value
