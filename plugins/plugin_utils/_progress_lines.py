# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Decide when to display the progress of a task, and format it. Pure."""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass

from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, shortened
from ansible_collections.alicloud.fc.plugins.plugin_utils._output import is_machine_readable

#: The stdout callback of AWX and ansible-runner. It writes to a pseudoterminal, but its output is stored.
_RUNNER_CALLBACK = "awx_display"
_VERBS = {"list": "Listed", "read": "Read", "verify": "Verified", "write": "Wrote", "purge": "Purged"}
_ITEMS = ("services", "functions", "configurations", "destinations")
_LONGEST_HOST = 100
_MOST_ITEMS = 10**9


@dataclass(frozen=True)
class Report:
    """A progress report of a module."""

    phase: str
    items: str
    done: int
    total: int

    @property
    def text(self) -> str:
        """The report as text, for example "Read 640 of 2,000 configurations"."""
        items = self.items[:-1] if self.total == 1 else self.items
        return f"{_VERBS[self.phase]} {self.done:,} of {self.total:,} {items}"


def parse_report(text: str) -> Report | None:
    """Return the report, or None if it is invalid."""
    try:
        found = json.loads(text)
        phase, items, done, total = (found[name] for name in ("phase", "items", "done", "total"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not (isinstance(phase, str) and phase in _VERBS and items in _ITEMS):
        return None
    if any(not isinstance(number, int) or isinstance(number, bool) for number in (done, total)):
        return None
    return Report(phase, items, done, total) if 0 <= done <= total <= _MOST_ITEMS else None


def is_wanted(
    *, no_log: bool, is_async: bool, is_local: bool, becomes: bool, callback: str, one_line: bool, enabled: bool
) -> bool:
    """Return whether to display progress.

    Args:
        is_local: whether the module runs on the controller. Otherwise, its file cannot be read.
        becomes: whether the module runs as another user, who cannot write to the directory of the file.
        callback: the name of the stdout callback.
        one_line: whether the ``ansible`` command displays each result on one line.
        enabled: whether the user has not disabled progress.
    """
    if no_log or is_async or becomes or one_line or not (is_local and enabled):
        return False
    return not is_machine_readable(callback)


def seconds_between_lines(terminal: bool, callback: str) -> float:
    """Return the minimum number of seconds between two lines. Stored output gets fewer lines than a terminal."""
    is_stored = not terminal or callback.rpartition(".")[2] == _RUNNER_CALLBACK
    return 30.0 if is_stored else 5.0


def remaining(seconds: float) -> str:
    """Format the estimated remaining time, rounded up."""
    if seconds <= 20:
        return f"about {max(5, math.ceil(seconds / 5) * 5)} s left"
    if seconds <= 60:
        return f"about {math.ceil(seconds / 10) * 10} s left"
    if seconds <= 90 * 60:
        return f"about {math.ceil(seconds / 60)} min left"
    return f"about {math.ceil(seconds / 3600)} h left"


class Pace:
    """Estimates the remaining time of a phase from the recent rate."""

    #: Number of seconds that are considered recent.
    _RECENT = 30.0
    #: Minimum number of seconds to measure before the rate is known.
    _SHORTEST = 2.0

    def __init__(self) -> None:
        self._phase: tuple[str, str] | None = None
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, report: Report, now: float) -> None:
        """Record a report. The first report of a phase discards the previous phase."""
        if self._phase != (report.phase, report.items):
            self._phase = (report.phase, report.items)
            self._samples.clear()
        self._samples.append((now, report.done))
        while now - self._samples[0][0] > self._RECENT:
            self._samples.popleft()

    def seconds_left(self, report: Report) -> float | None:
        """Return the estimated number of seconds until the end of the phase, or None if it is unknown."""
        if not self._samples or report.done == report.total:
            return None
        (start, first), (end, last) = self._samples[0], self._samples[-1]
        if end - start < self._SHORTEST or last <= first:
            return None
        return (report.total - report.done) * (end - start) / (last - first)


class Lines:
    """Decides which lines to display for a task.

    Args:
        host: the name of the inventory host.
        interval: the minimum number of seconds between two lines.
        now: the time at which the task starts.
    """

    #: Tasks that end sooner display nothing.
    _FIRST = 5.0
    #: Number of seconds without progress after which a line says so.
    _STALLED = 60.0

    def __init__(self, host: str, interval: float, now: float) -> None:
        self._prefix = f"[{shortened(printable(host), len(host), _LONGEST_HOST)}]"
        self._interval = interval
        self._next = now + self._FIRST
        self._pace = Pace()
        self._latest: Report | None = None
        self._displayed: Report | None = None
        self._progress_at = self._stall_displayed_at = now

    def next(self, report: Report | None, now: float) -> str | None:
        """Return the line to display now, if any.

        Args:
            report: the latest report, or None if there is none.
        """
        if report is not None:
            self._pace.add(report, now)
            if report != self._latest:
                self._latest, self._progress_at = report, now
                self._stall_displayed_at = now
        if now < self._next:
            return None
        if self._latest is not None and self._latest != self._displayed:
            self._displayed, self._next = self._latest, now + self._interval
            return f"{self._prefix} {self._latest.text}{self._estimate(self._latest)}."
        if now - self._stall_displayed_at < self._STALLED:
            return None
        self._stall_displayed_at, self._next = now, now + self._interval
        return self._stalled(int(now - self._progress_at))

    def _estimate(self, report: Report) -> str:
        seconds = self._pace.seconds_left(report)
        return "" if seconds is None else f", {remaining(seconds)}"

    def _stalled(self, seconds: int) -> str:
        if self._latest is None:
            return f"{self._prefix} No progress for {seconds} s."
        return f"{self._prefix} {self._latest.text}, no progress for {seconds} s."
