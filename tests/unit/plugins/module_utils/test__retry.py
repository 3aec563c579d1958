# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is tried again, when, and until when, on a clock of the test's own."""

from __future__ import annotations

import heapq
import random
import re
from typing import Callable

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._api.rate_limit import RateLimiter
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import (
    RETRY_TIMEOUT_AFTER_INTERRUPTION,
    CallFailed,
    Cause,
    NotAttempted,
    Retrier,
)
from hypothesis import given
from hypothesis import strategies as st

RETRY, DENIED = 60.0, 120.0


class World:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.shared: Retrier | None = None

    @property
    def warnings(self) -> list[str]:
        """What the retrier of the calls so far has to explain."""
        assert self.shared is not None
        return self.shared.explanations()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def retrier(self, jitter: Callable[[float, float], float] = max) -> Retrier:
        return Retrier(RETRY, DENIED, None, lambda: self.now, self.sleep, jitter)

    def run(self, failures: list[CallFailed], write: bool = False, takes: float = 0.0) -> tuple[str, int]:
        """A call that fails like this and then succeeds; returns its result and the number of tries."""
        tries = 0

        def attempt() -> str:
            nonlocal tries
            tries += 1
            self.now += takes
            if tries <= len(failures):
                raise failures[tries - 1]
            return "done"

        self.shared = self.shared or self.retrier()
        return self.shared.call("Get of s:f", attempt, write), tries


def failed(cause: Cause, retry_after: float | None = None) -> CallFailed:
    return CallFailed("it failed.", cause, retry_after)


@pytest.mark.parametrize("cause", [Cause.THROTTLED, Cause.SERVER, Cause.CONNECTION])
@pytest.mark.parametrize("write", [True, False])
def test_what_may_pass_is_tried_again(cause: Cause, write: bool) -> None:
    assert World().run([failed(cause)] * 8, write) == ("done", 9)


def test_a_final_answer_is_final() -> None:
    world = World()
    with pytest.raises(CallFailed):
        world.run([failed(Cause.PERMANENT)])
    assert world.slept == []


def test_denied_writes_wait_for_the_role_and_denied_reads_do_not() -> None:
    assert World().run([failed(Cause.DENIED)] * 10, write=True) == ("done", 11)
    with pytest.raises(CallFailed):
        World().run([failed(Cause.DENIED)], write=False)


@given(
    causes=st.lists(
        st.sampled_from([Cause.THROTTLED, Cause.SERVER, Cause.CONNECTION, Cause.DENIED]), min_size=200, max_size=200
    ),
    takes=st.floats(0, 20),
)
def test_it_ends_and_never_sleeps_past_the_deadline(causes: list[Cause], takes: float) -> None:
    world = World()
    began = world.now
    with pytest.raises(CallFailed) as caught:
        world.run([failed(cause) for cause in causes], write=True, takes=takes)
    timeout = DENIED if caught.value.cause is Cause.DENIED else RETRY
    assert world.now <= began + max(timeout, DENIED) + takes + 1e-6
    if len(set(causes)) == 1:
        assert world.now >= began + timeout


def test_the_last_try_is_at_the_deadline_not_before() -> None:
    world = World()
    began = world.now
    with pytest.raises(CallFailed):
        world.run([failed(Cause.CONNECTION)] * 1000)
    assert world.now == pytest.approx(began + RETRY)


def test_the_wait_that_the_service_asks_for_is_the_least() -> None:
    world = World()
    world.run([failed(Cause.THROTTLED, retry_after=7)])
    assert world.slept[0] >= 7


def test_a_wait_that_cannot_be_kept_is_not_begun() -> None:
    world = World()
    with pytest.raises(CallFailed):
        world.run([failed(Cause.THROTTLED, retry_after=RETRY + 1)])
    assert world.slept == []


