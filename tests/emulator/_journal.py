# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request journal. It has a size limit and contains no secret keys, signatures or tokens."""

from __future__ import annotations

import collections
import fnmatch
import threading
from collections.abc import Mapping
from typing import Any, TypedDict

DEFAULT_LIMIT = 20000
WRITE_METHODS = ("PUT", "POST", "DELETE")
_SECRETS = ("Signature", "SignatureNonce", "SecurityToken", "OIDCToken")


class Entry(TypedDict):
    """A request. ``status`` is None if the connection was dropped; ``stored`` is true if a change was stored."""

    n: int
    time: float
    method: str
    path: str
    query: dict[str, str]
    version: str
    operation: str
    access_key_id: str
    status: int | None
    code: str
    service: str | None
    function: str | None
    qualifier: str | None
    body: Any
    stored: bool


class Journal:
    """The last ``limit`` requests, in order, and the total number of requests for each operation."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._lock = threading.Lock()
        self._entries: collections.deque[Entry] = collections.deque(maxlen=limit)
        self._counts: dict[str, int] = {}
        self._total = 0

    def add(self, entry: Entry) -> None:
        """Add a request and set its number ``n``. The first request is number 1."""
        with self._lock:
            self._total += 1
            entry["n"] = self._total
            self._counts[entry["operation"]] = self._counts.get(entry["operation"], 0) + 1
            self._entries.append(entry)

    def clear(self) -> None:
        """Remove all requests and counts."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()
            self._total = 0

    @property
    def requests(self) -> list[Entry]:
        """The recorded requests, oldest first."""
        return self.select()

    @property
    def writes(self) -> list[Entry]:
        """The recorded write requests, whether or not they stored a change."""
        return self.select(writes=True)

    @property
    def counts(self) -> dict[str, int]:
        """The number of requests for each operation, including requests that are no longer in the journal."""
        with self._lock:
            return dict(self._counts)

    def select(self, operation: str = "*", writes: bool = False) -> list[Entry]:
        """Return the requests whose operation matches a glob pattern. With ``writes``, return only write requests."""
        with self._lock:
            entries = list(self._entries)
        return [
            entry
            for entry in entries
            if fnmatch.fnmatchcase(entry["operation"], operation) and (not writes or _is_write(entry))
        ]


def without_secrets(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the request parameters without signatures or tokens."""
    return {name: value for name, value in parameters.items() if name not in _SECRETS}


def _is_write(entry: Entry) -> bool:
    return entry["path"] not in ("", "/") and entry["method"] in WRITE_METHODS  # STS requests use the path /
