# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exception for error responses and the default error codes."""

from __future__ import annotations

DEFAULT_CODES = {
    400: "InvalidArgument",
    403: "AccessDenied",
    404: "AsyncConfigNotExists",
    409: "ConcurrentUpdateError",
    429: "ResourceExhausted",
    500: "InternalServerError",
    503: "ResourceThrottled",
}


class FcError(Exception):
    """An error response from the service.

    ``status`` is the HTTP status, ``code`` is the service's error code and ``message`` is the error message.
    ``headers`` contains additional headers, such as a retry header.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


def invalid_argument(message: str) -> FcError:
    """Return a 400 InvalidArgument error with this message."""
    return FcError(400, "InvalidArgument", message)