def test_waits_of_more_than_a_few_seconds_are_explained() -> None:
    world = World()
    world.run([failed(Cause.SERVER)])
    assert world.warnings == []
    world.run([failed(Cause.DENIED)] * 12, write=True)
    (first,) = world.warnings
    assert "RAM roles and policies take a while to spread. The first to wait was Get of s:f: it failed." in first


def test_many_waits_for_one_reason_are_one_sentence_with_their_number() -> None:
    world = World()
    for _call in range(20):
        world.run([failed(Cause.SERVER)] * 6)
    assert len(world.warnings) == 1
    waits = re.match(r"Waited (\d+) times, (\d+) s in all, because the service is busy", world.warnings[0])
    assert waits is not None
    assert int(waits[1]) > 20
    assert int(waits[2]) == pytest.approx(sum(world.slept), rel=0.2)


def give_up(world: World, calls: int, cause: Cause, write: bool = False, host: str = "h") -> list[int]:
    """How often each of these calls, one after the other, is tried in vain."""
    world.shared = world.shared or world.retrier()
    tried = []
    for _call in range(calls):
        tries = 0

        def attempt() -> str:
            nonlocal tries
            tries += 1
            raise failed(cause)

        with pytest.raises((NotAttempted, CallFailed), match=r"^it failed\.$") as caught:
            world.shared.call("Put", attempt, write, host)
        assert isinstance(caught.value, NotAttempted) == (tries == 0)
        tried.append(tries)
    return tried


def test_a_host_that_never_answers_costs_the_task_its_patience_once() -> None:
    world = World()
    began = world.now
    first, *others = give_up(world, 600, Cause.CONNECTION)
    assert first > 5
    assert others == [1, 1, *[0] * 597], "two more tries show that it is not the call"
    assert world.now == pytest.approx(began + RETRY)


def test_denied_writes_are_waited_for_once_in_a_task() -> None:
    world = World()
    began = world.now
    first, *others = give_up(world, 600, Cause.DENIED, write=True)
    assert first > 5
    assert set(others) == {1}, "another function may be allowed"
    assert world.now == pytest.approx(began + DENIED)


def test_a_credential_that_was_never_accepted_is_tried_once() -> None:
    assert give_up(World(), 600, Cause.UNAUTHENTICATED) == [1, *[0] * 599]


def test_a_credential_that_was_accepted_before_is_tried_again() -> None:
    world = World()
    world.shared = world.retrier()
    world.shared.call("Get", lambda: "done", host="h")
    assert give_up(world, 5, Cause.UNAUTHENTICATED) == [1] * 5


@pytest.mark.parametrize("cause", [Cause.SERVER, Cause.CONNECTION, Cause.THROTTLED])
def test_a_success_shows_that_the_host_answers(cause: Cause) -> None:
    world = World()
    for _round in range(3):
        assert give_up(world, 1, cause)[0] > 5
        assert world.shared is not None
        world.shared.call("Get", lambda: "done", host="h")


def test_a_success_of_another_host_says_nothing() -> None:
    world = World()
    give_up(world, 10, Cause.CONNECTION)
    assert world.shared is not None
    world.shared.call("Get", lambda: "done", host="other")
    assert give_up(world, 1, Cause.CONNECTION) == [0]


def test_a_denied_write_is_not_waited_for_again_because_others_succeed() -> None:
    world = World()
    world.shared = world.retrier()
    world.shared.call("Get", lambda: "done", host="h")
    assert give_up(world, 1, Cause.DENIED, write=True)[0] > 5
    world.shared.call("Put of another function", lambda: "done", write=True, host="h")
    assert give_up(world, 1, Cause.DENIED, write=True) == [1]


def test_what_must_not_be_left_half_done_has_a_patience_of_its_own() -> None:
    world = World()
    give_up(world, 10, Cause.CONNECTION)
    assert world.shared is not None
    failures = iter([failed(Cause.CONNECTION)] * 5)

    def attempt() -> str:
        for error in failures:
            raise error
        return "done"

    assert world.shared.call("Put", attempt, True, "h", vital=True) == "done"


