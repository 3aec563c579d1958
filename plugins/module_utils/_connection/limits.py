# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Limits for every HTTP request of the process, whoever makes it: the SDK, its credentials library, or requests itself.

requests limits the time between two bytes, not that of an answer, and not its size. So an answer that drips, or never
ends, would hold a task for as long as the server likes.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from typing import Any

#: Bytes that an answer may have, on the wire and unpacked. Those of the services have a few kilobytes.
LARGEST_RESPONSE = 16 * 1024 * 1024
#: How ``ResponseTooLarge`` begins, wherever other exceptions quote it.
TOO_LARGE = "the answer is larger than"
TOO_SLOW = "the answer did not arrive in time"


class ResponseTooLarge(OSError):
    """A server sent more than any answer needs."""

    def __init__(self) -> None:
        super().__init__(f"{TOO_LARGE} {LARGEST_RESPONSE // 2**20} MiB")


class _Current(threading.local):
    """What the request that this thread is waiting for may still take."""

    #: On the monotonic clock; None: not limited.
    deadline: float | None = None


_current = _Current()


class _LimitedReader(io.RawIOBase):
    """Reads from a socket until the deadline of the request, and no more than an answer may have."""

    def __init__(self, sock: Any, source: Any) -> None:
        super().__init__()
        self._sock = sock
        self._source = source
        self._deadline = _current.deadline
        self._between_bytes = sock.gettimeout()
        self._left = LARGEST_RESPONSE

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """As much as one read of the socket gives."""
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise socket.timeout(TOO_SLOW)  # another class before Python 3.10
            self._sock.settimeout(left if self._between_bytes is None else min(left, self._between_bytes))
        number: int | None = self._source.readinto1(buffer)
        self._left -= number or 0
        if self._left < 0:
            raise ResponseTooLarge
        return number

    def close(self) -> None:
        """Close the file of the socket too, so that the connection can be closed."""
        self._source.close()
        super().close()


class _LimitedResponse(http.client.HTTPResponse):
    """An answer whose first byte, headers and body are all read within the limits."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        if _current.deadline is not None:
            self.fp = io.BufferedReader(_LimitedReader(sock, self.fp))

    def _read_status(self) -> Any:
        """Let http.client skip every interim response (RFC 9110, 15.2), such as 103, as it does with 100."""
        version, status, reason = super()._read_status()  # type: ignore[misc]
        return version, http.client.CONTINUE if 102 <= status < 200 else status, reason


def limit_requests() -> None:
    """Limit every request that this process makes from now on. ImportError passes through."""
    import requests.adapters
    import requests.sessions

    adapter = requests.adapters.HTTPAdapter
    # A redirect would carry the security token to wherever it points; the control plane sends none.
    requests.sessions.DEFAULT_REDIRECT_LIMIT = 0  # type: ignore[attr-defined]
    if http.client.HTTPConnection.response_class is _LimitedResponse:
        return
    http.client.HTTPConnection.response_class = _LimitedResponse
    send = adapter.send

    def send_within_limits(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send a request and read its answer, all of it."""
        _current.deadline = time.monotonic() + _seconds(kwargs.get("timeout"))
        try:
            response = send(self, request, *args, **kwargs)
            _read(response)
            return response
        finally:
            _current.deadline = None

    adapter.send = send_within_limits  # type: ignore[method-assign]


def _seconds(timeout: Any) -> float:
    """The time for a whole call, from the timeouts for the connection and between two bytes."""
    parts: tuple[Any, ...] = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return sum(30.0 if part is None else float(part) for part in parts)


def _read(response: Any) -> None:
    """Read an answer's body, since unpacked it may be a thousand times as large."""
    chunks, size = [], 0
    for chunk in response.iter_content(8192):
        size += len(chunk)
        if size > LARGEST_RESPONSE:
            response.close()
            raise ResponseTooLarge
        chunks.append(chunk)
    response._content = b"".join(chunks)
