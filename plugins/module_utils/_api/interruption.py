# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Handle signals that interrupt the task."""

from __future__ import annotations

import threading
import time


class Interruption:
    """A signal that interrupts the task. The task ends as soon as no configuration is in an intermediate state."""

    def __init__(self) -> None:
        self._requested = threading.Event()
        self.reason = ""
        #: Whether the task is writing. If so, signals are only recorded, and the task checks ``requested``.
        self.held = False

    @property
    def requested(self) -> bool:
        """Whether a signal was received."""
        return self._requested.is_set()

    def request(self, reason: str) -> bool:
        """Record a signal and return whether to end the task immediately. Further signals are ignored."""
        if self.requested:
            return False
        self.reason = reason
        self._requested.set()
        return not self.held

    def hold(self) -> None:
        """From now on, only record signals, because the task is about to write."""
        self.held = True

    def sleep(self, seconds: float) -> None:
        """Sleep, but wake up when a signal is received. After a signal, sleep for at most one second."""
        if self.requested:
            time.sleep(min(seconds, 1.0))
        else:
            self._requested.wait(seconds)