def test_a_call_that_may_have_been_carried_out_once_is_uncertain_for_good() -> None:
    lost = CallFailed("lost.", Cause.CONNECTION, uncertain=True)
    for failures, uncertain in (
        ([lost, failed(Cause.PERMANENT)], True),
        ([failed(Cause.CONNECTION), failed(Cause.PERMANENT)], False),
    ):
        with pytest.raises(CallFailed) as caught:
            World().run(failures)
        assert caught.value.uncertain == uncertain


def test_an_interrupted_task_retries_for_a_few_seconds_only() -> None:
    world = World()
    interruption = Interruption()
    retrier = Retrier(RETRY, DENIED, interruption, lambda: world.now, world.sleep, max)
    tries = 0

    def attempt() -> str:
        nonlocal tries
        tries += 1
        if tries == 3:
            interruption.hold()
            assert not interruption.request("by the test")
            world.interrupted_at = world.now  # type: ignore[attr-defined]
        raise failed(Cause.DENIED)

    with pytest.raises(CallFailed):
        retrier.call("Put", attempt, write=True, vital=True)
    assert world.now <= world.interrupted_at + RETRY_TIMEOUT_AFTER_INTERRUPTION  # type: ignore[attr-defined]
    assert tries > 3


def test_only_the_first_signal_counts_and_a_held_task_only_notes_it() -> None:
    interruption = Interruption()
    assert interruption.request("first")
    assert not interruption.request("second")
    assert (interruption.requested, interruption.reason) == (True, "first")
    held = Interruption()
    held.hold()
    assert not held.request("first")
    assert held.requested


@given(st.integers(1, 2000), st.sampled_from([Cause.THROTTLED, Cause.SERVER, Cause.DENIED]))
def test_back_off_stays_within_its_bounds(failures: int, cause: Cause) -> None:
    retrier = World().retrier()
    assert 0.05 <= retrier._delay(failed(cause), failures) <= 10.0


def test_one_throttled_answer_slows_down_every_thread_and_success_speeds_up() -> None:
    world = World()
    retrier = world.retrier()
    for _call in range(50):
        world.now += 0.01
        retrier.call("Get", lambda: None)
    assert retrier.limiter.interval == 0.0

    started = retrier.limiter.wait()
    retrier.limiter.throttled(started, 0.5)
    assert retrier.limiter.interval == 0.0, "one among many may come at any pace"
    for _call in range(20):
        retrier.limiter.throttled(started, 0.5)
    slowed = retrier.limiter.interval
    assert slowed == pytest.approx(0.011, rel=0.3)
    before = world.now
    retrier.limiter.wait()
    assert world.now == pytest.approx(before + 0.5)

    retrier.limiter.throttled(started, 0.5)
    assert retrier.limiter.interval == slowed, "one burst counts once"
    for _call in range(100):
        retrier.limiter.succeeded()
    assert retrier.limiter.interval < slowed


def test_until_reads_again_until_it_is_accepted_or_patience_ends() -> None:
    world = World()
    answers = iter(range(100))
    assert world.retrier().until(lambda: next(answers), lambda value: value == 3, timeout=10) == 3
    began = world.now
    world.retrier().until(lambda: next(answers), lambda _value: False, timeout=10)
    assert world.now == pytest.approx(began + 10)


def test_without_patience_for_denials_the_first_is_final() -> None:
    tries = 0

    def denied() -> str:
        nonlocal tries
        tries += 1
        raise failed(Cause.DENIED)

    world = World()
    with pytest.raises(CallFailed):
        Retrier(RETRY, 0.0, None, lambda: world.now, world.sleep, max).call("Put", denied, write=True)
    assert (tries, world.slept) == (1, [])


