# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests a fault hits, and how a token bucket lets calls pass."""

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
    """Which of ``count`` requests are hit, one a second."""
    return [faults.strike(operation, function, float(second)) is not None for second in range(count)]


def test_a_fault_hits_after_those_it_skips_and_so_many_times() -> None:
    faults = Faults()
    rule = faults.add(GET, status=503, skip=1, times=2)
    assert hits(faults, 5) == [False, True, True, False, False]
    assert rule.hits == 2


def test_a_fault_ends_so_many_seconds_after_its_first_hit() -> None:
    faults = Faults()
    faults.add(GET, status=403, skip=1, seconds=2)
    assert hits(faults, 6) == [False, True, True, True, False, False]


@given(st.integers(0, 1000))
def test_chance_is_the_same_for_the_same_seed(seed: int) -> None:
    runs = []
    for _run in range(2):
        faults = Faults()
        faults.add(GET, status=500, probability=0.5, seed=seed)
        runs.append(hits(faults, 50))
    assert runs[0] == runs[1]


def test_chance_hits_about_as_often_as_it_says() -> None:
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
def test_a_fault_is_about_some_requests(
    options: dict[str, Any], operation: str, function: str | None, hit: bool
) -> None:
    faults = Faults()
    faults.add(status=500, **options)
    assert hits(faults, 1, operation, function) == [hit]


def test_the_first_active_rule_wins() -> None:
    faults = Faults()
    first = faults.add(GET, status=429, times=1)
    second = faults.add("*", status=500)
    assert [faults.strike(GET, "f", 0.0), faults.strike(GET, "f", 0.0)] == [first, second]
    assert (first.hits, second.hits) == (1, 1)


@pytest.mark.parametrize(
    ("status", "code"), [(429, "ResourceExhausted"), (503, "ResourceThrottled"), (409, "ConcurrentUpdateError")]
)
def test_a_status_has_its_usual_code(status: int, code: str) -> None:
    assert Fault(status=status).usual_code == code
    assert Fault(status=status, code="Other").usual_code == "Other"


def test_an_internal_error_has_its_documented_text() -> None:
    assert Fault(status=500).usual_message == "an internal error has occurred. Please retry."
    assert Fault(status=500, message="mine").usual_message == "mine"
    assert Fault(status=503).usual_message == "the emulator was asked for this fault"


@pytest.mark.parametrize(("status", "right"), [(199, False), (200, True), (399, True), (599, True), (600, False)])
def test_a_fault_has_the_status_of_an_answer(status: int, right: bool) -> None:
    if right:
        assert Fault(status=status).comes_first
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
def test_a_fault_is_an_error_by_its_status_or_its_words(options: dict[str, Any], is_error: bool) -> None:
    assert Fault(**options).is_error == is_error


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"statsu": 500}, "statsu"),
        ({"status": 100}, "status"),
        ({"status": "500"}, "status"),
        ({"drop": "always"}, "drop"),
        ({"times": -1}, "times"),
        ({"delay": True}, "delay"),
        ({"hits": 1}, "hits"),
    ],
)
def test_a_wrong_fault_is_a_sentence_and_adds_nothing(options: dict[str, Any], word: str) -> None:
    faults = Faults()
    with pytest.raises(ValueError, match=word):
        faults.add_all([{"operation": GET, "status": 500}, options])
    assert faults.rules == []


def test_a_bucket_lets_a_burst_and_then_the_rate_pass() -> None:
    bucket = TokenBucket()
    assert [bucket.wait(10, 3, 0.0) for _call in range(3)] == [0, 0, 0]
    assert bucket.wait(10, 3, 0.0) == pytest.approx(0.1)
    assert bucket.wait(10, 3, 0.1) == 0
    assert bucket.wait(10, 3, 0.1) > 0


@given(st.lists(st.floats(0, 0.5), max_size=60), st.integers(1, 20), st.integers(1, 10))
def test_a_bucket_never_lets_more_pass_than_its_rate_and_burst(gaps: list[float], rate: int, burst: int) -> None:
    bucket, now, passed = TokenBucket(), 0.0, 0
    for gap in gaps:
        now += gap
        passed += bucket.wait(rate, burst, now) == 0
        assert passed <= burst + rate * now + 1e-6


@given(st.integers(1, 20), st.integers(1, 10))
def test_who_waits_as_told_passes(rate: int, burst: int) -> None:
    bucket, now = TokenBucket(), 0.0
    for _call in range(burst + 5):
        wait = bucket.wait(rate, burst, now)
        if wait:
            now += wait + 1e-9
            assert bucket.wait(rate, burst, now) == 0
