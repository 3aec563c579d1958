# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of retries and rate limiting with a fake clock."""

from __future__ import annotations

import heapq
import random
import re
from typing import Callable

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._api.rate_limit import RateLimiter
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import (
    OPTIONAL_RETRY_TIMEOUT,
    RETRY_TIMEOUT_AFTER_INTERRUPTION,
    CallFailed,
    Cause,
    NotAttempted,
    Retrier,
)
from hypothesis import given
from hypothesis import strategies as st

RETRY, DENIED = 60.0, 120.0


class FakeClock:
    """A clock that advances without real delays. It also creates retriers that use the clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.default_retrier: Retrier | None = None

    @property
    def warnings(self) -> list[str]:
        """Return the warnings about all previous calls."""
        assert self.default_retrier is not None
        return self.default_retrier.explanations()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def retrier(self, jitter: Callable[[float, float], float] = max) -> Retrier:
        return Retrier(RETRY, DENIED, None, lambda: self.now, self.sleep, jitter)

    def run(self, failures: list[CallFailed], write: bool = False, takes: float = 0.0) -> tuple[str, int]:
        """Run a call that fails with these errors and then succeeds. Return the result and the number of attempts."""
        attempts = 0

        def attempt() -> str:
            nonlocal attempts
            attempts += 1
            self.now += takes
            if attempts <= len(failures):
                raise failures[attempts - 1]
            return "done"

        self.default_retrier = self.default_retrier or self.retrier()
        return self.default_retrier.call("Get of s:f", attempt, write), attempts


def failed(cause: Cause, retry_after: float | None = None) -> CallFailed:
    return CallFailed("it failed.", cause, retry_after)


@pytest.mark.parametrize("cause", [Cause.THROTTLED, Cause.SERVER, Cause.CONNECTION])
@pytest.mark.parametrize("write", [True, False])
def test_temporary_failures_are_retried(cause: Cause, write: bool) -> None:
    assert FakeClock().run([failed(cause)] * 8, write) == ("done", 9)


def test_permanent_failures_are_not_retried() -> None:
    clock = FakeClock()
    with pytest.raises(CallFailed):
        clock.run([failed(Cause.PERMANENT)])
    assert clock.slept == []


def test_only_writes_are_retried_if_access_is_denied() -> None:
    assert FakeClock().run([failed(Cause.DENIED)] * 10, write=True) == ("done", 11)
    with pytest.raises(CallFailed):
        FakeClock().run([failed(Cause.DENIED)], write=False)


@given(
    causes=st.lists(
        st.sampled_from([Cause.THROTTLED, Cause.SERVER, Cause.CONNECTION, Cause.DENIED]), min_size=200, max_size=200
    ),
    takes=st.floats(0, 20),
)
def test_retries_end_at_the_timeout(causes: list[Cause], takes: float) -> None:
    clock = FakeClock()
    started = clock.now
    with pytest.raises(CallFailed) as exc_info:
        clock.run([failed(cause) for cause in causes], write=True, takes=takes)
    timeout = DENIED if exc_info.value.cause is Cause.DENIED else RETRY
    assert clock.now <= started + max(timeout, DENIED) + takes + 1e-6
    if len(set(causes)) == 1:
        assert clock.now >= started + timeout


def test_the_last_attempt_is_at_the_timeout() -> None:
    clock = FakeClock()
    started = clock.now
    with pytest.raises(CallFailed):
        clock.run([failed(Cause.CONNECTION)] * 1000)
    assert clock.now == pytest.approx(started + RETRY)


def test_delays_are_not_shorter_than_retry_after() -> None:
    clock = FakeClock()
    clock.run([failed(Cause.THROTTLED, retry_after=7)])
    assert clock.slept[0] >= 7


def test_retry_after_beyond_the_timeout_fails_immediately() -> None:
    clock = FakeClock()
    with pytest.raises(CallFailed):
        clock.run([failed(Cause.THROTTLED, retry_after=RETRY + 1)])
    assert clock.slept == []


def test_long_delays_cause_a_warning() -> None:
    clock = FakeClock()
    clock.run([failed(Cause.SERVER)])
    assert clock.warnings == []
    clock.run([failed(Cause.DENIED)] * 12, write=True)
    (first,) = clock.warnings
    assert "changes to RAM policies take time to propagate. The first wait was for Get of s:f: it failed." in first


def test_delays_with_the_same_cause_are_summarized() -> None:
    clock = FakeClock()
    for _call in range(20):
        clock.run([failed(Cause.SERVER)] * 6)
    assert len(clock.warnings) == 1
    summary = re.match(r"Waited (\d+) times, (\d+) s in total, because the service is busy", clock.warnings[0])
    assert summary is not None
    assert int(summary[1]) > 20
    assert int(summary[2]) == pytest.approx(sum(clock.slept), rel=0.2)


def give_up(clock: FakeClock, calls: int, cause: Cause, write: bool = False, host: str = "h") -> list[int]:
    """Run calls that fail and return the number of attempts for each call."""
    clock.default_retrier = clock.default_retrier or clock.retrier()
    counts = []
    for _call in range(calls):
        attempts = 0

        def attempt() -> str:
            nonlocal attempts
            attempts += 1
            raise failed(cause)

        with pytest.raises((NotAttempted, CallFailed), match=r"^it failed\.$") as exc_info:
            clock.default_retrier.call("Put", attempt, write, host)
        assert isinstance(exc_info.value, NotAttempted) == (attempts == 0)
        counts.append(attempts)
    return counts


def test_retry_timeout_for_an_unreachable_host_is_spent_once_per_task() -> None:
    clock = FakeClock()
    started = clock.now
    first, *others = give_up(clock, 600, Cause.CONNECTION)
    assert first > 5
    assert others == [1, 1, *[0] * 597], "the host is given up after two further calls"
    assert clock.now == pytest.approx(started + RETRY)


@pytest.mark.parametrize("cause", list(Cause))
def test_optional_calls_end_early_and_do_not_affect_other_calls(cause: Cause) -> None:
    clock = FakeClock()
    clock.default_retrier = clock.retrier()
    started, attempts = clock.now, 0

    def attempt() -> str:
        nonlocal attempts
        attempts += 1
        raise failed(cause)

    for _call in range(4):
        with pytest.raises((CallFailed, NotAttempted)):
            clock.default_retrier.optional().call("List", attempt)
    assert clock.now <= started + 4 * OPTIONAL_RETRY_TIMEOUT
    assert clock.default_retrier.limiter.wait() == clock.now, "the rate is not reduced"
    middle = clock.now
    if cause in (Cause.THROTTLED, Cause.SERVER, Cause.CONNECTION):
        assert attempts > 4
        assert give_up(clock, 1, cause)[0] > 5
        assert clock.now == pytest.approx(middle + RETRY)
    else:
        assert attempts == 4
        assert clock.run([]) == ("done", 1)


def test_waits_of_optional_calls_cause_a_warning() -> None:
    clock = FakeClock()
    clock.default_retrier = clock.retrier()
    errors = [failed(Cause.SERVER, 2.6)]

    def attempt() -> str:
        if errors:
            raise errors.pop()
        return "done"

    assert clock.default_retrier.optional().call("List", attempt) == "done"
    (warning,) = clock.warnings
    assert warning.startswith("Waited once, 3 s in total, because the service is busy.")


def test_access_denied_timeout_is_spent_once_per_task() -> None:
    clock = FakeClock()
    started = clock.now
    first, *others = give_up(clock, 600, Cause.DENIED, write=True)
    assert first > 5
    assert set(others) == {1}, "writes to other functions may be allowed"
    assert clock.now == pytest.approx(started + DENIED)


def test_invalid_credentials_are_used_once() -> None:
    assert give_up(FakeClock(), 600, Cause.UNAUTHENTICATED) == [1, *[0] * 599]


def test_credentials_that_were_accepted_before_are_used_again() -> None:
    clock = FakeClock()
    clock.default_retrier = clock.retrier()
    clock.default_retrier.call("Get", lambda: "done", host="h")
    assert give_up(clock, 5, Cause.UNAUTHENTICATED) == [1] * 5


@pytest.mark.parametrize("cause", [Cause.SERVER, Cause.CONNECTION, Cause.THROTTLED])
def test_success_restores_the_retry_timeout_of_the_host(cause: Cause) -> None:
    clock = FakeClock()
    for _round in range(3):
        assert give_up(clock, 1, cause)[0] > 5
        assert clock.default_retrier is not None
        clock.default_retrier.call("Get", lambda: "done", host="h")


def test_success_of_another_host_does_not_restore_the_retry_timeout() -> None:
    clock = FakeClock()
    give_up(clock, 10, Cause.CONNECTION)
    assert clock.default_retrier is not None
    clock.default_retrier.call("Get", lambda: "done", host="other")
    assert give_up(clock, 1, Cause.CONNECTION) == [0]


def test_success_of_other_writes_does_not_restore_the_access_denied_timeout() -> None:
    clock = FakeClock()
    clock.default_retrier = clock.retrier()
    clock.default_retrier.call("Get", lambda: "done", host="h")
    assert give_up(clock, 1, Cause.DENIED, write=True)[0] > 5
    clock.default_retrier.call("Put of another function", lambda: "done", write=True, host="h")
    assert give_up(clock, 1, Cause.DENIED, write=True) == [1]


def test_vital_calls_have_their_own_retry_timeout() -> None:
    clock = FakeClock()
    give_up(clock, 10, Cause.CONNECTION)
    assert clock.default_retrier is not None
    failures = iter([failed(Cause.CONNECTION)] * 5)

    def attempt() -> str:
        for error in failures:
            raise error
        return "done"

    assert clock.default_retrier.call("Put", attempt, True, "h", vital=True) == "done"


def test_uncertainty_persists_across_attempts() -> None:
    connection_lost = CallFailed("lost.", Cause.CONNECTION, uncertain=True)
    for failures, uncertain in (
        ([connection_lost, failed(Cause.PERMANENT)], True),
        ([failed(Cause.CONNECTION), failed(Cause.PERMANENT)], False),
    ):
        with pytest.raises(CallFailed) as exc_info:
            FakeClock().run(failures)
        assert exc_info.value.uncertain == uncertain


def test_interruption_shortens_the_retry_timeout() -> None:
    clock = FakeClock()
    interruption = Interruption()
    retrier = Retrier(RETRY, DENIED, interruption, lambda: clock.now, clock.sleep, max)
    attempts, interrupted_at = 0, 0.0

    def attempt() -> str:
        nonlocal attempts, interrupted_at
        attempts += 1
        if attempts == 3:
            interruption.hold()
            assert not interruption.request("by the test")
            interrupted_at = clock.now
        raise failed(Cause.DENIED)

    with pytest.raises(CallFailed):
        retrier.call("Put", attempt, write=True, vital=True)
    assert clock.now <= interrupted_at + RETRY_TIMEOUT_AFTER_INTERRUPTION
    assert attempts > 3


def test_only_the_first_interruption_counts_and_held_tasks_continue() -> None:
    interruption = Interruption()
    assert interruption.request("first")
    assert not interruption.request("second")
    assert (interruption.requested, interruption.reason) == (True, "first")
    held = Interruption()
    held.hold()
    assert not held.request("first")
    assert held.requested


@given(st.integers(1, 2000), st.sampled_from([Cause.THROTTLED, Cause.SERVER, Cause.DENIED]))
def test_backoff_is_limited(failures: int, cause: Cause) -> None:
    retrier = FakeClock().retrier()
    assert 0.05 <= retrier._delay(failed(cause), failures) <= 10.0


def test_throttling_increases_the_interval_and_success_decreases_it() -> None:
    clock = FakeClock()
    retrier = clock.retrier()
    for _call in range(50):
        clock.now += 0.01
        retrier.call("Get", lambda: None)
    assert retrier.limiter.interval == 0.0

    queued_at = retrier.limiter.wait()
    retrier.limiter.throttled(queued_at, 0.5)
    assert retrier.limiter.interval == 0.0, "a single throttled call is no reason to slow down"
    for _call in range(20):
        retrier.limiter.throttled(queued_at, 0.5)
    interval = retrier.limiter.interval
    assert interval == pytest.approx(0.011, rel=0.3)
    before = clock.now
    retrier.limiter.wait()
    assert clock.now == pytest.approx(before + 0.5)

    retrier.limiter.throttled(queued_at, 0.5)
    assert retrier.limiter.interval == interval, "concurrent calls count once"
    for _call in range(100):
        retrier.limiter.succeeded()
    assert retrier.limiter.interval < interval


def test_until_reads_until_accepted_or_timed_out() -> None:
    clock = FakeClock()
    values = iter(range(100))
    assert clock.retrier().until(lambda: next(values), lambda value: value == 3, timeout=10) == 3
    started = clock.now
    clock.retrier().until(lambda: next(values), lambda _value: False, timeout=10)
    assert clock.now == pytest.approx(started + 10)


def test_denied_writes_are_not_retried_with_a_timeout_of_zero() -> None:
    attempts = 0

    def denied() -> str:
        nonlocal attempts
        attempts += 1
        raise failed(Cause.DENIED)

    clock = FakeClock()
    with pytest.raises(CallFailed):
        Retrier(RETRY, 0.0, None, lambda: clock.now, clock.sleep, max).call("Put", denied, write=True)
    assert (attempts, clock.slept) == (1, [])


def test_delays_are_random_with_an_increasing_maximum() -> None:
    clock = FakeClock()
    ranges: list[tuple[float, float]] = []

    def minimum(low: float, high: float) -> float:
        ranges.append((low, high))
        return low

    causes = [failed(Cause.SERVER)] * 7
    failures = iter(causes)

    def attempt() -> str:
        for error in failures:
            raise error
        return "done"

    assert clock.retrier(minimum).call("Get", attempt) == "done"
    assert clock.slept == [0.05] * 7
    assert [high for _low, high in ranges] == [0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


class TokenBucket:
    """A service that limits the rate of calls and permits bursts."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._updated_at = float(burst), 0.0

    def accepts(self, now: float) -> bool:
        self._tokens = min(self._burst, self._tokens + (now - self._updated_at) * self._rate)
        self._updated_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def run_throttled(calls: int, workers: int, service: TokenBucket | RandomThrottling) -> tuple[float, int]:
    """Run calls that take 30 ms in workers that share a rate limiter.

    Return the elapsed seconds and the number of attempts.
    """
    now = 0.0
    sleeps: list[float] = []
    limiter = RateLimiter(lambda: now, sleeps.append)
    # Each event consists of the time of the call, the worker and the time at which the worker joined the queue. If the
    # last value is None, the worker queues for its next call. Otherwise, it starts its call.
    events: list[tuple[float, int, float | None]] = [(0.0, worker, None) for worker in range(workers)]
    attempts = 0
    while calls:
        now, worker, queued_at = heapq.heappop(events)
        if queued_at is None:
            sleeps.clear()
            queued_at = limiter.wait()
            heapq.heappush(events, (now + sum(sleeps), worker, queued_at))
            continue
        now += 0.03
        attempts += 1
        if service.accepts(now):
            limiter.succeeded()
            calls -= 1
            heapq.heappush(events, (now, worker, None))
        else:
            limiter.throttled(queued_at, 0.2)
            heapq.heappush(events, (now + 0.2, worker, None))
    return now, attempts


