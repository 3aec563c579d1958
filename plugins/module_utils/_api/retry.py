# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The retry policy.

All threads of a task share one ``Retrier``, including its ``RateLimiter`` and retry deadlines. Throttling slows down
all threads. Once one call has exhausted the retry timeout, other calls that fail for the same reason do not wait again.
"""

from __future__ import annotations

import random
import threading
import time
from enum import Enum
from typing import Callable, TypeVar

from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._api.rate_limit import RateLimiter

T = TypeVar("T")
#: Waits of at least this many seconds are reported to the user.
WARN_AFTER = 3.0
#: Number of seconds for which optional calls are retried.
OPTIONAL_RETRY_TIMEOUT = 3.0
#: Number of seconds for which an interrupted task keeps retrying calls that it cannot skip.
RETRY_TIMEOUT_AFTER_INTERRUPTION = 10.0
#: Number of consecutive connection failures after which a host is considered unreachable.
_FAILURES_UNTIL_UNREACHABLE = 3


class Cause(Enum):
    """The cause of a failure, as classified by the retry policy."""

    THROTTLED = "the service is throttling requests"
    SERVER = "the service is busy"
    CONNECTION = "the connection failed or the response was lost"
    DENIED = "access was denied, and changes to RAM policies take time to propagate"
    UNAUTHENTICATED = "the credential was rejected"
    BLOCKED = "a proxy blocks the request"
    PERMANENT = "the failure is permanent"


class CallFailed(Exception):
    """A call failed.

    ``retry_after`` is the delay in seconds that the service requested, or None. ``uncertain`` is True if the service
    may have executed the call.
    """

    def __init__(self, message: str, cause: Cause, retry_after: float | None = None, uncertain: bool = False) -> None:
        super().__init__(message)
        self.cause = cause
        self.retry_after = retry_after
        self.uncertain = uncertain


class NotAttempted(Exception):
    """A call was not attempted because previous calls to the host failed. ``reason`` is one of these failures."""

    def __init__(self, reason: CallFailed) -> None:
        super().__init__(str(reason))
        self.reason = reason


class _RetryDeadlines:
    """The retry deadlines of a task. The class is not thread-safe, so the ``Retrier`` uses a lock.

    Until a call succeeds, there is one deadline for each cause. After that, each combination of host and cause has its
    own deadline, which restarts after each success. The deadline for denied writes restarts only after a previously
    denied write succeeds: other writes may require different permissions.
    """

    def __init__(self, timeouts: dict[Cause, float]) -> None:
        self._timeouts = timeouts
        self._succeeded: set[str] = set()
        self._failing_since: dict[tuple[str, Cause], float] = {}
        self._lost: dict[str, int] = {}
        self._given_up: dict[str, CallFailed] = {}

    def end(self, host: str, cause: Cause, began: float) -> float:
        """Return the retry deadline for a call to ``host`` that started at ``began`` and failed due to ``cause``."""
        if cause not in self._timeouts:
            return began
        key = (host if self._succeeded else "", cause)
        since = self._failing_since.setdefault(key, began)
        return min(began, since) + self._timeouts[cause]

    def give_up(self, host: str, error: CallFailed) -> None:
        """Record a failure that is not retried.

        If the host does not respond or rejects the caller, other calls will fail too. A single connection failure may
        affect only one call, so other calls are still attempted once.
        """
        refused = error.cause in (Cause.UNAUTHENTICATED, Cause.BLOCKED) and host not in self._succeeded
        self._lost[host] = self._lost.get(host, 0) + 1 if error.cause is Cause.CONNECTION else 0
        if refused or self._lost[host] >= _FAILURES_UNTIL_UNREACHABLE:
            self._given_up[host] = error

    def given_up(self, host: str) -> CallFailed | None:
        """Return the reason why a host is no longer called, or None if it is still called."""
        return self._given_up.get(host)

    def succeeded(self, host: str, after: Cause | None) -> None:
        """Record a successful call to a host. ``after`` is the cause of the call's previous failure, if any."""
        first = not self._succeeded
        self._succeeded.add(host)
        self._lost.pop(host, None)
        self._given_up.pop(host, None)
        if first:
            self._failing_since.clear()
            return
        for key in [key for key in self._failing_since if key[0] == host]:
            if key[1] is not Cause.DENIED or after is Cause.DENIED:
                del self._failing_since[key]


class _Wait:
    """The number and total duration of the waits due to one cause."""

    def __init__(self, example: str) -> None:
        self.example = example
        self.times = 0
        self.seconds = 0.0


