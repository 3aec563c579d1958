# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that never end, by a server that counts how much of them was taken."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from typing import Callable, Iterator

import pytest
import requests
from ansible_collections.alicloud.fc.plugins.module_utils._connection.limits import LARGEST_RESPONSE, limit_requests

HEAD = b"HTTP/1.1 200 OK\r\n"


class Server:
    """Answers one request with what ``chunks`` gives, until the client has had enough of it."""

    def __init__(self, chunks: Iterator[bytes], pause: float = 0.0) -> None:
        self._chunks = chunks
        self._pause = threading.Event()
        self._seconds = pause
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _peer = self._listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            for chunk in self._chunks:
                connection.sendall(chunk)
                self.sent += len(chunk)
                self._pause.wait(self._seconds)

    def get(self, read: float = 0.3) -> requests.Response:
        """The answer, with time limits in seconds."""
        session = requests.Session()
        session.trust_env = False
        try:
            return session.send(requests.Request("GET", self.url).prepare(), timeout=(0.2, read))
        finally:
            session.close()
            self._listener.close()
            self._thread.join()


def endless(first: bytes, chunk: bytes) -> Callable[[], Iterator[bytes]]:
    """A beginning, and the same bytes again and again."""

    def chunks() -> Iterator[bytes]:
        yield first
        while True:
            yield chunk

    return chunks


@pytest.fixture(autouse=True)
def _limited() -> None:
    limit_requests()


@pytest.mark.parametrize(
    "chunks",
    [
        endless(HEAD + b"Content-Length: 1000000\r\n\r\n", b"x"),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        endless(HEAD + b"\r\n", b"x"),
        endless(HEAD, b"X-Header: x\r\n"),
        endless(b"HTTP/1.1 200 ", b"O"),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "chunked", "no length", "headers", "status line", "continue"],
)
def test_an_answer_that_drips_ends_in_time(chunks: Callable[[], Iterator[bytes]]) -> None:
    """Each byte comes long before the time between two bytes is over: only the time for the whole answer ends it."""
    server = Server(chunks(), pause=0.02)
    with pytest.raises(requests.exceptions.RequestException):
        server.get()
    # 0.5 s at 50 a second; what takes longer is a slow machine's own time, in which it sends no more than that.
    assert server.sent < 5000


@pytest.mark.parametrize("head", [b"Content-Length: 600000000\r\n\r\n", b"\r\n"])
def test_an_answer_that_is_too_large_is_not_taken(head: bytes) -> None:
    server = Server(endless(HEAD + head, b"x" * 65536)())
    with pytest.raises((requests.exceptions.RequestException, OSError), match="the answer is larger than 16 MiB"):
        server.get(read=60)
    assert server.sent < 2 * LARGEST_RESPONSE + 10_000_000  # a socket buffers some


def test_an_answer_that_unfolds_to_something_too_large_is_not_taken() -> None:
    packed = gzip.compress(b"0" * (LARGEST_RESPONSE + 1))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: " + str(len(packed)).encode() + b"\r\n\r\n"
    with pytest.raises(OSError, match="the answer is larger than 16 MiB"):
        Server(iter([head, packed])).get(read=60)


def test_answers_within_the_limits_arrive_whole() -> None:
    packed = gzip.compress(b"0123456789" * 1000)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: " + str(len(packed)).encode() + b"\r\n\r\n"
    assert Server(iter([head, packed])).get(read=60).content == b"0123456789" * 1000
    continued = b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\nok"
    answer = Server(iter([continued])).get(read=60)
    assert (answer.text, answer.status_code) == ("ok", 200)


def test_limits_are_set_once_and_redirects_are_not_followed() -> None:
    once: list[object] = [requests.adapters.HTTPAdapter.send]
    limit_requests()
    assert [requests.adapters.HTTPAdapter.send] == once
    assert requests.Session().max_redirects == 0
