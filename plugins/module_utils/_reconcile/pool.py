# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The same work on many things at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List, Sequence, TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def each(work: Callable[[Thing], Result], things: Sequence[Thing], concurrency: int) -> List[Result]:
    """``work`` on each of the things, at most ``concurrency`` at once; the results in the order of the things.

    An exception of one ends it: nothing new is begun, what is running is finished, and the exception is raised. The
    same if the task is interrupted.
    """
    if not things:
        return []
    with ThreadPoolExecutor(max_workers=min(concurrency, len(things))) as pool:
        return list(pool.map(work, things))
