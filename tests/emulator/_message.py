# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request as it came in and a reply as it goes out, without the HTTP library between."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

JSON_TYPE = "application/json"


@dataclasses.dataclass(frozen=True)
class Incoming:
    """A request: ``path`` and ``query`` as on the wire (percent-encoded), ``headers`` by lower-case name."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @functools.cached_property
    def parameters(self) -> dict[str, str]:
        """The query's parameters, decoded."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """The body's parameters, decoded, where the body is a form."""
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON, None where there is none; ValueError where it is not JSON."""
        return json.loads(self.body) if self.body.strip() else None


@dataclasses.dataclass
class Reply:
    """An answer, and how it fares on its way: late by ``delay`` seconds, cut in half, or never sent at all."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    content_type: str = JSON_TYPE
    delay: float = 0.0
    truncated: bool = False
    dropped: bool = False


def json_reply(status: int, body: Any | None, headers: dict[str, str] | None = None) -> Reply:
    """A reply with ``body`` as JSON, or with an empty body where it is None."""
    data = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    return Reply(status, data, dict(headers or {}))
