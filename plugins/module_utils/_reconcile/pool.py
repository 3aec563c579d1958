# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Run a function concurrently in a thread pool."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Sequence, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_concurrently(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    concurrency: int,
    done: Callable[[Item], None] | None = None,
) -> list[Result]:
    """Call ``work`` for each item and return the results in input order. Use at most ``concurrency`` threads.

    After each successful call, ``done`` is called with the item in the same thread.

    If a call raises an exception or the task is interrupted, no further calls are started. Calls in progress are
    completed before the exception is raised.
    """
    if not items:
        return []

    def work_and_report(item: Item) -> Result:
        result = work(item)
        if done is not None:
            done(item)
        return result

    with ThreadPoolExecutor(max_workers=min(concurrency, len(items))) as pool:
        return list(pool.map(work_and_report, items))
