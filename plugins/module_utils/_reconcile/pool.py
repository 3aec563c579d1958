# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Run a function concurrently in a thread pool."""

from __future__ import annotations

import threading
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
    results: dict[int, Result] = {}
    remaining = iter(enumerate(items))
    lock = threading.Lock()
    stopped = threading.Event()

    def process_items() -> None:
        # Each thread processes many items, because a future for each item would take longer than many of the calls.
        try:
            while not stopped.is_set():
                with lock:
                    following = next(remaining, None)
                if following is None:
                    return
                position, item = following
                results[position] = work(item)
                if done is not None:
                    done(item)
        except BaseException:
            stopped.set()
            raise

    number = min(concurrency, len(items))
    with ThreadPoolExecutor(max_workers=number) as pool:
        try:
            threads = [pool.submit(process_items) for _thread in range(number)]
            for thread in threads:
                thread.result()
        finally:
            stopped.set()
    return [results[position] for position in range(len(items))]
