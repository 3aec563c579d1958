# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The rate limiter shared by all threads of a task."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Callable


class RateLimiter:
    """Limits the rate at which calls start. There is no limit until the service throttles calls.

    After throttling, the limit is set close to the rate achieved so far. Each successful call raises it slightly. A
    burst of throttled calls counts only once, regardless of the number of threads. If the service throttles only a
    small share of calls regardless of the load, only the affected calls are delayed.
    """

    #: If at most this share of calls is throttled, lowering the rate is not expected to help.
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
        """Number of seconds between the starts of consecutive calls."""
        return self._interval

    def wait(self) -> float:
        """Wait until this call may start. Returns the time at which the call was queued."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next_start)
            self._next_start = start + self._interval
        if start > now:
            self._sleep(start - now)
        return now

    def succeeded(self) -> None:
        """Increase the rate after a successful call."""
        with self._lock:
            self._answered.append(self._clock())
            self._throttled.append(False)
            self._interval = 0.0 if self._interval < 0.0005 else self._interval * 0.992

    def throttled(self, queued_at: float, delay: float) -> None:
        """Reduce the rate and pause for ``delay`` seconds because a call queued at ``queued_at`` was throttled.

        Does nothing if only a small share of calls is throttled.
        """
        with self._lock:
            now = self._clock()
            self._throttled.append(True)
            if len(self._throttled) < 6 or sum(self._throttled) <= self._FEW * len(self._throttled):
                return
            self._next_start = max(self._next_start, now + delay)
            if queued_at <= self._slowed_at:
                return  # the call was queued before the rate was reduced
            self._slowed_at = now
            slower = 1.1 / self._rate(now)
            if self._interval:
                # Pauses requested by the service make the measured rate too low.
                slower = max(self._interval * 1.25, min(slower, self._interval * 2))
            self._interval = min(2.0, slower)

    def _rate(self, now: float) -> float:
        """Return the recent number of successful calls per second, or 50 if it is unknown."""
        recent = [at for at in self._answered if now - at <= 2.0]
        if len(recent) < 2:
            return 50.0
        return len(recent) / max(now - recent[0], 0.05)
