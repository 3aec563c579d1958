# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The retry policy: which calls are retried, when, and until when.

All threads of a task share one ``Retrier``, and with it the ``RateLimiter`` and the patience: throttling slows down
every thread, and what has failed for as long as the task waits is not waited for again by the next call.
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
#: Seconds of waiting after which a call owes the user an explanation.
WARN_AFTER = 3.0
#: Seconds in which an interrupted task still retries what it must not leave half done.
RETRY_TIMEOUT_AFTER_INTERRUPTION = 10.0
#: So many calls in a row that were lost for good show that a host does not answer at all.
_FAILURES_UNTIL_UNREACHABLE = 3


class Cause(Enum):
    """Why a call failed, as far as trying it again is concerned."""

    THROTTLED = "the service is throttling"
    SERVER = "the service is busy"
    CONNECTION = "the connection failed or its answer was lost"
    DENIED = "access was denied, and RAM roles and policies take a while to spread"
    UNAUTHENTICATED = "the credential was refused"
    BLOCKED = "a proxy does not let the call through"
    PERMANENT = "the answer is final"


class CallFailed(Exception):
    """A call failed.

    ``retry_after``: seconds that the service asked to wait, None where it did not say. ``uncertain``: whether the
    service may have carried the call out all the same.
    """

    def __init__(self, message: str, cause: Cause, retry_after: float | None = None, uncertain: bool = False) -> None:
        super().__init__(message)
        self.cause = cause
        self.retry_after = retry_after
        self.uncertain = uncertain


class NotAttempted(Exception):
    """A call was not made, because others have failed for too long; ``reason`` is the failure of one of them."""

    def __init__(self, reason: CallFailed) -> None:
        super().__init__(str(reason))
        self.reason = reason


class _RetryDeadlines:
    """For how long the calls of a task may still be retried. Not locked: the ``Retrier`` does that.

    As long as no call has succeeded, the patience is the whole task's; then it is that of a host and cause, and starts
    anew with every success, since that shows that the host answers. Only a denied write that succeeds later shows that
    denials pass: what other writes are allowed says nothing about it.
    """

    def __init__(self, timeouts: dict[Cause, float]) -> None:
        self._timeouts = timeouts
        self._succeeded: set[str] = set()
        self._failing_since: dict[tuple[str, Cause], float] = {}
        self._lost: dict[str, int] = {}
        self._given_up: dict[str, CallFailed] = {}

    def end(self, host: str, cause: Cause, began: float) -> float:
        """When to stop retrying a call to ``host`` that began then and failed for this reason."""
        if cause not in self._timeouts:
            return began
        key = (host if self._succeeded else "", cause)
        since = self._failing_since.setdefault(key, began)
        return min(began, since) + self._timeouts[cause]

    def give_up(self, host: str, error: CallFailed) -> None:
        """A call has failed for good: if nobody answers, or answers to this caller, nor will the next.

        A single lost call may be lost for a reason of its own, so that others are tried once.
        """
        refused = error.cause in (Cause.UNAUTHENTICATED, Cause.BLOCKED) and host not in self._succeeded
        self._lost[host] = self._lost.get(host, 0) + 1 if error.cause is Cause.CONNECTION else 0
        if refused or self._lost[host] >= _FAILURES_UNTIL_UNREACHABLE:
            self._given_up[host] = error

    def given_up(self, host: str) -> CallFailed | None:
        """Why a host is not called any more, None if it is."""
        return self._given_up.get(host)

    def succeeded(self, host: str, after: Cause | None) -> None:
        """A call to a host was answered, ``after`` a failure for this reason."""
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
    """How often, and how long, calls waited for one reason."""

    def __init__(self, example: str) -> None:
        self.example = example
        self.times = 0
        self.seconds = 0.0


