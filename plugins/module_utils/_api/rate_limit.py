# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""How fast calls may start, shared by all threads of a task."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Callable


class RateLimiter:
    """How fast calls may start: as fast as they come, until the service throttles; then as fast as it answered.

    Every success makes it a little faster again. One throttled burst counts once, however many threads were in it. A
    few throttled answers among many others, as a service may give at any load, slow down nobody but the call itself.
    """

    #: The share of throttled answers up to which a lower pace would not help.
    _FEW = 0.35

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._interval = 0.0
        self._next_start = 0.0
        self._slowed_at = float("-inf")
        self._answered: deque[float] = deque(maxlen=64)
        self._throttled: deque[bool] = deque(maxlen=40)

    @property
    def interval(self) -> float:
        """Seconds between the starts of two calls."""
        return self._interval

    def wait(self) -> float:
        """Wait for this call's turn; returns the time at which it got in line, and so at what pace it goes."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next_start)
            self._next_start = start + self._interval
        if start > now:
            self._sleep(start - now)
        return now

    def succeeded(self) -> None:
        """A call was answered: speed up a little."""
        with self._lock:
            self._answered.append(self._clock())
            self._throttled.append(False)
            self._interval = 0.0 if self._interval < 0.0005 else self._interval * 0.992

    def throttled(self, queued_at: float, delay: float) -> None:
        """A call that got in line at ``queued_at`` was throttled: let none start for ``delay`` seconds, then fewer.

        Unless that happens to few calls.
        """
        with self._lock:
            now = self._clock()
            self._throttled.append(True)
            if len(self._throttled) < 6 or sum(self._throttled) <= self._FEW * len(self._throttled):
                return
            self._next_start = max(self._next_start, now + delay)
            if queued_at <= self._slowed_at:
                return  # it goes at a pace that was found too fast already
            self._slowed_at = now
            slower = 1.1 / self._rate(now)
            if self._interval:
                # The pauses that the service asks for make the rate look lower than it is.
                slower = max(self._interval * 1.25, min(slower, self._interval * 2))
            self._interval = min(2.0, slower)

    def _rate(self, now: float) -> float:
        """Answered calls a second of late, 50 where nothing is known."""
        recent = [at for at in self._answered if now - at <= 2.0]
        if len(recent) < 2:
            return 50.0
        return len(recent) / max(now - recent[0], 0.05)
