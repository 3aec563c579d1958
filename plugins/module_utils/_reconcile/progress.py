# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Report the progress of a task in a file, which the action plugins read while the module runs."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
import time
from typing import Callable

#: Minimum number of seconds between two writes within a phase.
_INTERVAL = 0.5


class Progress:
    """Counts the items that were processed and reports the number in a file. Thread-safe.

    Each report replaces the file, so that it is always complete. The first error disables further reports, because
    a task must not fail or slow down because of its progress reports.

    Args:
        path: the file, or None to report nothing.
    """

    def __init__(self, path: str | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._phase = self._items = ""
        self._done = self._total = 0
        self._written_at = 0.0

    def start(self, phase: str, items: str, total: int) -> None:
        """Start a phase, for example ``read`` for 2,000 ``configurations``. A phase without items is not reported."""
        with self._lock:
            self._phase, self._items, self._done, self._total = phase, items, 0, total
            if total:
                self._write()

    def advance(self, _item: object = None) -> None:
        """Count an item that was processed."""
        with self._lock:
            self._done += 1
            finished = self._done == self._total
            if self._done <= self._total and (finished or self._clock() - self._written_at >= _INTERVAL):
                self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        self._written_at = self._clock()
        report = {"phase": self._phase, "items": self._items, "done": self._done, "total": self._total}
        try:
            _replace(self._path, json.dumps(report))
        except (OSError, ValueError):  # ValueError: the path contains a null character
            self._path = None


def _replace(path: str, text: str) -> None:
    """Write a file that only its owner can read. Readers see either the previous or the new content."""
    # mkstemp creates the file with mode 0600.
    number, temporary = tempfile.mkstemp(prefix=".progress-", dir=os.path.dirname(path) or os.curdir)
    try:
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
