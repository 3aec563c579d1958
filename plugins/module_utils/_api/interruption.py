# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""A signal that asks the task to end."""

from __future__ import annotations

import threading
import time


class Interruption:
    """A signal that asks the task to end. It is noted at once, and obeyed where nothing is left half done."""

    def __init__(self) -> None:
        self._requested = threading.Event()
        self.reason = ""
        #: Whether the task is writing: then a signal is only noted, and the task looks at ``requested``.
        self.held = False

    @property
    def requested(self) -> bool:
        """Whether a signal came."""
        return self._requested.is_set()

    def request(self, reason: str) -> bool:
        """Note a signal; returns whether it is to end the task at once. All but the first are ignored."""
        if self.requested:
            return False
        self.reason = reason
        self._requested.set()
        return not self.held

    def hold(self) -> None:
        """From now on, only note signals: the task is about to write."""
        self.held = True

    def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until the signal comes; after it, a second at the most."""
        if self.requested:
            time.sleep(min(seconds, 1.0))
        else:
            self._requested.wait(seconds)
