# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and responses, independent of the HTTP library."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

JSON_TYPE = "application/json"


@dataclasses.dataclass(frozen=True)
class Request:
    """A request. ``path`` and ``query`` are percent-encoded; the names in ``headers`` are lowercase."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @functools.cached_property
    def parameters(self) -> dict[str, str]:
        """The decoded query parameters."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """Return the decoded parameters from the body, or an empty dict if the body is not a form."""
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """Return the parsed JSON body, or None if the body is empty. Raise ValueError if the body is not JSON."""
        return json.loads(self.body) if self.body.strip() else None


@dataclasses.dataclass
class Response:
    """A response, which can be truncated, dropped or delayed by ``delay`` seconds."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    content_type: str = JSON_TYPE
    delay: float = 0.0
    truncated: bool = False
    dropped: bool = False


def json_response(status: int, body: Any | None, headers: dict[str, str] | None = None) -> Response:
    """Return a response with a JSON body, or with an empty body if ``body`` is None."""
    data = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    return Response(status, data, dict(headers or {}))
