# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault rules and the rate limiter's token bucket."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import Fault, Faults
from emulator._faults import TokenBucket

GET = "GetFunctionAsyncInvokeConfig"
PUT = "PutFunctionAsyncInvokeConfig"


def hits(faults: Faults, count: int, operation: str = GET, function: str | None = "f") -> list[bool]:
    """Send one request per second and return whether each request was hit by a fault."""
    return [faults.select(operation, function, float(second)) is not None for second in range(count)]


def test_skip_and_times() -> None:
    faults = Faults()
    rule = faults.add(GET, status=503, skip=1, times=2)
    assert hits(faults, 5) == [False, True, True, False, False]
    assert rule.hits == 2


def test_seconds_start_with_first_hit() -> None:
    faults = Faults()
    faults.add(GET, status=403, skip=1, seconds=2)
    assert hits(faults, 6) == [False, True, True, True, False, False]


@given(st.integers(0, 1000))
def test_seed_is_reproducible(seed: int) -> None:
    runs = []
    for _run in range(2):
        faults = Faults()
        faults.add(GET, status=500, probability=0.5, seed=seed)
        runs.append(hits(faults, 50))
    assert runs[0] == runs[1]


def test_probability() -> None:
    faults = Faults()
    faults.add(GET, status=500, probability=0.3, seed=1)
    assert 250 < sum(hits(faults, 1000)) < 350
    faults.clear()
    faults.add(GET, status=500, probability=0)
    assert not any(hits(faults, 100))


@pytest.mark.parametrize(
    ("options", "operation", "function", "hit"),
    [
        ({"operation": "*"}, GET, None, True),
        ({"operation": "*AsyncInvokeConfig"}, "PutAsyncInvokeConfig", "f", True),
        ({"operation": PUT}, GET, "f", False),
        ({"operation": [PUT, GET]}, GET, "f", True),
        ({"operation": "get*"}, GET, "f", False),
        ({"function": "f"}, GET, "f", True),
        ({"function": "f"}, GET, "g", False),
        ({"function": "f-*"}, GET, "f-1", True),
        ({"function": "f"}, GET, None, False),
    ],
)
def test_matching_requests(options: dict[str, Any], operation: str, function: str | None, hit: bool) -> None:
    faults = Faults()
    faults.add(status=500, **options)
    assert hits(faults, 1, operation, function) == [hit]


def test_first_active_rule_is_used() -> None:
    faults = Faults()
    first = faults.add(GET, status=429, times=1)
    second = faults.add("*", status=500)
    assert [faults.select(GET, "f", 0.0), faults.select(GET, "f", 0.0)] == [first, second]
    assert (first.hits, second.hits) == (1, 1)


@pytest.mark.parametrize(
    ("status", "code"), [(429, "ResourceExhausted"), (503, "ResourceThrottled"), (409, "ConcurrentUpdateError")]
)
def test_default_code_of_status(status: int, code: str) -> None:
    assert Fault(status=status).default_code == code
    assert Fault(status=status, code="Other").default_code == "Other"


def test_default_message_of_status() -> None:
    assert Fault(status=500).default_message == "an internal error has occurred. Please retry."
    assert Fault(status=500, message="mine").default_message == "mine"
    assert Fault(status=503).default_message == "this error was simulated by the emulator"


@pytest.mark.parametrize(("status", "valid"), [(199, False), (200, True), (399, True), (599, True), (600, False)])
def test_status_range(status: int, valid: bool) -> None:
    if valid:
        assert Fault(status=status).replaces_operation
        return
    with pytest.raises(ValueError, match="status"):
        Fault(status=status)


@pytest.mark.parametrize(
    ("options", "is_error"),
    [
        ({"status": 400}, True),
        ({"status": 399}, False),
        ({"status": 200, "code": "AccessDenied"}, True),
        ({"status": 200, "message": "no"}, True),
        ({"drop": "before"}, False),
    ],
)
def test_fault_with_code_or_message_is_error(options: dict[str, Any], is_error: bool) -> None:
    assert Fault(**options).is_error == is_error


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"statsu": 500}, "statsu"),
        ({"status": 100}, "status"),
        ({"status": "500"}, "status"),
        ({"drop": "always"}, "drop"),
        ({"times": -1}, "times"),
        ({"delay": True}, "delay"),
        ({"hits": 1}, "hits"),
        ({"status": 500.5}, "fault.status: must be a non-negative integer"),
        ({"status": 500, "operation": 7}, "fault.operation: must be a string or a list of strings, not 7"),
        ({"status": 500, "operation": []}, "fault.operation"),
        ({"status": 500, "function": None}, "fault.function: must be a string"),
        ({"status": 500, "headers": {"Retry-After": 1}}, "fault.headers: must be an object with strings"),
        ({"status": 500, "after": "yes"}, "fault.after: must be true or false"),
        ({"status": 500, "probability": 2}, "fault.probability: must be between 0 and 1"),
        ({"body": 1}, "fault.body: must be a string"),
        ({}, "fault: has no effect; set status, drop, delay, truncate or body."),
        ({"code": "AccessDenied"}, "fault: has no effect"),
    ],
)
def test_invalid_fault_adds_no_rules(options: dict[str, Any], name: str) -> None:
    faults = Faults()
    with pytest.raises(ValueError, match=name):
        faults.add_all([{"operation": GET, "status": 500}, options])
    assert faults.rules == []


def test_token_bucket_burst_and_rate() -> None:
    bucket = TokenBucket()
    assert [bucket.wait(10, 3, 0.0) for _call in range(3)] == [0, 0, 0]
    assert bucket.wait(10, 3, 0.0) == pytest.approx(0.1)
    assert bucket.wait(10, 3, 0.1) == 0
    assert bucket.wait(10, 3, 0.1) > 0


@given(st.lists(st.floats(0, 0.5), max_size=60), st.integers(1, 20), st.integers(1, 10))
def test_token_bucket_never_exceeds_rate_and_burst(gaps: list[float], rate: int, burst: int) -> None:
    bucket, now, allowed = TokenBucket(), 0.0, 0
    for gap in gaps:
        now += gap
        allowed += bucket.wait(rate, burst, now) == 0
        assert allowed <= burst + rate * now + 1e-6


@given(st.integers(1, 20), st.integers(1, 10))
def test_request_is_allowed_after_returned_wait(rate: int, burst: int) -> None:
    bucket, now = TokenBucket(), 0.0
    for _call in range(burst + 5):
        wait = bucket.wait(rate, burst, now)
        if wait:
            now += wait + 1e-9
            assert bucket.wait(rate, burst, now) == 0
