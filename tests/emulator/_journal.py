# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of the requests that the emulator got; bounded, and never with a secret key, signature or token."""

from __future__ import annotations

import collections
import fnmatch
import threading
from collections.abc import Mapping
from typing import Any, TypedDict

DEFAULT_LIMIT = 20000
WRITES = ("PUT", "POST", "DELETE")
_SECRETS = ("Signature", "SignatureNonce", "SecurityToken", "OIDCToken")


class Entry(TypedDict):
    """One request. ``status`` is None where the connection was dropped; ``stored`` says that a change was stored."""

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
    """The requests in order, the newest ``limit`` of them, and a count of all by operation."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._lock = threading.Lock()
        self._entries: collections.deque[Entry] = collections.deque(maxlen=limit)
        self._counts: dict[str, int] = {}
        self._total = 0

    def add(self, entry: Entry) -> None:
        """Record a request; its ``n`` is set here, from 1."""
        with self._lock:
            self._total += 1
            entry["n"] = self._total
            self._counts[entry["operation"]] = self._counts.get(entry["operation"], 0) + 1
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget every request and count."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()
            self._total = 0

    @property
    def requests(self) -> list[Entry]:
        """The requests that are kept, oldest first."""
        return self.select()

    @property
    def writes(self) -> list[Entry]:
        """Those that ask for a change, whether or not one was stored."""
        return self.select(writes=True)

    @property
    def counts(self) -> dict[str, int]:
        """How many requests there were of each operation, those no longer kept included."""
        with self._lock:
            return dict(self._counts)

    def select(self, operation: str = "*", writes: bool = False) -> list[Entry]:
        """The kept requests whose operation fits the glob pattern; with ``writes`` only those that ask for a change."""
        with self._lock:
            entries = list(self._entries)
        return [
            entry
            for entry in entries
            if fnmatch.fnmatchcase(entry["operation"], operation) and (not writes or _asks_for_change(entry))
        ]


def without_secrets(parameters: Mapping[str, str]) -> dict[str, str]:
    """A request's parameters without signatures and tokens."""
    return {name: value for name, value in parameters.items() if name not in _SECRETS}


def _asks_for_change(entry: Entry) -> bool:
    return entry["path"] not in ("", "/") and entry["method"] in WRITES  # STS is called at /
