# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same work on many things at once."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.pool import map_concurrently


@pytest.mark.parametrize("concurrency", [1, 3, 100])
@pytest.mark.parametrize("number", [0, 1, 50])
def test_results_come_in_the_order_of_the_things(concurrency: int, number: int) -> None:
    assert map_concurrently(lambda thing: thing * 2, range(number), concurrency) == [
        2 * thing for thing in range(number)
    ]


def test_things_are_worked_on_at_once_but_not_too_many() -> None:
    everyone_is_here = threading.Barrier(3, timeout=30)
    lock, running, most = threading.Lock(), 0, 0

    def work(_thing: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        everyone_is_here.wait()
        with lock:
            running -= 1

    map_concurrently(work, range(9), 3)
    assert most == 3


def test_an_exception_ends_it_once_what_is_running_is_finished() -> None:
    begun: list[int] = []
    finished: list[int] = []
    failed = threading.Event()

    def work(thing: int) -> None:
        begun.append(thing)
        if thing == 0:
            failed.set()
            raise ValueError("the first")
        assert failed.wait(30)
        finished.append(thing)

    with pytest.raises(ValueError, match="the first"):
        map_concurrently(work, range(100), 4)
    assert sorted(begun) == sorted([0, *finished])