class Retrier:
    """Carries calls out until they succeed, fail for good, or the patience is over.

    Args:
        retry_timeout: seconds in which throttling, 5xx, conflicts and lost connections are tried again.
        access_denied_timeout: the same for AccessDenied answers to writes.
        interruption: cuts all waits short.
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
        self._longest_in_line = 0.0
        self._interrupted_at: float | None = None
        self.limiter = RateLimiter(clock, self._sleep)

    def call(self, what: str, attempt: Callable[[], T], write: bool = False, host: str = "", vital: bool = False) -> T:
        """Return what ``attempt`` returns, or raise the ``CallFailed`` of its last try.

        Args:
            what: what is tried, for warnings, for example ``GetFunctionAsyncInvokeConfig of s:f:LATEST``.
            write: whether AccessDenied is worth waiting for.
            host: who is called.
            vital: whether something would be lost without this call: then the patience is its own.

        Raises ``NotAttempted`` if the host has not answered for too long, cannot be reached through the proxy, or
        does not accept the credential.
        """
        began = self._clock()
        failures = 0
        silent = 0.0
        last: CallFailed | None = None
        while True:
            queued_at = self.limiter.wait()
            self._longest_in_line = max(self._longest_in_line, self._clock() - queued_at)
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
        """Seconds until the next try, None if there is none."""
        if error.cause in (Cause.PERMANENT, Cause.DENIED, Cause.UNAUTHENTICATED, Cause.BLOCKED):
            self.limiter.succeeded()  # as far as the pace is concerned: it was answered
        left = end - self._clock()
        delay = self._delay(error, failures)
        if left <= 0 or (error.retry_after is not None and delay > left):
            with self._lock:
                self._deadlines.give_up(host, error)
            return None
        return min(delay, left)

    def until(self, read: Callable[[], T], accept: Callable[[T], bool], timeout: float) -> T:
        """Read again until ``accept`` says yes or ``timeout`` seconds are over; returns the last read.

        For services whose reads lag behind their writes.
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
        """Why the task waited: a sentence for each reason, once it has waited for longer than a few seconds."""
        with self._lock:
            found = [_explanation(cause, wait) for cause, wait in self._waits.items() if wait.times]
        if self._longest_in_line >= WARN_AFTER:
            found.append(
                f"Calls waited for each other, up to {self._longest_in_line:.0f} s, because {Cause.THROTTLED.value}."
            )
        return found

    def _given_up(self, host: str) -> CallFailed | None:
        with self._lock:
            return self._deadlines.given_up(host)

    def _end(self, error: CallFailed, began: float, write: bool, host: str, vital: bool) -> float:
        """When to stop retrying a call that failed like this."""
        if error.cause is Cause.DENIED and not write:
            return began
        with self._lock:
            deadlines = _RetryDeadlines(self._deadlines._timeouts) if vital else self._deadlines
            end = deadlines.end(host, error.cause, began)
        return self._cut_short(end)

    def _cut_short(self, end: float) -> float:
        """When to stop waiting, if the task is interrupted meanwhile."""
        if not self._interruption.requested:
            return end
        with self._lock:
            if self._interrupted_at is None:
                self._interrupted_at = self._clock()
            return min(end, self._interrupted_at + RETRY_TIMEOUT_AFTER_INTERRUPTION)

    def _explain(self, what: str, error: CallFailed, delay: float, silent: float) -> float:
        """Note a wait, and return the seconds that this call has waited since one was noted."""
        silent += delay
        if silent < WARN_AFTER:
            return silent
        with self._lock:
            wait = self._waits.setdefault(error.cause, _Wait(f"{what}: {error}"))
            wait.times += 1
            wait.seconds += silent
        return 0.0

    def _delay(self, error: CallFailed, failures: int) -> float:
        """Exponential back-off with full jitter; what the service asks for is the least."""
        ceiling = min(10.0, 0.2 * 2 ** min(failures, 10))
        return (error.retry_after or 0.0) + self._jitter(0.05, ceiling)


def _explanation(cause: Cause, wait: _Wait) -> str:
    often = "once" if wait.times == 1 else f"{wait.times} times"
    return f"Waited {often}, {wait.seconds:.0f} s in all, because {cause.value}. The first to wait was {wait.example}"
