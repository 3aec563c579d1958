# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The thread pool."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.pool import map_concurrently


@pytest.mark.parametrize("concurrency", [1, 3, 100])
@pytest.mark.parametrize("number", [0, 1, 50])
def test_results_have_the_order_of_the_items(concurrency: int, number: int) -> None:
    assert map_concurrently(lambda item: item * 2, range(number), concurrency) == [2 * item for item in range(number)]


def test_concurrency_is_used_and_limited() -> None:
    barrier = threading.Barrier(3, timeout=30)
    lock, running, maximum = threading.Lock(), 0, 0

    def work(_item: int) -> None:
        nonlocal running, maximum
        with lock:
            running += 1
            maximum = max(maximum, running)
        barrier.wait()
        with lock:
            running -= 1

    map_concurrently(work, range(9), 3)
    assert maximum == 3


def test_an_exception_is_raised_after_running_items_are_finished() -> None:
    started: list[int] = []
    finished: list[int] = []
    failed = threading.Event()

    def work(item: int) -> None:
        started.append(item)
        if item == 0:
            failed.set()
            raise ValueError("the first")
        assert failed.wait(30)
        finished.append(item)

    with pytest.raises(ValueError, match="the first"):
        map_concurrently(work, range(100), 4)
    assert sorted(started) == sorted([0, *finished])
