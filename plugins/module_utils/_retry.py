# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""What is tried again, when, and until when: the one retry of the collection.

A :class:`Retrier` is shared by all threads of a task, and with it the :class:`Pace`: a throttled answer slows down
every thread, not only the one that got it.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from enum import Enum
from typing import Callable, Deque, Optional, TypeVar

T = TypeVar("T")

EXPLAINED_WAIT = 3.0
"""Seconds of waiting after which a call owes the user an explanation."""


class Cause(Enum):
    """Why a call failed, as far as trying it again is concerned."""

    THROTTLED = "the service is throttling"
    BUSY = "the service is busy"
    LOST = "the connection failed or its answer was lost"
    DENIED = "access was denied, and RAM roles and policies take a while to spread"
    FINAL = "the answer is final"


class CallFailed(Exception):
    """A call failed. ``retry_after``: seconds that the service asked to wait, None where it did not say."""

    def __init__(self, message: str, cause: Cause, retry_after: Optional[float] = None) -> None:
        super().__init__(message)
        self.cause = cause
        self.retry_after = retry_after


class Pace:
    """How fast calls may start: as fast as they come, until the service throttles; then as fast as it answered.

    Every success makes it a little faster again. One throttled burst counts once, however many threads were in it.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._interval = 0.0
        self._next_start = 0.0
        self._slowed_at = float("-inf")
        self._answered: Deque[float] = deque(maxlen=64)

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
            self._interval = 0.0 if self._interval < 0.0005 else self._interval * 0.995

    def throttled(self, lined_up: float, delay: float) -> None:
        """A call that got in line at ``lined_up`` was throttled: let none start for ``delay`` seconds, then fewer."""
        with self._lock:
            now = self._clock()
            self._next_start = max(self._next_start, now + delay)
            if lined_up <= self._slowed_at:
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


class Retrier:
    """Carries calls out until they succeed, fail for good, or their time is over.

    :arg retry_timeout: seconds, from a call's first attempt, in which throttling, 5xx, conflicts and lost
        connections are tried again.
    :arg access_denied_timeout: the same for AccessDenied answers to writes.
    :arg warn: takes a sentence for the user.
    """

    def __init__(
        self,
        retry_timeout: float,
        access_denied_timeout: float,
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._retry_timeout = retry_timeout
        self._access_denied_timeout = access_denied_timeout
        self._warn = warn
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._explained_pace = False
        self.pace = Pace(clock, sleep)

    def call(self, what: str, attempt: Callable[[], T], write: bool = False) -> T:
        """Return what ``attempt`` returns, or raise the :class:`CallFailed` of its last try.

        :arg what: what is tried, for warnings, for example ``GetFunctionAsyncInvokeConfig of s:f:LATEST``.
        :arg write: whether AccessDenied is worth waiting for.
        """
        began = self._clock()
        failures = 0
        silent = 0.0
        while True:
            lined_up = self.pace.wait()
            self._explain_pace(self._clock() - lined_up)
            try:
                result = attempt()
            except CallFailed as error:
                if error.cause in (Cause.FINAL, Cause.DENIED):
                    self.pace.succeeded()  # as far as the pace is concerned: it was answered
                failures += 1
                left = began + self._patience(error, write) - self._clock()
                delay = self._delay(error, failures)
                if left <= 0 or (error.retry_after is not None and delay > left):
                    raise
                delay = min(delay, left)
                silent += delay
                if silent >= EXPLAINED_WAIT:
                    silent = 0.0
                    self._warn(
                        f"Waiting {delay:.0f} s to try {what} again, for up to {left:.0f} s more, "
                        f"because {error.cause.value}: {error}"
                    )
                if error.cause is Cause.THROTTLED:
                    self.pace.throttled(lined_up, delay)
                self._sleep(delay)
            else:
                self.pace.succeeded()
                return result

    def until(self, read: Callable[[], T], accept: Callable[[T], bool], patience: float) -> T:
        """Read again until ``accept`` says yes or ``patience`` seconds are over; returns the last read.

        For services whose reads lag behind their writes.
        """
        began = self._clock()
        delay = 0.05
        while True:
            result = read()
            left = began + patience - self._clock()
            if accept(result) or left <= 0:
                return result
            self._sleep(min(delay, left))
            delay = min(delay * 2, 2.0)

    def _explain_pace(self, waited: float) -> None:
        """Say once in a task why its calls wait for each other."""
        if waited < EXPLAINED_WAIT or self._explained_pace:
            return
        self._explained_pace = True
        self._warn(f"Calls wait for each other, this one {waited:.0f} s so far, because {Cause.THROTTLED.value}.")

    def _patience(self, error: CallFailed, write: bool) -> float:
        if error.cause is Cause.FINAL:
            return 0.0
        if error.cause is Cause.DENIED:
            return self._access_denied_timeout if write else 0.0
        return self._retry_timeout

    def _delay(self, error: CallFailed, failures: int) -> float:
        """Exponential back-off with full jitter; what the service asks for is the least."""
        ceiling = min(10.0, 0.2 * 2 ** min(failures, 10))
        return (error.retry_after or 0.0) + self._jitter(0.05, ceiling)
