# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the response duration and size limits."""

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
    """A server that responds to one request with ``chunks`` and counts the bytes that it sends."""

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
        """Send a request with a read timeout and return the response."""
        session = requests.Session()
        session.trust_env = False
        try:
            return session.send(requests.Request("GET", self.url).prepare(), timeout=(0.2, read))
        finally:
            session.close()
            self._listener.close()
            self._thread.join()


def endless_response(first: bytes, chunk: bytes) -> Callable[[], Iterator[bytes]]:
    """Return a function that yields ``first`` and then ``chunk`` forever."""

    def chunks() -> Iterator[bytes]:
        yield first
        while True:
            yield chunk

    return chunks


@pytest.fixture(autouse=True)
def _limit_requests() -> None:
    limit_requests()


@pytest.mark.parametrize(
    "chunks",
    [
        endless_response(HEAD + b"Content-Length: 1000000\r\n\r\n", b"x"),
        endless_response(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        endless_response(HEAD + b"\r\n", b"x"),
        endless_response(HEAD, b"X-Header: x\r\n"),
        endless_response(b"HTTP/1.1 200 ", b"O"),
        endless_response(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "chunked", "no length", "headers", "status line", "continue"],
)
def test_slow_responses_time_out(chunks: Callable[[], Iterator[bytes]]) -> None:
    """No single read exceeds the read timeout, so only the timeout for the whole response applies."""
    server = Server(chunks(), pause=0.02)
    with pytest.raises(requests.exceptions.RequestException):
        server.get()
    # The server sends about 25 chunks in 0.5 s. The limit includes a margin for slow machines.
    assert server.sent < 5000


@pytest.mark.parametrize("head", [b"Content-Length: 600000000\r\n\r\n", b"\r\n"])
def test_large_responses_are_rejected(head: bytes) -> None:
    server = Server(endless_response(HEAD + head, b"x" * 65536)())
    with pytest.raises((requests.exceptions.RequestException, OSError), match="the response is larger than 16 MiB"):
        server.get(read=60)
    assert server.sent < 2 * LARGEST_RESPONSE + 10_000_000  # includes a margin for socket buffers


def test_compressed_responses_are_limited_by_their_decompressed_size() -> None:
    compressed = gzip.compress(b"0" * (LARGEST_RESPONSE + 1))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: " + str(len(compressed)).encode() + b"\r\n\r\n"
    with pytest.raises(OSError, match="the response is larger than 16 MiB"):
        Server(iter([head, compressed])).get(read=60)


def test_responses_within_the_limits_are_complete() -> None:
    compressed = gzip.compress(b"0123456789" * 1000)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: " + str(len(compressed)).encode() + b"\r\n\r\n"
    assert Server(iter([head, compressed])).get(read=60).content == b"0123456789" * 1000
    continued = b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\nok"
    response = Server(iter([continued])).get(read=60)
    assert (response.text, response.status_code) == ("ok", 200)


def test_limits_are_applied_once_and_redirects_are_disabled() -> None:
    patched: list[object] = [requests.adapters.HTTPAdapter.send]
    limit_requests()
    assert [requests.adapters.HTTPAdapter.send] == patched
    assert requests.Session().max_redirects == 0