class Retrier:
    """Calls a function until it succeeds, fails permanently or exceeds a retry timeout.

    Args:
        retry_timeout: number of seconds for which calls are retried after throttling, 5xx errors, conflicts or
            connection failures.
        access_denied_timeout: number of seconds for which denied writes are retried.
        interruption: the interruption that ends all waits early.
    """

    def __init__(
        self,
        retry_timeout: float,
        access_denied_timeout: float,
        interruption: Interruption | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._interruption = interruption or Interruption()
        self._retry_timeout = retry_timeout
        self._optional: Retrier | None = None
        self._clock = clock
        self._sleep = sleep or self._interruption.sleep
        self._jitter = jitter
        self._lock = threading.Lock()
        self._deadlines = _RetryDeadlines(
            {
                Cause.THROTTLED: retry_timeout,
                Cause.SERVER: retry_timeout,
                Cause.CONNECTION: retry_timeout,
                Cause.DENIED: access_denied_timeout,
            }
        )
        self._waits: dict[Cause, _Wait] = {}
        self._longest_delay = 0.0
        self._interrupted_at: float | None = None
        self.limiter = RateLimiter(clock, self._sleep)

    def optional(self) -> Retrier:
        """Return a retrier for calls that only save other calls.

        It gives up after a few seconds. The deadlines and the rate of other calls do not depend on it, so a task whose
        optional calls fail ends as if it had not made them.
        """
        timeout = min(self._retry_timeout, OPTIONAL_RETRY_TIMEOUT)
        self._optional = Retrier(timeout, 0.0, self._interruption, self._clock, self._sleep, self._jitter)
        return self._optional

    def call(self, what: str, attempt: Callable[[], T], write: bool = False, host: str = "", vital: bool = False) -> T:
        """Return the result of ``attempt``, or raise the ``CallFailed`` from the last attempt.

        Args:
            what: the operation and its target for warnings, such as ``GetFunctionAsyncInvokeConfig of s:f:LATEST``.
            write: whether to retry the call if access is denied.
            host: the host to call.
            vital: whether a configuration would be lost if the call failed. A vital call has its own retry timeout.

        Raises ``NotAttempted`` if the host has been unresponsive for too long, cannot be reached through the proxy or
        rejects the credential.
        """
        began = self._clock()
        failures = 0
        silent = 0.0
        last: CallFailed | None = None
        while True:
            queued_at = self.limiter.wait()
            self._longest_delay = max(self._longest_delay, self._clock() - queued_at)
            given_up = None if vital else self._given_up(host)
            if given_up is not None:
                raise last or NotAttempted(given_up)
            try:
                result = attempt()
            except CallFailed as error:
                error.uncertain = error.uncertain or (last is not None and last.uncertain)
                last = error
                failures += 1
                delay = self._delay_before_next(error, failures, self._end(error, began, write, host, vital), host)
                if delay is None:
                    raise
                silent = self._explain(what, error, delay, silent)
                if error.cause is Cause.THROTTLED:
                    self.limiter.throttled(queued_at, delay)
                self._sleep(delay)
            else:
                self.limiter.succeeded()
                with self._lock:
                    self._deadlines.succeeded(host, last.cause if last else None)
                return result

    def _delay_before_next(self, error: CallFailed, failures: int, end: float, host: str) -> float | None:
        """Return the number of seconds until the next attempt, or None if the call is not retried."""
        if error.cause in (Cause.PERMANENT, Cause.DENIED, Cause.UNAUTHENTICATED, Cause.BLOCKED):
            self.limiter.succeeded()  # for the rate limiter, any response is a success
        left = end - self._clock()
        delay = self._delay(error, failures)
        if left <= 0 or (error.retry_after is not None and delay > left):
            with self._lock:
                self._deadlines.give_up(host, error)
            return None
        return min(delay, left)

    def until(self, read: Callable[[], T], accept: Callable[[T], bool], timeout: float) -> T:
        """Call ``read`` repeatedly until ``accept`` returns true or the timeout expires, and return the last result.

        This is necessary because reads may lag behind writes.
        """
        began = self._clock()
        delay = 0.05
        while True:
            result = read()
            left = self._cut_short(began + timeout) - self._clock()
            if accept(result) or left <= 0:
                return result
            self._sleep(min(delay, left))
            delay = min(delay * 2, 2.0)

    def explanations(self) -> list[str]:
        """Return a warning for each cause that made the task wait for more than a few seconds."""
        with self._lock:
            found = [_explanation(cause, wait) for cause, wait in self._waits.items() if wait.times]
        if self._longest_delay >= WARN_AFTER:
            found.append(f"Requests were delayed by up to {self._longest_delay:.0f} s because {Cause.THROTTLED.value}.")
        return found + (self._optional.explanations() if self._optional else [])

    def _given_up(self, host: str) -> CallFailed | None:
        with self._lock:
            return self._deadlines.given_up(host)

    def _end(self, error: CallFailed, began: float, write: bool, host: str, vital: bool) -> float:
        """Return the deadline for retrying a failed call."""
        if error.cause is Cause.DENIED and not write:
            return began
        with self._lock:
            deadlines = _RetryDeadlines(self._deadlines._timeouts) if vital else self._deadlines
            end = deadlines.end(host, error.cause, began)
        return self._cut_short(end)

    def _cut_short(self, end: float) -> float:
        """Return the deadline, or an earlier one if the task has been interrupted."""
        if not self._interruption.requested:
            return end
        with self._lock:
            if self._interrupted_at is None:
                self._interrupted_at = self._clock()
            return min(end, self._interrupted_at + RETRY_TIMEOUT_AFTER_INTERRUPTION)

    def _explain(self, what: str, error: CallFailed, delay: float, silent: float) -> float:
        """Record a wait and return the number of seconds that this call has waited since the last recorded wait."""
        silent += delay
        if silent < WARN_AFTER:
            return silent
        with self._lock:
            wait = self._waits.setdefault(error.cause, _Wait(f"{what}: {error}"))
            wait.times += 1
            wait.seconds += silent
        return 0.0

    def _delay(self, error: CallFailed, failures: int) -> float:
        """Return the delay: exponential backoff with full jitter, added to the delay that the service requested."""
        ceiling = min(10.0, 0.2 * 2 ** min(failures, 10))
        return (error.retry_after or 0.0) + self._jitter(0.05, ceiling)


def _explanation(cause: Cause, wait: _Wait) -> str:
    often = "once" if wait.times == 1 else f"{wait.times} times"
    waited = f"Waited {often}, {wait.seconds:.0f} s in total"
    return f"{waited}, because {cause.value}. The first wait was for {wait.example}"