@given(
    rate=st.sampled_from([5, 10, 20, 50, 100, 400]), burst=st.sampled_from([1, 5, 10, 50]),
    workers=st.sampled_from([1, 4, 16, 64]),
)  # fmt: skip
def test_throughput_is_close_to_the_rate_limit_of_the_service(rate: int, burst: int, workers: int) -> None:
    ideal = 300 * max(1 / rate, 0.03 / workers)
    seconds, attempts = run_throttled(300, workers, TokenBucket(rate, burst))
    assert seconds < 2 * ideal + 5
    assert attempts < 300 * 2 + workers * 5


def throttle(limiter: RateLimiter, delay: float = 0.0) -> None:
    """Throttle enough consecutive calls to activate the limiter."""
    for _call in range(6):
        limiter.throttled(limiter.wait(), delay)


def test_throttling_of_concurrent_calls_increases_the_interval_once() -> None:
    clock = FakeClock()
    limiter = RateLimiter(lambda: clock.now, lambda _seconds: None)
    throttle(limiter)
    queue_times = [limiter.wait() for _number in range(64)]
    clock.now += 1
    limiter.throttled(queue_times[0], 0.0)
    interval = limiter.interval
    for queued_at in queue_times[1:]:
        clock.now += 0.1
        limiter.throttled(queued_at, 0.0)
    assert limiter.interval == interval


def test_long_delays_by_the_rate_limiter_cause_one_warning() -> None:
    clock = FakeClock()
    retrier = clock.retrier()
    for _number in range(3):
        throttle(retrier.limiter, 30.0)
        retrier.call("Get of s:f", lambda: "done")
    delayed = "Requests were delayed by up to 30 s because the service is throttling requests."
    assert retrier.explanations() == [delayed]


class RandomThrottling:
    """A service that throttles a percentage of the calls regardless of their rate."""

    def __init__(self, percentage: int) -> None:
        self._random = random.Random(percentage)
        self._percentage = percentage

    def accepts(self, _now: float) -> bool:
        return self._random.randrange(100) >= self._percentage


@given(percentage=st.integers(0, 12), workers=st.sampled_from([1, 4, 16, 64]))
def test_throttling_independent_of_the_rate_does_not_reduce_the_rate(percentage: int, workers: int) -> None:
    """Retries are delayed, but the limiter does not delay other calls."""
    calls = 300
    seconds, attempts = run_throttled(calls, workers, RandomThrottling(percentage))
    unthrottled = 0.03 * calls / workers
    delays = 0.2 * (attempts - calls) / workers
    assert seconds < 2 * (unthrottled + delays) + 3
