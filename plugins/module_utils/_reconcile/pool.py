# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Run a function concurrently in a thread pool."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Generic, Sequence, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Queue(Generic[Item]):
    """The items that no thread has taken yet. Thread-safe."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._lock = threading.Lock()
        self._remaining = iter(enumerate(items))
        self._stopped = False

    def take(self) -> tuple[int, Item] | None:
        """Return the position and value of the next item, or None if the thread should end."""
        with self._lock:
            return None if self._stopped else next(self._remaining, None)

    def stop(self) -> None:
        """Let all threads end after their current items."""
        with self._lock:
            self._stopped = True


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
    queue = _Queue(items)
    results: dict[int, Result] = {}

    def process_items() -> None:
        # Each thread takes many items, because a future for each item would take longer than many of the calls.
        try:
            taken = queue.take()
            while taken is not None:
                position, item = taken
                results[position] = work(item)
                if done is not None:
                    done(item)
                taken = queue.take()
        except BaseException:
            queue.stop()
            raise

    number = min(concurrency, len(items))
    with ThreadPoolExecutor(max_workers=number) as pool:
        try:
            for thread in [pool.submit(process_items) for _thread in range(number)]:
                thread.result()
        finally:
            queue.stop()
    return [results[position] for position in range(len(items))]