def test_delays_are_drawn_between_almost_nothing_and_the_ceiling() -> None:
    world = World()
    drawn: list[tuple[float, float]] = []

    def least(low: float, high: float) -> float:
        drawn.append((low, high))
        return low

    causes = [failed(Cause.SERVER)] * 7
    tries = iter(causes)

    def attempt() -> str:
        for error in tries:
            raise error
        return "done"

    assert world.retrier(least).call("Get", attempt) == "done"
    assert world.slept == [0.05] * 7
    assert [high for _low, high in drawn] == [0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


class Bucket:
    """A service that lets so many calls through in a second, after a burst: a token bucket on a clock of its own."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = float(burst), 0.0

    def lets_through(self, now: float) -> bool:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def run_throttled(calls: int, workers: int, bucket: Bucket | Moody) -> tuple[float, int]:
    """Seconds and tries that workers take for so many calls, each answered in 30 ms, at the pace that they share."""
    now = 0.0
    naps: list[float] = []
    limiter = RateLimiter(lambda: now, naps.append)
    # When which worker gets in line (None), or starts the call for which it got in line then.
    agenda: list[tuple[float, int, float | None]] = [(0.0, worker, None) for worker in range(workers)]
    tries = 0
    while calls:
        now, worker, queued_at = heapq.heappop(agenda)
        if queued_at is None:
            naps.clear()
            queued_at = limiter.wait()
            heapq.heappush(agenda, (now + sum(naps), worker, queued_at))
            continue
        now += 0.03
        tries += 1
        if bucket.lets_through(now):
            limiter.succeeded()
            calls -= 1
            heapq.heappush(agenda, (now, worker, None))
        else:
            limiter.throttled(queued_at, 0.2)
            heapq.heappush(agenda, (now + 0.2, worker, None))
    return now, tries


@given(
    rate=st.sampled_from([5, 10, 20, 50, 100, 400]), burst=st.sampled_from([1, 5, 10, 50]),
    workers=st.sampled_from([1, 4, 16, 64]),
)  # fmt: skip
def test_a_throttled_task_goes_about_as_fast_as_the_service_lets_it(rate: int, burst: int, workers: int) -> None:
    ideal = 300 * max(1 / rate, 0.03 / workers)
    seconds, tries = run_throttled(300, workers, Bucket(rate, burst))
    assert seconds < 2 * ideal + 5
    assert tries < 300 * 2 + workers * 5


def throttle(limiter: RateLimiter, delay: float = 0.0) -> None:
    """Throttle so many calls, one after the other, that it is no accident."""
    for _call in range(6):
        limiter.throttled(limiter.wait(), delay)


def test_one_burst_slows_down_once_however_late_its_calls_start() -> None:
    world = World()
    limiter = RateLimiter(lambda: world.now, lambda _seconds: None)
    throttle(limiter)
    lines = [limiter.wait() for _number in range(64)]
    world.now += 1
    limiter.throttled(lines[0], 0.0)
    slowed = limiter.interval
    for queued_at in lines[1:]:
        world.now += 0.1
        limiter.throttled(queued_at, 0.0)
    assert limiter.interval == slowed


def test_a_long_wait_in_line_is_explained_once() -> None:
    world = World()
    retrier = world.retrier()
    for _number in range(3):
        throttle(retrier.limiter, 30.0)
        retrier.call("Get of s:f", lambda: "done")
    assert retrier.explanations() == ["Calls waited for each other, up to 30 s, because the service is throttling."]


class Moody:
    """A service that throttles so many of a hundred calls, whatever the pace."""

    def __init__(self, share: int) -> None:
        self._chance = random.Random(share)
        self._share = share

    def lets_through(self, _now: float) -> bool:
        return self._chance.randrange(100) >= self._share


@given(share=st.integers(0, 12), workers=st.sampled_from([1, 4, 16, 64]))
def test_throttling_that_no_pace_avoids_slows_nobody_down_for_good(share: int, workers: int) -> None:
    """The retries cost their own wait; but the pace stays that of a service that does not throttle."""
    calls = 300
    seconds, tries = run_throttled(calls, workers, Moody(share))
    unthrottled = 0.03 * calls / workers
    waits = 0.2 * (tries - calls) / workers
    assert seconds < 2 * (unthrottled + waits) + 3
