# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Limit all HTTP requests that the process sends, including those from the SDK and its credentials library.

The timeouts in the ``requests`` library apply to the time between bytes, not to the entire response. The library does
not limit the size of a response. Therefore, a slow or endless response could block a task forever.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from typing import Any

#: Maximum compressed and uncompressed size of a response in bytes. The services send a few kilobytes.
LARGEST_RESPONSE = 16 * 1024 * 1024
#: The beginning of the ``ResponseTooLarge`` message, used to detect it in other exceptions' messages.
TOO_LARGE = "the response is larger than"
TOO_SLOW = "the response did not arrive in time"


class ResponseTooLarge(OSError):
    """The response exceeds the maximum size."""

    def __init__(self) -> None:
        super().__init__(f"{TOO_LARGE} {LARGEST_RESPONSE // 2**20} MiB")


class _Current(threading.local):
    """The limits that apply to a thread's current request."""

    #: The deadline on the monotonic clock, or None for no limit.
    deadline: float | None = None


_current = _Current()


class _LimitedReader(io.RawIOBase):
    """Reads from a socket until the deadline, up to the maximum size."""

    def __init__(self, sock: Any, source: Any) -> None:
        super().__init__()
        self._sock = sock
        self._source = source
        self._deadline = _current.deadline
        self._between_bytes = sock.gettimeout()
        self._left = LARGEST_RESPONSE

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read once from the socket."""
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise socket.timeout(TOO_SLOW)  # not an alias of TimeoutError before Python 3.10
            self._sock.settimeout(left if self._between_bytes is None else min(left, self._between_bytes))
        number: int | None = self._source.readinto1(buffer)
        self._left -= number or 0
        if self._left < 0:
            raise ResponseTooLarge
        return number

    def close(self) -> None:
        """Also close the socket's file object so that the connection can be closed."""
        self._source.close()
        super().close()


class _LimitedResponse(http.client.HTTPResponse):
    """An HTTP response whose status line, headers and body are read within the limits."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        if _current.deadline is not None:
            self.fp = io.BufferedReader(_LimitedReader(sock, self.fp))

    def _read_status(self) -> Any:
        """Make http.client also skip interim responses other than 100, such as 103 (RFC 9110, section 15.2)."""
        version, status, reason = super()._read_status()  # type: ignore[misc]
        return version, http.client.CONTINUE if 102 <= status < 200 else status, reason


def limit_requests() -> None:
    """Limit all requests that this process sends from now on. Raises ImportError."""
    import requests.adapters
    import requests.sessions

    adapter = requests.adapters.HTTPAdapter
    # A redirect would send the security token to another host. The services do not send redirects.
    requests.sessions.DEFAULT_REDIRECT_LIMIT = 0  # type: ignore[attr-defined]
    if http.client.HTTPConnection.response_class is _LimitedResponse:
        return
    http.client.HTTPConnection.response_class = _LimitedResponse
    send = adapter.send

    def send_within_limits(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send a request and read the whole response within the limits."""
        _current.deadline = time.monotonic() + _seconds(kwargs.get("timeout"))
        try:
            response = send(self, request, *args, **kwargs)
            _read(response)
            return response
        finally:
            _current.deadline = None

    adapter.send = send_within_limits  # type: ignore[method-assign]


def _seconds(timeout: Any) -> float:
    """Return the time limit for a request: the sum of its connect and read timeouts."""
    parts: tuple[Any, ...] = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return sum(30.0 if part is None else float(part) for part in parts)


def _read(response: Any) -> None:
    """Read a response body and limit its uncompressed size."""
    chunks, size = [], 0
    for chunk in response.iter_content(8192):
        size += len(chunk)
        if size > LARGEST_RESPONSE:
            response.close()
            raise ResponseTooLarge
        chunks.append(chunk)
    response._content = b"".join(chunks)
