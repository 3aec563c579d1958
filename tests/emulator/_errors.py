# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception of the emulator: an answer that refuses a request."""

from __future__ import annotations

USUAL_CODES = {
    400: "InvalidArgument",
    403: "AccessDenied",
    404: "AsyncConfigNotExists",
    409: "ConcurrentUpdateError",
    429: "ResourceExhausted",
    500: "InternalServerError",
    503: "ResourceThrottled",
}


class FcError(Exception):
    """A refusal as the service words it.

    ``status`` is the HTTP status, ``code`` the service's error code, ``message`` its text,
    ``headers`` what the answer carries besides the usual ones (a retry header, say).
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


def invalid_argument(message: str) -> FcError:
    """400 InvalidArgument with ``message`` as its text."""
    return FcError(400, "InvalidArgument", message)
